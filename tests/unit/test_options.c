/* SPDX-License-Identifier: ISC */
/* test_options.c - what the command line said: the fields */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "command_line.h"
#include "option_table.h"

static void
check_target(const char *line, const char *host, const char *ports)
{
	struct options o = line_parsed(line);
	char text[64] = "";

	for (size_t i = 0; i < o.ports.count; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
		    "%s%d", i == 0 ? "" : " ", o.ports.list[i]);
	ck_assert_msg((o.host == NULL) == (host == NULL) &&
		(host == NULL || strcmp(o.host, host) == 0),
	    "\"%s\": host %s", line, o.host == NULL ? "any" : o.host);
	ck_assert_msg(strcmp(text, ports) == 0, "\"%s\": ports %s", line, text);
	options_free(&o);
}

START_TEST(without_options_there_are_defaults)
{
	struct options o = line_parsed("example.org 80");

	ck_assert_str_eq(o.host, "example.org");
	ck_assert_uint_eq(o.ports.count, 1);
	ck_assert_int_eq(o.family, AF_UNSPEC);
	ck_assert_int_eq(options_socktype(&o), SOCK_STREAM);
	ck_assert_str_eq(options_protocol(&o), "tcp");
	ck_assert(!options_messages(&o));
	ck_assert(!o.listen && !o.keep_open && !o.nodns && !o.crlf);
	ck_assert(!o.recv_only && !o.send_only && !o.telnet);
	ck_assert_ptr_null(o.source);
	ck_assert_int_eq(o.source_port, SOCKOPT_UNSET);
	ck_assert_int_eq(o.interval_ms, 0);
	ck_assert_int_eq(o.recv_limit, 0);
	ck_assert_int_eq(o.mtu, 16384);
	ck_assert_int_eq(o.shutdown, SHUTDOWN_DEFAULT);
	ck_assert_int_lt(o.quit_after_ms, 0);
	ck_assert_int_eq(o.wait_ms, TIME_UNSET);
	ck_assert_int_eq(o.connect_timeout_ms, TIME_UNSET);
	ck_assert_int_eq(o.idle_timeout_ms, TIME_UNSET);
	ck_assert_int_eq(o.linger_ms, 1000);
	ck_assert_ptr_null(o.port_file);
	ck_assert_int_eq(o.ready_fd, -1);
	ck_assert(!o.inetd);
	ck_assert_int_eq(o.drain_ms, TIME_UNSET);
	ck_assert_int_eq(o.sockopts.recv_buffer, SOCKOPT_UNSET);
	ck_assert_int_eq(o.sockopts.send_buffer, SOCKOPT_UNSET);
	ck_assert_int_eq(o.verbose, 0);
	options_free(&o);
}
END_TEST

START_TEST(values_reach_their_fields)
{
	struct options o = line_parsed("-i 0.5 -q -1 -w 3m -W 7 -I 64k -O 1m "
				       "-s 127.0.0.1 -p 99 -vv h 1");

	ck_assert_int_eq(o.interval_ms, 500);
	ck_assert_int_lt(o.quit_after_ms, 0);
	ck_assert_int_eq(o.wait_ms, 180000);
	ck_assert_int_eq(o.recv_limit, 7);
	ck_assert_int_eq(o.sockopts.recv_buffer, 65536);
	ck_assert_int_eq(o.sockopts.send_buffer, 1048576);
	ck_assert_str_eq(o.source, "127.0.0.1");
	ck_assert_int_eq(o.source_port, 99);
	ck_assert_int_eq(o.verbose, 2);
	options_free(&o);
	o = line_parsed("--connect-timeout 500ms --idle-timeout 2h --linger 0 "
			"--mtu 1k -u --quit-after 0 --wait 0 h 1");
	ck_assert_int_eq(o.connect_timeout_ms, 500);
	ck_assert_int_eq(o.idle_timeout_ms, 7200000);
	ck_assert_int_eq(o.linger_ms, 0);
	ck_assert_int_eq(o.mtu, 1024);
	ck_assert_int_eq(o.quit_after_ms, 0);
	ck_assert_int_eq(o.wait_ms, 0);
	options_free(&o);
	o = line_parsed("-l --port-file p --ready-fd 3 --drain 1.5 --inetd");
	ck_assert_str_eq(o.port_file, "p");
	ck_assert_int_eq(o.ready_fd, 3);
	ck_assert_int_eq(o.drain_ms, 1500);
	ck_assert(o.inetd);
	options_free(&o);
}
END_TEST

static size_t
field_size(const struct option_row *row)
{
	if (row->kind == KIND_FLAG)
		return sizeof(bool);
	return row->kind == KIND_TIME ? sizeof(int64_t) : sizeof(int);
}

static const char *
value_for(const struct option_row *row)
{
	if (row->argument == NULL)
		return "";
	if (row->kind == KIND_CHOICE)
		return " 4a";
	return row->kind == KIND_TIME ? " 1.5" : " 77";
}

