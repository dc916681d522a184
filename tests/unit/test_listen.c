/* SPDX-License-Identifier: ISC */
/* test_listen.c - listening sockets, and the task that hands out clients */
#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "clock.h"
#include "dgram_peers.h"
#include "listen.h"
#include "support.h"

/* A listener by hand, and the last client that it gave. */
struct rig {
	struct listen_request request;
	struct listen_error why;
	struct listener *l;
	struct bench bench;
	struct channel *ch;
	bool named;
	struct address peer;
	int accepted;
};

static void
note_client(struct channel *ch, const struct address *peer, void *arg)
{
	struct rig *r = arg;

	channel_close(r->ch);
	r->ch = ch;
	r->named = peer != NULL;
	if (peer != NULL)
		r->peer = *peer;
	r->accepted++;
}

static void
append(struct address **list, const char *host, int port, int socktype)
{
	struct endpoint ep = { .host = host,
		.port = port,
		.family = host[0] == '/' ? AF_UNIX : AF_UNSPEC,
		.socktype = socktype,
		.numeric = true,
		.passive = true };

	ck_assert_int_eq(endpoint_resolve(&ep, list), 0);
}

static void
rig_init(struct rig *r, const char *host, int port, int socktype)
{
	*r = (struct rig){ .request = { .options = SOCKOPTS_DEFAULT } };
	append(&r->request.addresses, host, port, socktype);
}

static void
rig_start(struct rig *r)
{
	r->l = listener_new(&r->request, &r->why);
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
	address_free(r->request.addresses);
}

static int
port_of(const struct listener *l, size_t i)
{
	struct address a;

	ck_assert_int_eq(listener_address(l, i, &a), 0);
	return address_port(&a);
}

/* A client of socket i, bound to nothing special. */
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

/* The client may be on its way for a moment. */
static void
await_some(struct rig *r, int count)
{
	int64_t until_ms = clock_ms() + PATIENCE_MS;

	while (r->accepted < count) {
		r->bench.now_ms = clock_ms();
		ck_assert(bench_settle(&r->bench));
		if (r->bench.now_ms > until_ms)
			ck_abort_msg("no client comes");
	}
}

static void
await_accepted(struct rig *r, int count)
{
	await_some(r, count);
	ck_assert_int_eq(r->accepted, count);
}

START_TEST(both_families_get_one_port)
{
	struct rig r;

	rig_init(&r, "0.0.0.0", 0, SOCK_STREAM);
	append(&r.request.addresses, "::", 0, SOCK_STREAM);
	r.request.any_host = true;
	rig_start(&r);
	ck_assert_int_ne(port_of(r.l, 0), 0);
	if (r.l->count == 2)
		ck_assert_int_eq(port_of(r.l, 1), port_of(r.l, 0));
	ck_assert_int_eq(address_port(r.request.addresses), 0);
	rig_free(&r);
}
END_TEST

START_TEST(a_used_port_is_an_error_with_its_address)
{
	struct rig r, other;

	rig_init(&r, "127.0.0.1", 0, SOCK_STREAM);
	rig_start(&r);
	rig_init(&other, "127.0.0.2", port_of(r.l, 0), SOCK_STREAM);
	append(&other.request.addresses, "127.0.0.1", port_of(r.l, 0),
	    SOCK_STREAM);
	ck_assert_ptr_null(listener_new(&other.request, &other.why));
	ck_assert_ptr_eq(other.why.address, other.request.addresses->next);
	ck_assert_str_eq(other.why.what, "listen");
	ck_assert_int_eq(other.why.error, EADDRINUSE);
	other.request.any_host = true;
	ck_assert_ptr_null(listener_new(&other.request, &other.why));
	rig_free(&other);
	rig_free(&r);
}
END_TEST

START_TEST(a_port_is_shared_when_both_want_it)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM };

	for (size_t i = 0; i < COUNT(types); i++) {
		struct rig r, other;

		rig_init(&r, "127.0.0.1", 0, types[i]);
		r.request.reuse_port = true;
		rig_start(&r);
		rig_init(&other, "127.0.0.1", port_of(r.l, 0), types[i]);
		ck_assert_ptr_null(listener_new(&other.request, &other.why));
		ck_assert_int_eq(other.why.error, EADDRINUSE);
		other.request.reuse_port = true;
		rig_start(&other);
		rig_free(&other);
		rig_free(&r);
	}
}
END_TEST

/* 192.0.2.0/24 is for documentation: no machine has such an address. */
START_TEST(a_missing_address_is_fine_for_any_host_only)
{
	struct rig r;

	rig_init(&r, "192.0.2.77", 0, SOCK_STREAM);
	append(&r.request.addresses, "127.0.0.1", 0, SOCK_STREAM);
	ck_assert_ptr_null(listener_new(&r.request, &r.why));
	ck_assert_int_eq(r.why.error, EADDRNOTAVAIL);
	ck_assert_ptr_eq(r.why.address, r.request.addresses);
	r.request.any_host = true;
	rig_start(&r);
	ck_assert_uint_eq(r.l->count, 1);
	rig_free(&r);
	rig_init(&r, "192.0.2.77", 0, SOCK_STREAM);
	r.request.any_host = true;
	ck_assert_ptr_null(listener_new(&r.request, &r.why));
	ck_assert_int_eq(r.why.error, EADDRNOTAVAIL);
	rig_free(&r);
}
END_TEST

