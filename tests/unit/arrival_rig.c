/* SPDX-License-Identifier: ISC */
/* arrival_rig.c - a server whose clients are greeted by a word of theirs */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "arrival_rig.h"
#include "clock.h"
#include "xalloc.h"

struct greeting {
	struct handshake handshake; /* first: it is a handshake */
	struct arrival_rig *rig;
	struct client *client;
};

static int
greeting_run(struct handshake *handshake, struct channel *ch)
{
	struct greeting *g = (struct greeting *)handshake;
	char word;
	ssize_t n = channel_read(ch, &word, 1);

	if (n == IO_WAIT || (n == 1 && word == 'y'))
		return n == 1 ? 0 : IO_WAIT;
	g->rig->failed++;
	ck_assert_ptr_eq(g->client->server, g->rig->server);
	return channel_fail_errno(ch, word == 't' ? ETIMEDOUT : EPROTO);
}

static void
greeting_expire(struct handshake *handshake)
{
	((struct greeting *)handshake)->rig->expired++;
}

static void
greeting_free(struct handshake *handshake)
{
	((struct greeting *)handshake)->rig->freed++;
	free(handshake);
}

static const struct handshake_ops greeting_ops = {
	.name = "greeting",
	.run = greeting_run,
	.expire = greeting_expire,
	.free = greeting_free,
};

static struct handshake *
greet(struct client *client, void *arg)
{
	struct arrival_rig *r = arg;
	struct greeting *g;

	if (r->trusting)
		return NULL;
	g = xcalloc(1, sizeof(*g));
	g->handshake.ops = &greeting_ops;
	g->rig = r;
	g->client = client;
	return &g->handshake;
}

void
arrival_rig_init(struct arrival_rig *r, const char *line)
{
	*r = (struct arrival_rig){ .server = &r->rig.server };
	server_rig_init(&r->rig, line);
	arrivals_greet(r->server, greet, r);
}

void
arrival_rig_free(struct arrival_rig *r)
{
	server_rig_free(&r->rig);
	for (size_t i = 0; i < r->count; i++)
		close(r->peers[i]);
}

size_t
arrival_rig_come(struct arrival_rig *r)
{
	int fds[2];

	ck_assert_uint_lt(r->count, ARRIVAL_RIG_PEERS);
	pair_of(SOCK_STREAM, fds);
	r->peers[r->count] = fds[1];
	arrival_accept(channel_socket(fds[0]), NULL, r->server);
	return r->count++;
}

size_t
arrival_rig_says(struct arrival_rig *r, const char *text)
{
	size_t i = arrival_rig_come(r);

	put(r->peers[i], text);
	return i;
}

/* Ends the loop when it is time to look. */
struct watch {
	struct task task; /* first: it is a task */
	struct arrival_rig *rig;
	size_t served, waiting;
	unsigned failed;
	int64_t until_ms;
};

static bool
has_come(const struct watch *w)
{
	const struct arrival_rig *r = w->rig;

	return r->rig.count == w->served &&
	    r->server->arrivals.waiting_count == w->waiting &&
	    r->failed + r->expired == w->failed;
}

static bool
watch_prepare(struct task *task, struct pollset *set, int64_t *deadline_ms)
{
	struct watch *w = (struct watch *)task;

	(void)set;
	clock_lower(deadline_ms, w->until_ms);
	w->rig->turns++;
	return has_come(w);
}

static bool
watch_run(struct task *task, const struct pollset *set, int64_t now_ms)
{
	struct watch *w = (struct watch *)task;

	(void)set;
	if (now_ms >= w->until_ms)
		ck_abort_msg("what must happen does not");
	if (!has_come(w))
		return true;
	w->rig->ended = w->rig->rig.loop.ended;
	loop_end(&w->rig->rig.loop);
	return false;
}

static void
watch_free(struct task *task)
{
	free(task);
}

static const struct task_ops watch_ops = {
	.prepare = watch_prepare,
	.run = watch_run,
	.free = watch_free,
};

void
arrival_rig_until(
    struct arrival_rig *r, size_t served, size_t waiting, unsigned failed)
{
	struct loop *loop = &r->rig.loop;
	struct watch *w = xcalloc(1, sizeof(*w));

	*w = (struct watch){ .task.ops = &watch_ops,
		.rig = r,
		.served = served,
		.waiting = waiting,
		.failed = failed,
		.until_ms = clock_ms() + PATIENCE_MS };
	r->ended = true;
	loop_add(loop, &w->task);
	ck_assert_int_eq(loop_run(loop), 0);
	loop->ended = r->ended;
}

void
arrival_rig_is(struct arrival_rig *r, size_t i, size_t peer)
{
	ck_assert_int_eq(channel_write(r->rig.network[i], "hello", 5), 5);
	expect(r->peers[peer], "hello");
}
