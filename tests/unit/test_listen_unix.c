/* SPDX-License-Identifier: ISC */
/* test_listen_unix.c - listening on a path: what becomes of it */
#include <errno.h>
#include <unistd.h>

#include "listen.h"
#include "support.h"

/* A path, what was asked for, and the client that came. */
struct rig {
	char folder[32], path[64];
	struct listen_request request;
	struct listen_error why;
	struct bench bench;
	struct channel *ch;
	bool named;
	struct address_text peer;
};

static void
note_client(struct channel *ch, const struct address *peer, void *arg)
{
	struct rig *r = arg;

	r->ch = ch;
	r->named = peer != NULL;
	if (peer != NULL)
		address_format(peer, true, &r->peer);
}

static void
rig_init(struct rig *r, int socktype)
{
	struct endpoint ep = { .family = AF_UNIX, .socktype = socktype };

	*r = (struct rig){ .request = { .options = SOCKOPTS_DEFAULT } };
	temp_folder_make(r->folder);
	strlcpy(r->path, temp_path(r->folder, "sock"), sizeof(r->path));
	ep.host = r->path;
	ck_assert_int_eq(endpoint_resolve(&ep, &r->request.addresses), 0);
}

static struct listener *
rig_listen(struct rig *r)
{
	struct listener *l = listener_new(&r->request, &r->why);

	if (l == NULL)
		return NULL;
	l->accept = note_client;
	l->arg = r;
	return l;
}

static void
rig_free(struct rig *r)
{
	bench_free(&r->bench);
	channel_close(r->ch);
	address_free(r->request.addresses);
	temp_folder_remove(r->folder);
}

static int
client_of(struct rig *r)
{
	const struct address *a = r->request.addresses;
	int fd = socket(AF_UNIX, a->socktype | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(connect(fd, (struct sockaddr *)&a->addr, a->len), 0);
	return fd;
}

static bool
path_is_there(const struct rig *r)
{
	return access(r->path, F_OK) == 0;
}

START_TEST(the_path_is_removed_at_the_end)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };

	for (size_t i = 0; i < COUNT(types); i++) {
		struct listener *l;
		struct rig r;

		rig_init(&r, types[i]);
		l = rig_listen(&r);
		ck_assert_ptr_nonnull(l);
		ck_assert(path_is_there(&r));
		listener_free(l);
		ck_assert(!path_is_there(&r));
		rig_free(&r);
	}
}
END_TEST

START_TEST(it_is_kept_until_the_end)
{
	struct listener *l;
	struct rig r;

	rig_init(&r, SOCK_STREAM);
	l = rig_listen(&r);
	r.bench.task = &l->task;
	listener_stop(l);
	ck_assert(bench_settle(&r.bench));
	ck_assert(path_is_there(&r));
	listener_finish(l);
	ck_assert(!bench_settle(&r.bench));
	ck_assert(!path_is_there(&r));
	rig_free(&r);
}
END_TEST

START_TEST(a_live_one_is_left_alone)
{
	struct listener *l;
	struct rig r;

	rig_init(&r, SOCK_STREAM);
	l = rig_listen(&r);
	ck_assert_ptr_null(rig_listen(&r));
	ck_assert_int_eq(r.why.error, EADDRINUSE);
	ck_assert_str_eq(r.why.what, "listen");
	ck_assert_ptr_eq(r.why.address, r.request.addresses);
	ck_assert(path_is_there(&r));
	close(client_of(&r));
	listener_free(l);
	rig_free(&r);
}
END_TEST

START_TEST(a_stale_one_is_replaced)
{
	struct listener *l;
	struct rig r;
	int fd;

	rig_init(&r, SOCK_STREAM);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	bind(fd, (struct sockaddr *)&r.request.addresses->addr,
	    r.request.addresses->len);
	close(fd);
	ck_assert(path_is_there(&r));
	l = rig_listen(&r);
	ck_assert_ptr_nonnull(l);
	close(client_of(&r));
	listener_free(l);
	ck_assert(!path_is_there(&r));
	rig_free(&r);
}
END_TEST

START_TEST(another_in_its_place_stays)
{
	struct listener *l, *other;
	struct rig r;

	rig_init(&r, SOCK_STREAM);
	l = rig_listen(&r);
	unlink(r.path);
	other = rig_listen(&r);
	ck_assert_ptr_nonnull(other);
	listener_free(l);
	ck_assert(path_is_there(&r));
	close(client_of(&r));
	listener_free(other);
	ck_assert(!path_is_there(&r));
	rig_free(&r);
}
END_TEST

START_TEST(a_client_without_a_name_has_none)
{
	struct listener *l;
	struct rig r;
	int fd;

	rig_init(&r, SOCK_STREAM);
	l = rig_listen(&r);
	r.bench.task = &l->task;
	fd = client_of(&r);
	ck_assert(bench_settle(&r.bench));
	ck_assert_ptr_nonnull(r.ch);
	ck_assert(!r.named);
	put(fd, "abc");
	ck_assert(channel_ready(r.ch, CH_READ));
	close(fd);
	rig_free(&r);
}
END_TEST

START_TEST(a_client_with_a_name_is_named)
{
	struct endpoint ep = { .family = AF_UNIX, .socktype = SOCK_STREAM };
	struct address *from = NULL, *to;
	struct listener *l;
	struct rig r;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	rig_init(&r, SOCK_STREAM);
	l = rig_listen(&r);
	r.bench.task = &l->task;
	ep.host = temp_path(r.folder, "client");
	ck_assert_int_eq(endpoint_resolve(&ep, &from), 0);
	bind(fd, (struct sockaddr *)&from->addr, from->len);
	to = r.request.addresses;
	connect(fd, (struct sockaddr *)&to->addr, to->len);
	ck_assert(bench_settle(&r.bench));
	ck_assert(r.named);
	ck_assert_str_eq(r.peer.host, temp_path(r.folder, "client"));
	ck_assert_str_eq(r.peer.port, "");
	close(fd);
	address_free(from);
	rig_free(&r);
}
END_TEST

/* It can be heard, and not answered. */
START_TEST(a_datagram_without_a_name_is_heard)
{
	struct listener *l;
	struct rig r;
	char got[8];
	int fd;

	rig_init(&r, SOCK_DGRAM);
	l = rig_listen(&r);
	r.bench.task = &l->task;
	fd = client_of(&r);
	put(fd, "abc");
	ck_assert(bench_settle(&r.bench));
	ck_assert(!r.named);
	ck_assert_int_eq(channel_read(r.ch, got, sizeof(got)), 3);
	ck_assert_int_eq(channel_read(r.ch, got, sizeof(got)), IO_WAIT);
	close(fd);
	rig_free(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		the_path_is_removed_at_the_end,
		it_is_kept_until_the_end,
		a_live_one_is_left_alone,
		a_stale_one_is_replaced,
		another_in_its_place_stays,
		a_client_without_a_name_has_none,
		a_client_with_a_name_is_named,
		a_datagram_without_a_name_is_heard,
	};
	int failed = run_tests("listen_unix", tests, COUNT(tests));

	return failed != 0;
}