/* What the option, said in this way, puts into its field.  That a system lacks
 * it is said after all has been parsed. */
static void
field_of(const struct option_row *row, const char *said, void *field)
{
	char line[256], text[256];
	struct options o;
	struct capture c;

	snprintf(line, sizeof(line), "%s%s%s%s%s", said, value_for(row),
	    row->needs == NULL ? "" : " --",
	    row->needs == NULL ? "" : row->needs,
	    strcmp(row->name, "unixsock") == 0 ? " path" : " 7 7");
	capture_start(&c, STDERR_FILENO);
	line_parse(&o, line);
	capture_end(&c, text, sizeof(text));
	ck_assert_msg(
	    text[0] == '\0' || row->letter == 'V' || row->letter == 'Z',
	    "\"%s\": %s", line, text);
	memcpy(field, (const char *)&o + row->offset, field_size(row));
	options_free(&o);
}

/* The row has a letter, and a value that is no pointer. */
static bool
is_comparable(const struct option_row *row)
{
	return row->letter != 0 && row->kind != KIND_SHOW &&
	    row->kind != KIND_TEXT && row->kind != KIND_PORT;
}

START_TEST(a_letter_and_its_name_do_the_same)
{
	for (size_t i = 0; i < option_row_count; i++) {
		const struct option_row *row = &option_rows[i];
		char letter[8], name[OPTION_LABEL], was[8], one[8], other[8];
		struct options o = line_parsed("h 1");

		options_free(&o);
		if (!is_comparable(row))
			continue;
		memcpy(was, (char *)&o + row->offset, field_size(row));
		snprintf(letter, sizeof(letter), "-%c", row->letter);
		snprintf(name, sizeof(name), "--%s", row->name);
		field_of(row, letter, one);
		field_of(row, name, other);
		ck_assert_msg(memcmp(one, was, field_size(row)) != 0,
		    "%s does nothing", letter);
		ck_assert_msg(memcmp(one, other, field_size(row)) == 0,
		    "%s is not %s", letter, name);
	}
}
END_TEST

START_TEST(an_alias_is_the_option)
{
	struct options o = line_parsed("--delay 2 h 1");

	ck_assert_int_eq(o.interval_ms, 2000);
	options_free(&o);
	for (size_t i = 0; i < option_row_count; i++) {
		const struct option_row *row = &option_rows[i];

		if (row->alias_of != NULL)
			ck_assert_str_eq(
			    option_find(row->name)->name, row->alias_of);
	}
	ck_assert_ptr_null(option_find("no-such-option"));
}
END_TEST

START_TEST(of_several_the_last_wins)
{
	struct options o = line_parsed("-4 -6 -N --no-shutdown h 1");

	ck_assert_int_eq(o.family, AF_INET6);
	ck_assert_int_eq(o.shutdown, SHUTDOWN_NO);
	options_free(&o);
	o = line_parsed("-6 -4 --no-shutdown -N -w 5 -w 6 h 1");
	ck_assert_int_eq(o.family, AF_INET);
	ck_assert_int_eq(o.shutdown, SHUTDOWN_YES);
	ck_assert_int_eq(o.wait_ms, 6000);
	options_free(&o);
}
END_TEST

START_TEST(a_rate_is_for_the_directions_without_one)
{
	struct options o = line_parsed("--rate 1m h 1");

	ck_assert_int_eq(o.rate_in, 1024 * 1024);
	ck_assert_int_eq(o.rate_out, 1024 * 1024);
	options_free(&o);
	o = line_parsed("--rate-out 5 --rate 1k h 1");
	ck_assert_int_eq(o.rate_in, 1024);
	ck_assert_int_eq(o.rate_out, 5);
	options_free(&o);
	o = line_parsed("--rate-in 7 h 1");
	ck_assert_int_eq(o.rate_in, 7);
	ck_assert_int_eq(o.rate_out, 0);
	options_free(&o);
}
END_TEST

START_TEST(a_text_to_end_with_may_have_escapes)
{
	struct options o = line_parsed("--until a\\r\\n\\0\\x41 h 1");

	ck_assert_uint_eq(o.until_len, 5);
	ck_assert_mem_eq(o.until_text, "a\r\n\0A", 5);
	options_free(&o);
	o = line_parsed("h 1");
	ck_assert_uint_eq(o.until_len, 0);
	options_free(&o);
}
END_TEST

START_TEST(of_a_list_all_count)
{
	struct options o = line_parsed("-l 80 --deny c --allow a,b --allow= "
				       "--denyfile f --deny d --denyfile g");

	ck_assert_uint_eq(o.allow.count, 2);
	ck_assert_str_eq(o.allow.list[0], "a,b");
	ck_assert_str_eq(o.allow.list[1], "");
	ck_assert_uint_eq(o.deny.count, 2);
	ck_assert_str_eq(o.deny.list[0], "c");
	ck_assert_str_eq(o.deny.list[1], "d");
	ck_assert_uint_eq(o.allow_files.count, 0);
	ck_assert_uint_eq(o.deny_files.count, 2);
	ck_assert_str_eq(o.deny_files.list[0], "f");
	ck_assert_str_eq(o.deny_files.list[1], "g");
	options_free(&o);
}
END_TEST

