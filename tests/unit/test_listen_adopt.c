/* SPDX-License-Identifier: ISC */
/* test_listen_adopt.c - a listener over sockets that somebody else has made */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"
#include "listen.h"
#include "support.h"

/* A listener by hand, and the last client that it gave. */
struct rig {
	struct listener *l;
	struct bench bench;
	struct channel *ch;
	int accepted;
};

static void
note_client(struct channel *ch, const struct address *peer, void *arg)
{
	struct rig *r = arg;

	(void)peer;
	channel_close(r->ch);
	r->ch = ch;
	r->accepted++;
}

static void
rig_adopt(struct rig *r, const int *fds, size_t count)
{
	*r = (struct rig){ .l = listener_adopt(fds, count) };
	ck_assert_ptr_nonnull(r->l);
	r->l->accept = note_client;
	r->l->arg = r;
	r->bench.task = &r->l->task;
}

static void
rig_free(struct rig *r)
{
	bench_free(&r->bench);
	channel_close(r->ch);
}

/* One that blocks, as a service manager gives it. */
static int
socket_of(int type)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	if (type == SOCK_STREAM)
		ck_assert_int_eq(listen(fd, 1), 0);
	return fd;
}

static int
client_of(const struct listener *l, size_t i)
{
	struct address a;
	int fd;

	ck_assert_int_eq(listener_address(l, i, &a), 0);
	fd = socket(a.addr.ss_family, a.socktype | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&a.addr, a.len), 0);
	return fd;
}

static void
await_accepted(struct rig *r, int count)
{
	int64_t until_ms = clock_ms() + PATIENCE_MS;

	while (r->accepted < count) {
		r->bench.now_ms = clock_ms();
		ck_assert(bench_settle(&r->bench));
		if (r->bench.now_ms > until_ms)
			ck_abort_msg("no client comes");
	}
	ck_assert_int_eq(r->accepted, count);
}

START_TEST(every_stream_socket_takes_clients)
{
	int fds[] = { socket_of(SOCK_STREAM), socket_of(SOCK_STREAM) }, client;
	struct rig r;

	rig_adopt(&r, fds, COUNT(fds));
	ck_assert_uint_eq(r.l->count, 2);
	ck_assert_int_eq(r.l->socktype, SOCK_STREAM);
	for (size_t i = 0; i < COUNT(fds); i++) {
		ck_assert(fcntl(fds[i], F_GETFL) & O_NONBLOCK);
		client = client_of(r.l, i);
		await_accepted(&r, (int)i + 1);
		close(client);
	}
	rig_free(&r);
	ck_assert_int_eq(fcntl(fds[0], F_GETFD), -1);
	ck_assert_int_eq(fcntl(fds[1], F_GETFD), -1);
}
END_TEST

START_TEST(a_datagram_socket_belongs_to_the_first_peer)
{
	int fd = socket_of(SOCK_DGRAM), client;
	char got[8];
	struct rig r;

	rig_adopt(&r, &fd, 1);
	ck_assert_int_eq(r.l->socktype, SOCK_DGRAM);
	client = client_of(r.l, 0);
	put(client, "one");
	await_accepted(&r, 1);
	ck_assert_int_eq(channel_read(r.ch, got, sizeof(got)), 3);
	ck_assert_int_eq(channel_write(r.ch, "reply", 5), 5);
	expect(client, "reply");
	close(client);
	rig_free(&r);
}
END_TEST

START_TEST(a_path_that_others_made_stays)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), client;
	char folder[32];
	struct rig r;

	temp_folder_make(folder);
	strlcpy(un.sun_path, temp_path(folder, "socket"), sizeof(un.sun_path));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	rig_adopt(&r, &fd, 1);
	client = client_of(r.l, 0);
	await_accepted(&r, 1);
	close(client);
	listener_finish(r.l);
	ck_assert(!bench_settle(&r.bench));
	ck_assert_int_eq(access(un.sun_path, F_OK), 0);
	rig_free(&r);
	temp_folder_remove(folder);
}
END_TEST

START_TEST(sockets_that_do_not_fit_stay_with_the_caller)
{
	int fds[] = { socket_of(SOCK_STREAM), socket_of(SOCK_DGRAM) },
	    closed = -1;

	ck_assert_ptr_null(listener_adopt(fds, COUNT(fds)));
	ck_assert_int_eq(errno, EPROTOTYPE);
	ck_assert_int_eq(fcntl(fds[0], F_GETFD), FD_CLOEXEC);
	close_pair(fds);
	ck_assert_ptr_null(listener_adopt(&closed, 1));
	ck_assert_int_eq(errno, EBADF);
	pipe_pair(fds);
	ck_assert_ptr_null(listener_adopt(fds, 1));
	ck_assert_int_eq(errno, ENOTSOCK);
	close_pair(fds);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		every_stream_socket_takes_clients,
		a_datagram_socket_belongs_to_the_first_peer,
		a_path_that_others_made_stays,
		sockets_that_do_not_fit_stay_with_the_caller,
	};
	int failed = run_tests("listen_adopt", tests, COUNT(tests));

	return failed != 0;
}
