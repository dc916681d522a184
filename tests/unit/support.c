/* SPDX-License-Identifier: ISC */
/* support.c - what the unit tests share */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "support.h"
#include "xalloc.h"

/* seconds for one test, also under valgrind */
#define TEST_SECONDS 30
/* turns; nothing here needs nearly so many */
#define TURNS_MAX 200000

int
run_tests(const char *module, const TTest *const *tests, size_t count)
{
	Suite *suite = suite_create(module);
	TCase *tcase = tcase_create(module);
	SRunner *runner;
	int failed;

	signal(SIGPIPE, SIG_IGN);
	setprogname("ncx");
	tcase_set_timeout(tcase, TEST_SECONDS);
	for (size_t i = 0; i < count; i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed;
}

struct rng
rng_of(uint64_t seed)
{
	return (struct rng){ seed };
}

/* splitmix64 */
uint64_t
rng_next(struct rng *rng)
{
	uint64_t z = rng->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

size_t
rng_below(struct rng *rng, size_t n)
{
	return (size_t)(rng_next(rng) % n);
}

void
rng_fill(struct rng *rng, void *bytes, size_t n)
{
	uint8_t *to = bytes;

	for (size_t i = 0; i < n; i++)
		to[i] = (uint8_t)rng_next(rng);
}

void
pair_of(int type, int fds[2])
{
	ck_assert_int_eq(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fds), 0);
}

void
tcp_pair(int fds[2])
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(in);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(bind(listener, (struct sockaddr *)&in, len), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	ck_assert_int_eq(
	    getsockname(listener, (struct sockaddr *)&in, &len), 0);
	fds[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(connect(fds[0], (struct sockaddr *)&in, len), 0);
	fds[1] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	ck_assert_int_ne(fds[1], -1);
	close(listener);
}

void
pipe_pair(int fds[2])
{
	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
}

int
file_of(const void *bytes, size_t n)
{
	int fd = memfd_create("ncx-unit", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(pwrite(fd, bytes, n, 0), (ssize_t)n);
	return fd;
}

void
set_nonblocking(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

void
close_pair(const int fds[2])
{
	close(fds[0]);
	close(fds[1]);
}

ssize_t
take(int fd, void *bytes, size_t n)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	if (poll(&pfd, 1, 0) != 1) {
		errno = EAGAIN;
		return -1;
	}
	return read(fd, bytes, n);
}

void
put(int fd, const char *text)
{
	size_t len = strlen(text);

	ck_assert_int_eq(write(fd, text, len), (ssize_t)len);
}

/* What goes over the network stack may be on its way for a moment. */
static void
await_readable(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	poll(&pfd, 1, PATIENCE_MS);
}

void
expect(int fd, const char *text)
{
	char got[4096];
	size_t len = strlen(text);

	await_readable(fd);
	ck_assert_int_eq(take(fd, got, sizeof(got)), (ssize_t)len);
	ck_assert_mem_eq(got, text, len);
}

void
expect_end(int fd)
{
	char byte;

	await_readable(fd);
	ck_assert_int_eq(take(fd, &byte, 1), 0);
}

void
expect_none(int fd)
{
	char byte;

	ck_assert_int_eq(take(fd, &byte, 1), -1);
	ck_assert_int_eq(errno, EAGAIN);
}

size_t
file_bytes(int fd, void *bytes, size_t size)
{
	ssize_t n = pread(fd, bytes, size, 0);

	ck_assert_int_ge(n, 0);
	return (size_t)n;
}

static bool
channel_poll(struct channel *ch, unsigned wanted, int timeout_ms)
{
	struct pollset set = { 0 };
	int ready;

	channel_prepare(ch, &set, wanted);
	ready = poll(set.fds, set.count, set.count == 0 ? 0 : timeout_ms);
	channel_collect(ch, &set);
	pollset_free(&set);
	return ready > 0 || set.count == 0;
}

bool
channel_ready(struct channel *ch, unsigned wanted)
{
	return channel_poll(ch, wanted, 0);
}

void
channel_await(struct channel *ch, unsigned wanted)
{
	/* a ck_assert() that holds takes a system call, too */
	if (!channel_poll(ch, wanted, PATIENCE_MS))
		ck_abort_msg("what %s waits for does not come", ch->ops->name);
}

void
flow_settle_at(struct flow *f, int64_t now_ms)
{
	bool ready = true;

	for (int turn = 0; ready; turn++) {
		if (turn == TURNS_MAX)
			ck_abort_msg("the flow spins");
		flow_pump(f, now_ms);
		if (flow_wants_read(f, now_ms))
			channel_ready(f->src, CH_READ);
		if (flow_wants_write(f, now_ms))
			channel_ready(f->dst, CH_WRITE);
		ready = flow_runnable(f, now_ms);
	}
}

/* The last task to stay; it gives up when the others do not end. */
struct watchdog {
	struct task task; /* first: it is a task */
	struct loop *loop;
	int64_t until_ms;
	unsigned turns;
};

static bool
watchdog_is_last(const struct watchdog *w)
{
	return TAILQ_FIRST(&w->loop->tasks) == &w->task &&
	    TAILQ_NEXT(&w->task, entry) == NULL;
}

static bool
watchdog_prepare(struct task *task, struct pollset *set, int64_t *deadline_ms)
{
	struct watchdog *w = (struct watchdog *)task;

	(void)set;
	clock_lower(deadline_ms, w->until_ms);
	return watchdog_is_last(w);
}

static bool
watchdog_run(struct task *task, const struct pollset *set, int64_t now_ms)
{
	struct watchdog *w = (struct watchdog *)task;

	(void)set;
	if (now_ms >= w->until_ms)
		ck_abort_msg("the loop does not end");
	if (++w->turns == TURNS_MAX)
		ck_abort_msg("the loop spins");
	return !watchdog_is_last(w);
}

static void
watchdog_free(struct task *task)
{
	free(task);
}

static const struct task_ops watchdog_ops = {
	.prepare = watchdog_prepare,
	.run = watchdog_run,
	.free = watchdog_free,
};

int
drive(struct loop *loop)
{
	struct watchdog *w = xcalloc(1, sizeof(*w));
	sigset_t before = loop->before;
	int result;

	w->task.ops = &watchdog_ops;
	w->loop = loop;
	w->until_ms = clock_ms() + PATIENCE_MS;
	loop_add(loop, &w->task);
	result = loop_run(loop);
	loop_free(loop);
	/* ncx itself has no other loop after it */
	sigprocmask(SIG_SETMASK, &before, NULL);
	return result;
}

/* True: there was, or is, something to do. */
static bool
bench_turn(struct bench *b)
{
	bool ready;

	if (++b->turns == TURNS_MAX)
		ck_abort_msg("the task spins");
	b->set.count = 0;
	b->deadline_ms = CLOCK_NEVER;
	ready = b->task->ops->prepare(b->task, &b->set, &b->deadline_ms);
	if (poll(b->set.fds, b->set.count, 0) > 0)
		ready = true;
	if (!b->task->ops->run(b->task, &b->set, b->now_ms)) {
		b->task->ops->free(b->task);
		b->task = NULL;
	}
	return ready;
}

bool
bench_settle(struct bench *b)
{
	int calm = 0; /* turns; in the first a rule may have changed a state */

	b->turns = 0;
	if (b->now_ms == 0)
		b->now_ms = clock_ms();
	while (b->task != NULL && calm < 2)
		calm = bench_turn(b) ? 0 : calm + 1;
	return b->task != NULL;
}

void
bench_free(struct bench *b)
{
	if (b->task != NULL)
		b->task->ops->free(b->task);
	b->task = NULL;
	pollset_free(&b->set);
}

void
capture_start(struct capture *c, int fd)
{
	fflush(NULL);
	c->fd = fd;
	c->saved = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	c->file = file_of("", 0);
	dup2(c->file, fd);
}

void
capture_end(struct capture *c, char *text, size_t size)
{
	fflush(NULL);
	text[file_bytes(c->file, text, size - 1)] = '\0';
	dup2(c->saved, c->fd);
	close(c->saved);
	close(c->file);
}

void
temp_folder_make(char folder[32])
{
	strlcpy(folder, "/tmp/ncx-unit-XXXXXX", 32);
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

const char *
temp_path(const char *folder, const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

void
temp_folder_remove(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while ((entry = readdir(dir)) != NULL)
		unlinkat(dirfd(dir), entry->d_name, 0);
	closedir(dir);
	rmdir(folder);
}