START_TEST(there_is_a_limit_of_sockets)
{
	char host[32];
	struct rig r;

	rig_init(&r, "127.0.0.1", 0, SOCK_STREAM);
	for (int i = 2; i < 30; i++) {
		snprintf(host, sizeof(host), "127.0.0.%d", i);
		append(&r.request.addresses, host, 0, SOCK_STREAM);
	}
	rig_start(&r);
	ck_assert_uint_eq(r.l->count, LISTEN_MAX);
	ck_assert_int_eq(port_of(r.l, LISTEN_MAX - 1), port_of(r.l, 0));
	rig_free(&r);
}
END_TEST

START_TEST(paused_it_takes_nobody)
{
	struct address ours;
	int first, second;
	struct rig r;

	rig_init(&r, "127.0.0.1", 0, SOCK_STREAM);
	rig_start(&r);
	ck_assert(bench_settle(&r.bench));
	ck_assert_int_eq(r.accepted, 0);
	first = client_of(r.l, 0);
	await_accepted(&r, 1);
	listener_pause(r.l, true);
	second = client_of(r.l, 0);
	ck_assert(bench_settle(&r.bench));
	ck_assert_int_eq(r.accepted, 1);
	ck_assert(r.named);
	ck_assert_int_eq(address_of_socket(first, &ours), 0);
	ck_assert_int_eq(address_port(&r.peer), address_port(&ours));
	put(first, "abc");
	r.ch->rwait = POLLIN;
	channel_await(r.ch, CH_READ);
	listener_pause(r.l, false);
	await_accepted(&r, 2);
	close(first);
	close(second);
	rig_free(&r);
}
END_TEST

START_TEST(both_sockets_take_clients)
{
	struct rig r;
	int fd;

	rig_init(&r, "127.0.0.1", 0, SOCK_STREAM);
	append(&r.request.addresses, "127.0.0.2", 0, SOCK_STREAM);
	rig_start(&r);
	for (size_t i = 0; i < 2; i++) {
		fd = client_of(r.l, i);
		await_accepted(&r, (int)i + 1);
		close(fd);
	}
	rig_free(&r);
}
END_TEST

START_TEST(stopped_it_takes_nobody_and_finished_it_ends)
{
	struct address a;
	struct rig r;
	int fd;

	rig_init(&r, "127.0.0.1", 0, SOCK_STREAM);
	rig_start(&r);
	ck_assert_int_eq(listener_address(r.l, 0, &a), 0);
	listener_stop(r.l);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&a.addr, a.len), -1);
	ck_assert_int_eq(errno, ECONNREFUSED);
	ck_assert(bench_settle(&r.bench));
	listener_finish(r.l);
	ck_assert(!bench_settle(&r.bench));
	close(fd);
	rig_free(&r);
}
END_TEST

/* At the limit of descriptors it waits for one, and does not spin.  (The second
 * client is for valgrind, where a failing accept(2) loses the first.) */
START_TEST(without_a_descriptor_it_waits)
{
	struct rlimit few, was;
	int fds[2], spare;
	struct rig r;

	rig_init(&r, "127.0.0.1", 0, SOCK_STREAM);
	rig_start(&r);
	fds[0] = client_of(r.l, 0);
	spare = dup(fds[0]);
	getrlimit(RLIMIT_NOFILE, &was);
	few = was;
	few.rlim_cur = (rlim_t)spare;
	close(spare);
	setrlimit(RLIMIT_NOFILE, &few);
	for (int i = 0; i < 1000 && r.l->retry_ms == 0; i++)
		ck_assert(bench_settle(&r.bench));
	ck_assert_int_ne(r.l->retry_ms, 0);
	ck_assert(bench_settle(&r.bench));
	ck_assert_int_eq(r.bench.deadline_ms, r.l->retry_ms);
	ck_assert_uint_eq(r.bench.set.count, 0);
	setrlimit(RLIMIT_NOFILE, &was);
	r.bench.now_ms = r.l->retry_ms;
	fds[1] = client_of(r.l, 0);
	await_some(&r, 1);
	close_pair(fds);
	rig_free(&r);
}
END_TEST

/* Two clients, and only the first is heard. */
START_TEST(the_first_datagram_fixes_the_peer)
{
	struct address ours;
	int first, second;
	char got[8];
	struct rig r;

	rig_init(&r, "127.0.0.1", 0, SOCK_DGRAM);
	rig_start(&r);
	first = client_of(r.l, 0);
	second = client_of(r.l, 0);
	put(first, "one");
	await_accepted(&r, 1);
	ck_assert(r.named);
	ck_assert_int_eq(address_of_socket(first, &ours), 0);
	ck_assert_int_eq(address_port(&r.peer), address_port(&ours));
	ck_assert_int_eq(write(second, "other", 5), 5);
	ck_assert_int_eq(channel_read(r.ch, got, sizeof(got)), 3);
	ck_assert_mem_eq(got, "one", 3);
	ck_assert_int_eq(channel_read(r.ch, got, sizeof(got)), IO_WAIT);
	ck_assert_int_eq(channel_write(r.ch, "reply", 5), 5);
	expect(first, "reply");
	ck_assert_int_eq(take(second, got, sizeof(got)), -1);
	close(first);
	close(second);
	rig_free(&r);
}
END_TEST

