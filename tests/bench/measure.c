/* SPDX-License-Identifier: ISC */

/* measure.c - what tests/bench/run cannot measure from a shell
 *
 * exec LOG COMMAND...
 *	runs it; LOG gets a line: start and end [us], CPU [us], peak [KiB]
 * count [N]
 *	swallows stdin, or N bytes of it, and prints how many bytes it was
 * pingpong N
 *	prints us for a round trip of 64 bytes through the descriptors below
 * startup N COMMAND...
 *	prints ms to start, connect and end, mean of N
 * repeat N COMMAND...
 *	prints ms to run it, mean of N
 * idle open|half COMMAND...
 *	prints ticks of CPU in IDLE_SECONDS in which the peer is silent;
 *	with half it has ended its direction, too
 *
 * startup and idle listen on a port of their own; the word PORT in COMMAND
 * stands for it.
 */

#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "proc.h"

#define PINGSIZE     64           /* bytes, one way */
#define COUNTSIZE    (128 * 1024) /* bytes a read; as cat(1) */
#define IDLE_SECONDS 2

extern char **environ;

static int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t
timeval_us(struct timeval t)
{
	return (int64_t)t.tv_sec * 1000000 + t.tv_usec;
}

/* exec: CPU time and peak memory of one process.
 *
 * The peak that wait4(2) reports cannot be used: ru_maxrss survives execve(2),
 * so it is never less than what the forking parent held.  VmHWM belongs to the
 * memory that execve made and counts the program alone, but /proc has lost it
 * by the time a process can be waited for.  So the kernel is asked to stop the
 * process at its exit (PTRACE_EVENT_EXIT), while its memory is still there.
 * Nothing else is traced, so the process runs at full speed until then.
 * (What a kernel pipe or a socket holds is in no process's VmHWM.)
 */

/* The child waits until the parent has seized it, then becomes the command. */
static pid_t
start_seized(char *argv[])
{
	int gate[2];
	char go = 0;
	pid_t pid;

	if (pipe(gate) == -1 || (pid = fork()) == -1)
		err(1, "fork");
	if (pid == 0) {
		close(gate[1]);
		if (read(gate[0], &go, 1) != 1)
			_exit(1);
		close(gate[0]);
		execvp(argv[0], argv);
		err(127, "%s", argv[0]);
	}
	if (ptrace(PTRACE_SEIZE, pid, NULL,
		PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL) == -1)
		err(1, "ptrace");
	if (write(gate[1], &go, 1) != 1)
		err(1, "write");
	close(gate[0]);
	close(gate[1]);
	return pid;
}

/* Waits for the end and lets every signal through.  Status as from wait4. */
static int
wait_traced(pid_t pid, struct rusage *usage, long *peak)
{
	int status;

	*peak = 0;
	for (;;) {
		if (wait4(pid, &status, 0, usage) == -1)
			err(1, "wait4");
		if (!WIFSTOPPED(status))
			return status;
		if (status >> 16 == PTRACE_EVENT_EXIT) {
			*peak = proc_kib(pid, "VmHWM");
			ptrace(PTRACE_CONT, pid, NULL, 0);
		} else if (status >> 16 == PTRACE_EVENT_STOP) {
			ptrace(PTRACE_LISTEN, pid, NULL, 0);
		} else {
			ptrace(PTRACE_CONT, pid, NULL, WSTOPSIG(status));
		}
	}
}

