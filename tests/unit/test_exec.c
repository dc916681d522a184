/* SPDX-License-Identifier: ISC */
/* test_exec.c - the program of -e or -c, and what it is told of its peer */
#include <arpa/inet.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/un.h>
#include <unistd.h>

#include "command_line.h"
#include "exec.h"

/* bytes; an environment has room in it */
#define OUTPUT (64 * 1024)

static struct address
address_of(int family, const char *host, int port)
{
	struct address a = { .len = sizeof(struct sockaddr_in6) };
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_port = htons((in_port_t)port) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
		.sin6_port = htons((in_port_t)port) };

	if (family == AF_INET) {
		ck_assert_int_eq(inet_pton(AF_INET, host, &in.sin_addr), 1);
		memcpy(&a.addr, &in, sizeof(in));
		a.len = sizeof(in);
	} else {
		ck_assert_int_eq(inet_pton(AF_INET6, host, &in6.sin6_addr), 1);
		memcpy(&a.addr, &in6, sizeof(in6));
	}
	return a;
}

static struct address
path_of(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	size_t len = path == NULL ? 0 : strlen(path) + 1;
	struct address a = {
		.len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)
	};

	if (path != NULL)
		memcpy(un.sun_path, path, len);
	memcpy(&a.addr, &un, sizeof(un));
	return a;
}

static void
ignore_end(int status, void *arg)
{
	*(int *)arg = status;
}

/* What the program of these options says; its status. */
static int
output_of(
    const struct options *o, const struct exec_peer *peer, char text[OUTPUT])
{
	struct channel *ch;
	struct loop loop;
	int status = -1;
	size_t len = 0;
	ssize_t got;

	ck_assert_int_eq(loop_init(&loop), 0);
	ch = exec_start(o, &loop, peer, ignore_end, &status);
	ck_assert_ptr_nonnull(ch);
	channel_shut(ch);
	while (
	    (got = channel_read(ch, text + len, OUTPUT - 1 - len)) != IO_EOF) {
		ck_assert_int_ne(got, IO_ERROR);
		if (got == IO_WAIT)
			channel_await(ch, CH_READ);
		len += got > 0 ? (size_t)got : 0;
	}
	text[len] = '\0';
	channel_close(ch);
	ck_assert_int_eq(drive(&loop), 0);
	return status;
}

START_TEST(a_command_is_cut_into_words)
{
	static const struct row {
		const char *command, *want;
	} rows[] = {
		{ "printf [%s] a b", "[a][b]" },
		{ "  printf\t[%s]  a  ", "[a]" },
		{ "printf [%s] a\\ b \\\\ \\c", "[a b][\\][c]" },
		{ "printf [%s] \"a b\" 'c'", "[\"a][b\"]['c']" },
		{ "printf [%s] $HOME * ;", "[$HOME][*][;]" },
		{ "printf [%s] end\\", "[end\\]" },
		{ "printf x", "x" },
	};
	struct exec_peer peer = { .protocol = "TCP" };
	char text[OUTPUT];

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct options o = { .exec = rows[i].command };

		ck_assert(exec_wanted(&o));
		ck_assert_int_eq(output_of(&o, &peer, text), 0);
		ck_assert_str_eq(text, rows[i].want);
	}
}
END_TEST

START_TEST(a_line_goes_to_the_shell)
{
	struct options o = { .sh_exec = "echo \"a  b\" | tr a z; exit 3" };
	struct exec_peer peer = { .protocol = "TCP" };
	char text[OUTPUT];

	ck_assert(exec_wanted(&o));
	ck_assert_int_eq(output_of(&o, &peer, text), 3);
	ck_assert_str_eq(text, "z  b\n");
}
END_TEST