START_TEST(an_empty_datagram_fixes_the_peer_as_well)
{
	char got[8];
	struct rig r;
	int fd;

	rig_init(&r, "127.0.0.1", 0, SOCK_DGRAM);
	rig_start(&r);
	fd = client_of(r.l, 0);
	put(fd, "");
	await_accepted(&r, 1);
	ck_assert_int_eq(channel_read(r.ch, got, sizeof(got)), 0);
	close(fd);
	rig_free(&r);
}
END_TEST

/* The last that came is kept, so each is asked for by its turn. */
START_TEST(kept_open_each_peer_is_a_client)
{
	struct address ours;
	struct rig r;
	char got[8];
	int fd;

	rig_init(&r, "127.0.0.1", 0, SOCK_DGRAM);
	append(&r.request.addresses, "127.0.0.2", 0, SOCK_DGRAM);
	rig_start(&r);
	r.l->keep_open = true;
	for (int i = 0; i < 4; i++) {
		fd = client_of(r.l, (size_t)i % 2);
		put(fd, i % 2 == 0 ? "even" : "odd");
		await_accepted(&r, i + 1);
		ck_assert(r.named);
		ck_assert_int_eq(address_of_socket(fd, &ours), 0);
		ck_assert_mem_eq(&r.peer.addr, &ours.addr, ours.len);
		ck_assert_int_eq(
		    channel_read(r.ch, got, sizeof(got)), i % 2 == 0 ? 4 : 3);
		ck_assert_int_eq(channel_write(r.ch, "reply", 5), 5);
		expect(fd, "reply");
		close(fd);
	}
	rig_free(&r);
}
END_TEST

/* Both sockets together have no more than the listener may. */
START_TEST(kept_open_there_is_a_limit_of_peers)
{
	struct rig r;
	char got[8];
	int fds[2];

	rig_init(&r, "127.0.0.1", 0, SOCK_DGRAM);
	append(&r.request.addresses, "127.0.0.2", 0, SOCK_DGRAM);
	rig_start(&r);
	r.l->keep_open = true;
	r.l->peers_max = 1;
	for (size_t i = 0; i < COUNT(fds); i++)
		fds[i] = client_of(r.l, i);
	put(fds[0], "one");
	await_accepted(&r, 1);
	ck_assert_int_eq(channel_read(r.ch, got, sizeof(got)), 3);
	put(fds[1], "no room");
	put(fds[0], "again");
	while (channel_read(r.ch, got, sizeof(got)) == IO_WAIT)
		ck_assert(bench_settle(&r.bench));
	ck_assert_mem_eq(got, "again", 5);
	r.bench.now_ms = clock_ms() + PEER_SILENT_MS;
	put(fds[1], "two");
	while (r.accepted < 2)
		ck_assert(bench_settle(&r.bench));
	close_pair(fds);
	rig_free(&r);
}
END_TEST

START_TEST(stopped_its_peers_end)
{
	struct rig r;
	char got[8];
	int fd;

	rig_init(&r, "127.0.0.1", 0, SOCK_DGRAM);
	rig_start(&r);
	r.l->keep_open = true;
	fd = client_of(r.l, 0);
	put(fd, "one");
	await_accepted(&r, 1);
	listener_stop(r.l);
	ck_assert(bench_settle(&r.bench));
	ck_assert_ptr_null(r.l->peers);
	ck_assert_int_eq(channel_read(r.ch, got, sizeof(got)), 3);
	ck_assert_int_eq(channel_write(r.ch, "reply", 5), 5);
	expect(fd, "reply");
	ck_assert_int_eq(channel_read(r.ch, got, sizeof(got)), IO_EOF);
	channel_close(r.ch);
	r.ch = NULL;
	ck_assert_int_eq(write(fd, "x", 1), 1);
	ck_assert_int_eq(write(fd, "x", 1), -1);
	ck_assert_int_eq(errno, ECONNREFUSED);
	close(fd);
	rig_free(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		both_families_get_one_port,
		a_used_port_is_an_error_with_its_address,
		a_port_is_shared_when_both_want_it,
		a_missing_address_is_fine_for_any_host_only,
		there_is_a_limit_of_sockets,
		paused_it_takes_nobody,
		both_sockets_take_clients,
		stopped_it_takes_nobody_and_finished_it_ends,
		without_a_descriptor_it_waits,
		the_first_datagram_fixes_the_peer,
		an_empty_datagram_fixes_the_peer_as_well,
		kept_open_each_peer_is_a_client,
		kept_open_there_is_a_limit_of_peers,
		stopped_its_peers_end,
	};
	int failed = run_tests("listen", tests, COUNT(tests));

	return failed != 0;
}