START_TEST(options_stand_anywhere)
{
	check_target("-v h 80", "h", "80");
	check_target("h -v 80", "h", "80");
	check_target("h 80 -v", "h", "80");
	check_target("h 80 -w5", "h", "80");
	check_target("-nvw5 h 80", "h", "80");
	check_target("--wait=5 h 80", "h", "80");
	check_target("--idle 5 h 80", "h", "80");
	check_target("-v -- -host 80", "-host", "80");
}
END_TEST

START_TEST(a_client_has_a_host_and_ports)
{
	check_target("h 80", "h", "80");
	check_target("h 22,80,8000-8002", "h", "22 80 8000 8001 8002");
	check_target("h 3-1 9 ssh", "h", "1 2 3 9 22");
	check_target("-u h domain", "h", "53");
	check_target("::1 80", "::1", "80");
}
END_TEST

START_TEST(all_forms_of_listening_work)
{
	check_target("-l 80", NULL, "80");
	check_target("-l h 80", "h", "80");
	check_target("-l -p 80", NULL, "80");
	check_target("-lp 80", NULL, "80");
	check_target("-l -s h -p 80", "h", "80");
	check_target("-l -s h 80", "h", "80");
	check_target("80 -l", NULL, "80");
	check_target("-l 0", NULL, "0");
	check_target("-l -p 0", NULL, "0");
	check_target("-l http", NULL, "80");
	check_target("-lu tftp", NULL, "69");
	check_target("-lk ::1 80", "::1", "80");
}
END_TEST

START_TEST(all_forms_of_paths_work)
{
	check_target("-U /run/x", "/run/x", "");
	check_target("-lU /run/x", "/run/x", "");
	check_target("-lU -s /run/x", "/run/x", "");
	check_target("-U @name", "@name", "");
	check_target("-U -s /run/y /run/x", "/run/x", "");
	check_target("-uU /run/x", "/run/x", "");
}
END_TEST

START_TEST(the_kind_of_socket_follows)
{
	struct options o = line_parsed("-u h 1");

	ck_assert_int_eq(options_socktype(&o), SOCK_DGRAM);
	ck_assert_str_eq(options_protocol(&o), "udp");
	ck_assert(options_messages(&o));
	options_free(&o);
	o = line_parsed("-U --seqpacket x");
	ck_assert_int_eq(options_socktype(&o), SOCK_SEQPACKET);
	ck_assert_int_eq(o.family, AF_UNIX);
	ck_assert(options_messages(&o));
	options_free(&o);
}
END_TEST

/* tftp is a service of UDP only; options may stand in any order. */
START_TEST(a_service_belongs_to_the_protocol_wherever_it_is_said)
{
	struct options o = line_parsed("-u -p tftp h 1");

	ck_assert_int_eq(o.source_port, 69);
	options_free(&o);
	o = line_parsed("-p tftp -u h 1");
	ck_assert_int_eq(o.source_port, 69);
	options_free(&o);
	check_target("-l -p tftp -u", NULL, "69");
}
END_TEST

static void
check_shown(const char *line, const char *begins)
{
	char text[8192];
	struct options o;
	struct capture c;
	int result;

	capture_start(&c, 1);
	result = line_parse(&o, line);
	capture_end(&c, text, sizeof(text));
	options_free(&o);
	ck_assert_int_eq(result, STATUS_OK);
	ck_assert_msg(strncmp(text, begins, strlen(begins)) == 0,
	    "\"%s\" shows %.60s", line, text);
}

START_TEST(what_is_shown_goes_to_stdout)
{
	check_shown("-h", "usage: ncx ");
	check_shown("--help", "usage: ncx ");
	check_shown("--version", "ncx ");
	check_shown("--list-options", "4\tipv4\t-\tflag\t");
	check_shown("h -h --no-such-option", "usage: ncx ");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		without_options_there_are_defaults,
		values_reach_their_fields,
		a_letter_and_its_name_do_the_same,
		an_alias_is_the_option,
		of_several_the_last_wins,
		a_rate_is_for_the_directions_without_one,
		a_text_to_end_with_may_have_escapes,
		of_a_list_all_count,
		options_stand_anywhere,
		a_client_has_a_host_and_ports,
		all_forms_of_listening_work,
		all_forms_of_paths_work,
		the_kind_of_socket_follows,
		a_service_belongs_to_the_protocol_wherever_it_is_said,
		what_is_shown_goes_to_stdout,
	};
	int failed = run_tests("options", tests, COUNT(tests));

	return failed != 0;
}