START_TEST(a_command_has_a_word)
{
	ck_assert(exec_is_command("x"));
	ck_assert(exec_is_command("  x"));
	ck_assert(exec_is_command("\\ "));
	ck_assert(!exec_is_command(""));
	ck_assert(!exec_is_command(" \t "));
	check_words("-e  h 1", "ncx: -e \"\": expected a command\n");
	check_words("-c  h 1", "ncx: -c \"\": expected a command\n");
	check_words("-e \t h 1", "ncx: -e \"\\011\": expected a command\n");
}
END_TEST

START_TEST(a_program_excludes_other_uses_of_our_side)
{
	check_complaint("-e x -c y h 1", "cannot use -e and -c");
	check_complaint("-e x -d h 1", "cannot use -e and -d");
	check_complaint("-c x --send-only h 1", "cannot use -c and");
	check_complaint("-e x -z h 1", "cannot use -e and -z");
	check_complaint("-c x -F h 1", "cannot use -c and -F");
}
END_TEST

/* The variables of the environment, sorted, whose names match. */
static void
variables(const struct exec_peer *peer, const char *names, char text[OUTPUT])
{
	struct options o = { .sh_exec = NULL };
	char line[256];

	snprintf(line, sizeof(line),
	    "env | grep -E '^(%s)' | LC_ALL=C sort; :", names);
	o.sh_exec = line;
	ck_assert_int_eq(output_of(&o, peer, text), 0);
}

#define ALL "PROTO|NCAT_|NCX_(LOCAL|REMOTE|PROTO)|TCP|UDP|UNIX|IPC"

START_TEST(the_environment_names_both_sides)
{
	struct address remote = address_of(AF_INET, "192.0.2.7", 4711);
	struct address local = address_of(AF_INET, "192.0.2.1", 80);
	struct exec_peer peer = { &remote, &local, "TCP", 3, NULL };
	char text[OUTPUT];

	variables(&peer, ALL, text);
	ck_assert_str_eq(text,
	    "NCAT_LOCAL_ADDR=192.0.2.1\nNCAT_LOCAL_PORT=80\n"
	    "NCAT_PROTO=TCP\n"
	    "NCAT_REMOTE_ADDR=192.0.2.7\nNCAT_REMOTE_PORT=4711\n"
	    "NCX_LOCAL_ADDR=192.0.2.1\nNCX_LOCAL_PORT=80\n"
	    "NCX_PROTO=TCP\n"
	    "NCX_REMOTE_ADDR=192.0.2.7\nNCX_REMOTE_PORT=4711\n"
	    "PROTO=TCP\nTCPCONNNUM=3\n"
	    "TCPLOCALIP=192.0.2.1\nTCPLOCALPORT=80\n"
	    "TCPREMOTEIP=192.0.2.7\nTCPREMOTEPORT=4711\n");
}
END_TEST

START_TEST(addresses_are_numbers_in_their_own_family)
{
	struct address remote = address_of(AF_INET6, "2001:db8::7", 4711);
	struct address local = address_of(AF_INET6, "::ffff:192.0.2.1", 53);
	struct exec_peer peer = { &remote, &local, "UDP", 1, NULL };
	char text[OUTPUT];

	variables(&peer, "PROTO|NCAT_|UDP", text);
	ck_assert_str_eq(text,
	    "NCAT_LOCAL_ADDR=192.0.2.1\nNCAT_LOCAL_PORT=53\n"
	    "NCAT_PROTO=UDP\n"
	    "NCAT_REMOTE_ADDR=2001:db8::7\nNCAT_REMOTE_PORT=4711\n"
	    "PROTO=UDP\nUDPCONNNUM=1\n"
	    "UDPLOCALIP=192.0.2.1\nUDPLOCALPORT=53\n"
	    "UDPREMOTEIP=2001:db8::7\nUDPREMOTEPORT=4711\n");
}
END_TEST