static int
do_exec(int argc, char *argv[])
{
	struct rusage usage;
	long peak;
	FILE *log;

	if (argc < 2)
		errx(2, "exec: LOG COMMAND...");
	int64_t start = now_us();
	int status = wait_traced(start_seized(argv + 1), &usage, &peak);
	int64_t end = now_us();
	int64_t cpu = timeval_us(usage.ru_utime) + timeval_us(usage.ru_stime);

	if ((log = fopen(argv[0], "w")) == NULL)
		err(1, "%s", argv[0]);
	fprintf(log, "%" PRId64 " %" PRId64 " %" PRId64 " %ld\n", start, end,
	    cpu, peak);
	fclose(log);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int
do_count(int argc, char *argv[])
{
	static char buf[COUNTSIZE];
	uint64_t total = 0, all = UINT64_MAX;
	ssize_t n = 0;

	if (argc > 0)
		all = strtoull(argv[0], NULL, 10);
	while (total < all && (n = read(STDIN_FILENO, buf, sizeof(buf))) > 0)
		total += (uint64_t)n;
	if (n == -1)
		err(1, "read");
	printf("%" PRIu64 "\n", total);
	return 0;
}

/* pingpong: what the shell opened for it, through two netcats and back. */
enum {
	TO_CONNECT = 3,
	FROM_LISTEN,
	TO_LISTEN,
	FROM_CONNECT,
};

static void
pass(int to, int from)
{
	char buf[PINGSIZE] = { 0 };
	ssize_t n;

	if (write(to, buf, sizeof(buf)) != sizeof(buf))
		err(1, "write");
	for (size_t got = 0; got < sizeof(buf); got += (size_t)n)
		if ((n = read(from, buf, sizeof(buf) - got)) <= 0)
			err(1, "read");
}

static int
do_pingpong(int argc, char *argv[])
{
	long rounds = argc == 1 ? atol(argv[0]) : 0;

	if (rounds <= 0)
		errx(2, "pingpong: N");
	for (long i = 0; i < rounds / 20; i++) { /* to warm up */
		pass(TO_CONNECT, FROM_LISTEN);
		pass(TO_LISTEN, FROM_CONNECT);
	}
	int64_t start = now_us();

	for (long i = 0; i < rounds; i++) {
		pass(TO_CONNECT, FROM_LISTEN);
		pass(TO_LISTEN, FROM_CONNECT);
	}
	printf("%.2f\n", (double)(now_us() - start) / (double)rounds);
	return 0;
}

/* Listens on a port the kernel chooses and puts it where COMMAND says PORT. */
static int
listen_for(char *argv[])
{
	static char port[sizeof("65535")];
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (s == -1 || bind(s, (struct sockaddr *)&a, len) == -1 ||
	    listen(s, 8) == -1 ||
	    getsockname(s, (struct sockaddr *)&a, &len) == -1)
		err(1, "listen");
	snprintf(port, sizeof(port), "%u", (unsigned)ntohs(a.sin_port));
	for (; *argv != NULL; argv++) {
		char *word = strstr(*argv, "PORT");

		if (word == NULL)
			continue;
		*word = '\0';
		if (asprintf(argv, "%s%s", *argv, port) == -1)
			err(1, "asprintf");
	}
	return s;
}

/* Starts the command and takes its connection. */
static int
spawn_client(int listener, char *argv[], pid_t *pid)
{
	int client;

	errno = posix_spawnp(pid, argv[0], NULL, NULL, argv, environ);
	if (errno != 0)
		err(127, "%s", argv[0]);
	if ((client = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) == -1)
		err(1, "accept");
	return client;
}

static int
do_startup(int argc, char *argv[])
{
	long rounds = argc > 1 ? atol(argv[0]) : 0;
	pid_t pid;

	if (rounds <= 0)
		errx(2, "startup: N COMMAND...");
	int listener = listen_for(argv + 1);
	int64_t start = now_us();

	for (long i = 0; i < rounds; i++) {
		close(spawn_client(listener, argv + 1, &pid));
		waitpid(pid, NULL, 0);
	}
	printf("%.3f\n", (double)(now_us() - start) / (double)rounds / 1000);
	return 0;
}

static int
do_repeat(int argc, char *argv[])
{
	long rounds = argc > 1 ? atol(argv[0]) : 0;
	int status;
	pid_t pid;

	if (rounds <= 0)
		errx(2, "repeat: N COMMAND...");
	int64_t start = now_us();

	for (long i = 0; i < rounds; i++) {
		errno =
		    posix_spawnp(&pid, argv[1], NULL, NULL, argv + 1, environ);
		if (errno != 0)
			err(127, "%s", argv[1]);
		if (waitpid(pid, &status, 0) != pid || status != 0)
			errx(1, "%s: status %#x", argv[1], status);
	}
	printf("%.3f\n", (double)(now_us() - start) / (double)rounds / 1000);
	return 0;
}

static int
do_idle(int argc, char *argv[])
{
	pid_t pid;

	if (argc < 2)
		errx(2, "idle: open|half COMMAND...");
	int client = spawn_client(listen_for(argv + 1), argv + 1, &pid);

	if (strcmp(argv[0], "half") == 0)
		shutdown(client, SHUT_WR);
	long before = proc_ticks(pid);

	sleep(IDLE_SECONDS); /* the time that is measured */
	long after = proc_ticks(pid);

	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	if (after == -1)
		puts("ended");
	else
		printf("%ld\n", after - before);
	return 0;
}

static const struct command {
	const char *name;
	int (*run)(int argc, char *argv[]);
} commands[] = {
	{ "exec", do_exec },
	{ "count", do_count },
	{ "pingpong", do_pingpong },
	{ "startup", do_startup },
	{ "repeat", do_repeat },
	{ "idle", do_idle },
};

int
main(int argc, char *argv[])
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (argc > 1 && strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 2, argv + 2);
	errx(2, "usage: measure exec|count|pingpong|startup|repeat|idle ...");
}