START_TEST(a_unix_socket_has_paths)
{
	struct address remote = path_of(NULL), local = path_of("/run/x");
	struct exec_peer peer = { &remote, &local, "UNIX", 1, NULL };
	char text[OUTPUT];

	variables(&peer, "PROTO|NCAT_|UNIX", text);
	ck_assert_str_eq(text,
	    "NCAT_LOCAL_ADDR=/run/x\nNCAT_LOCAL_PORT=\n"
	    "NCAT_PROTO=UNIX\n"
	    "NCAT_REMOTE_ADDR=localhost\nNCAT_REMOTE_PORT=\n"
	    "PROTO=UNIX\nUNIXLOCALPATH=/run/x\nUNIXREMOTEPATH=\n");
}
END_TEST

START_TEST(who_is_not_known_is_not_named)
{
	struct exec_peer peer = { .protocol = "UDP" };
	char text[OUTPUT];

	variables(&peer, "NCAT_REMOTE|UDPREMOTE", text);
	ck_assert_str_eq(text,
	    "NCAT_REMOTE_ADDR=\nNCAT_REMOTE_PORT=\n"
	    "UDPREMOTEIP=\nUDPREMOTEPORT=\n");
}
END_TEST

START_TEST(what_is_not_true_or_not_for_others_is_left_out)
{
	struct exec_peer peer = { .protocol = "UNIX" };
	char text[OUTPUT];

	setenv("TCPREMOTEHOST", "outer.example", 1);
	setenv("TCPREMOTEINFO", "outer", 1);
	setenv("TCPCONNNUM", "9", 1);
	setenv("UDPLOCALIP", "192.0.2.9", 1);
	setenv("NCX_PROXY_PASS", "secret", 1);
	setenv("NCX_PROXY_PASSAGE", "kept", 1);
	setenv("TCPWRAPPER", "kept", 1);
	variables(&peer, "TCP|UDP|NCX_PROXY", text);
	ck_assert_str_eq(text, "NCX_PROXY_PASSAGE=kept\nTCPWRAPPER=kept\n");
}
END_TEST

START_TEST(the_protocol_is_that_of_the_options)
{
	struct options tcp = { .family = AF_INET6 };
	struct options udp = { .udp = true };
	struct options both = { .udp = true, .family = AF_UNIX };

	ck_assert_str_eq(exec_protocol(&tcp), "TCP");
	ck_assert_str_eq(exec_protocol(&udp), "UDP");
	ck_assert_str_eq(exec_protocol(&both), "UNIX");
	ck_assert(!exec_wanted(&tcp));
}
END_TEST

START_TEST(what_cannot_be_run_is_named)
{
	static const struct row {
		const char *command, *words;
		int error, status;
	} rows[] = {
		{ "/no/such -x", "run /no/such failed: No such file", ENOENT,
		    EXEC_NOT_FOUND },
		{ "/etc", "run /etc failed: Permission denied", EACCES,
		    EXEC_NOT_RUN },
	};
	struct exec_peer peer = { .protocol = "TCP" };

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct options o = { .exec = rows[i].command };
		struct capture c;
		struct loop loop;
		char text[256];
		int status;

		ck_assert_int_eq(loop_init(&loop), 0);
		ck_assert_ptr_null(
		    exec_start(&o, &loop, &peer, ignore_end, &status));
		ck_assert_int_eq(errno, rows[i].error);
		loop_free(&loop);
		capture_start(&c, STDERR_FILENO);
		status = exec_failed(&o, rows[i].error);
		capture_end(&c, text, sizeof(text));
		ck_assert_int_eq(status, rows[i].status);
		ck_assert_ptr_nonnull(strstr(text, rows[i].words));
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_command_is_cut_into_words,
		a_line_goes_to_the_shell,
		a_command_has_a_word,
		a_program_excludes_other_uses_of_our_side,
		the_environment_names_both_sides,
		addresses_are_numbers_in_their_own_family,
		a_unix_socket_has_paths,
		who_is_not_known_is_not_named,
		what_is_not_true_or_not_for_others_is_left_out,
		the_protocol_is_that_of_the_options,
		what_cannot_be_run_is_named,
	};
	int failed = run_tests("exec", tests, COUNT(tests));

	return failed != 0;
}
