/* SPDX-License-Identifier: ISC */
/* test_outlet.c - our output for many at once: one piece after the other */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "outlet.h"
#include "support.h"

#define TALKERS 3
/* bytes; of a pipe that is as small as can be */
#define PAGE 4096

/* An outlet over a small pipe, and channels to it. */
struct rig {
	struct outlet *outlet;
	int in, out; /* the pipe; in is borrowed by the outlet */
	struct channel *talkers[TALKERS]; /* NULL: closed */
};

static const struct hub_member stream = { 0 };

static void
rig_init(struct rig *r)
{
	int fds[2];

	*r = (struct rig){ 0 };
	pipe_pair(fds);
	fcntl(fds[1], F_SETPIPE_SZ, PAGE);
	ck_assert_int_eq(fcntl(fds[1], F_GETPIPE_SZ), PAGE);
	r->out = fds[0];
	r->in = fds[1];
	r->outlet = outlet_new(r->in);
	for (int i = 0; i < TALKERS; i++)
		r->talkers[i] = outlet_channel(r->outlet, NULL, stream);
}

static void
leave(struct rig *r, int i)
{
	channel_close(r->talkers[i]);
	r->talkers[i] = NULL;
}

static void
rig_free(struct rig *r)
{
	for (int i = 0; i < TALKERS; i++)
		channel_close(r->talkers[i]);
	outlet_free(r->outlet);
	close(r->in);
	if (r->out != -1)
		close(r->out);
}

static ssize_t
say(struct rig *r, int i, const void *bytes, size_t n)
{
	return channel_write(r->talkers[i], bytes, n);
}

/* What comes out next is n times this byte. */
static void
check_said(struct rig *r, uint8_t byte, size_t n)
{
	uint8_t got[2 * PAGE];

	ck_assert_int_eq(take(r->out, got, n), (ssize_t)n);
	for (size_t i = 0; i < n; i++)
		ck_assert(got[i] == byte);
}

/* Talker 0 has said the first page of its piece of two. */
static void
begin_piece(struct rig *r)
{
	uint8_t piece[2 * PAGE];

	memset(piece, 'a', sizeof(piece));
	ck_assert_int_eq(say(r, 0, piece, sizeof(piece)), PAGE);
}

START_TEST(whole_pieces_come_as_they_are_said)
{
	struct rig r;

	rig_init(&r);
	ck_assert_int_eq(say(&r, 0, "one ", 4), 4);
	ck_assert_int_eq(say(&r, 1, "two ", 4), 4);
	ck_assert_int_eq(say(&r, 2, "three", 5), 5);
	expect(r.out, "one two three");
	rig_free(&r);
}
END_TEST

START_TEST(the_others_wait_for_the_rest_of_a_piece)
{
	uint8_t rest[PAGE];
	struct rig r;

	memset(rest, 'a', sizeof(rest));
	rig_init(&r);
	begin_piece(&r);
	ck_assert_int_eq(say(&r, 1, "b", 1), IO_WAIT);
	check_said(&r, 'a', PAGE);
	/* there is room, and it is not for them */
	ck_assert_int_ne(r.talkers[1]->wwait, 0);
	ck_assert(!channel_ready(r.talkers[1], CH_WRITE));
	ck_assert(!channel_ready(r.talkers[2], CH_WRITE));
	ck_assert_int_eq(say(&r, 1, "b", 1), IO_WAIT);
	ck_assert_int_eq(say(&r, 0, rest, PAGE), PAGE);
	ck_assert_int_eq(r.talkers[1]->wwait, 0);
	ck_assert_int_eq(r.talkers[2]->wwait, 0);
	check_said(&r, 'a', PAGE);
	ck_assert_int_eq(say(&r, 1, "b", 1), 1);
	expect(r.out, "b");
	rig_free(&r);
}
END_TEST

START_TEST(who_joins_meanwhile_waits_as_well)
{
	struct channel *late;
	struct rig r;

	rig_init(&r);
	begin_piece(&r);
	late = outlet_channel(r.outlet, NULL, stream);
	check_said(&r, 'a', PAGE);
	ck_assert_int_eq(channel_write(late, "late", 4), IO_WAIT);
	ck_assert(!channel_ready(late, CH_WRITE));
	channel_close(late);
	rig_free(&r);
}
END_TEST

START_TEST(who_leaves_frees_the_others)
{
	struct rig r;

	rig_init(&r);
	begin_piece(&r);
	check_said(&r, 'a', PAGE);
	ck_assert_int_eq(say(&r, 1, "b", 1), IO_WAIT);
	leave(&r, 2);
	ck_assert_int_ne(r.talkers[1]->wwait, 0);
	leave(&r, 0);
	ck_assert_int_eq(r.talkers[1]->wwait, 0);
	ck_assert_int_eq(say(&r, 1, "b", 1), 1);
	expect(r.out, "b");
	rig_free(&r);
}
END_TEST

/* Nothing was taken of it: no piece has begun, and whoever comes first when
 * there is room begins. */
START_TEST(a_full_output_is_nobodys)
{
	uint8_t page[PAGE] = { 'x' };
	struct rig r;

	rig_init(&r);
	memset(page, 'x', sizeof(page));
	ck_assert_int_eq(say(&r, 2, page, PAGE), PAGE);
	ck_assert_int_eq(say(&r, 0, "a", 1), IO_WAIT);
	ck_assert_int_eq(r.talkers[0]->wwait, POLLOUT);
	ck_assert_int_eq(say(&r, 1, "b", 1), IO_WAIT);
	ck_assert(!channel_ready(r.talkers[1], CH_WRITE));
	check_said(&r, 'x', PAGE);
	ck_assert(channel_ready(r.talkers[1], CH_WRITE));
	ck_assert_int_eq(say(&r, 1, "b", 1), 1);
	ck_assert_int_eq(say(&r, 0, "a", 1), 1);
	expect(r.out, "ba");
	rig_free(&r);
}
END_TEST

START_TEST(the_end_of_one_leaves_the_output_open)
{
	struct rig r;

	rig_init(&r);
	ck_assert_int_eq(channel_shut(r.talkers[0]), 0);
	leave(&r, 0);
	expect_none(r.out);
	ck_assert_int_eq(say(&r, 1, "b", 1), 1);
	expect(r.out, "b");
	rig_free(&r);
}
END_TEST

START_TEST(each_hears_of_a_failure)
{
	struct rig r;

	rig_init(&r);
	close(r.out);
	r.out = -1;
	for (int i = 0; i < TALKERS; i++) {
		ck_assert_int_eq(say(&r, i, "x", 1), IO_ERROR);
		ck_assert_int_eq(r.talkers[i]->error_code, EPIPE);
		ck_assert_str_eq(r.talkers[i]->error, strerror(EPIPE));
	}
	rig_free(&r);
}
END_TEST

START_TEST(a_full_disk_is_told)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct outlet *outlet = outlet_new(full);
	struct channel *ch = outlet_channel(outlet, NULL, stream);

	ck_assert_int_eq(channel_write(ch, "x", 1), IO_ERROR);
	ck_assert_int_eq(ch->error_code, ENOSPC);
	channel_close(ch);
	outlet_free(outlet);
	close(full);
}
END_TEST

START_TEST(without_an_output_all_is_dropped)
{
	struct outlet *outlet = outlet_new(-1);
	struct channel *ch = outlet_channel(outlet, NULL, stream);

	ck_assert_int_eq(ch->wfd, -1);
	ck_assert_int_eq(channel_write(ch, "gone", 4), 4);
	channel_close(ch);
	outlet_free(outlet);
	outlet_free(NULL);
}
END_TEST

START_TEST(what_the_hub_says_is_read)
{
	const struct hub_member messages = { .message_max = 4,
		.messages = true };
	struct hub *hub = hub_new(64);
	struct channel *speaker = hub_channel(hub, stream), *ch;
	struct rig r;
	char got[8];

	rig_init(&r);
	ck_assert(!channel_has_input(r.talkers[0]));
	ck_assert(!(r.talkers[0]->flags & CH_DGRAM));
	ch = outlet_channel(r.outlet, hub, messages);
	ck_assert(channel_has_input(ch));
	ck_assert(ch->flags & CH_DGRAM);
	ck_assert_int_eq(channel_read(ch, got, sizeof(got)), IO_WAIT);
	ck_assert_int_eq(channel_write(speaker, "abcdef", 6), 6);
	ck_assert_int_eq(ch->rwait, 0);
	ck_assert_int_eq(channel_read(ch, got, sizeof(got)), 4);
	ck_assert_mem_eq(got, "abcd", 4);
	channel_close(ch); /* with something unread */
	ck_assert_int_eq(channel_write(speaker, "ghi", 3), 3);
	channel_close(speaker);
	hub_free(hub);
	rig_free(&r);
}
END_TEST

START_TEST(who_is_alone_may_splice)
{
	struct rig r;

	rig_init(&r);
	for (int i = 0; i < TALKERS; i++)
		ck_assert_int_eq(r.talkers[i]->wkind, FD_OTHER);
	leave(&r, 1);
	ck_assert_int_eq(r.talkers[0]->wkind, FD_OTHER);
	leave(&r, 0);
	ck_assert_int_eq(r.talkers[2]->wkind, FD_PIPE);
	r.talkers[0] = outlet_channel(r.outlet, NULL, stream);
	ck_assert_int_eq(r.talkers[0]->wkind, FD_OTHER);
	ck_assert_int_eq(r.talkers[2]->wkind, FD_OTHER);
	rig_free(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		whole_pieces_come_as_they_are_said,
		the_others_wait_for_the_rest_of_a_piece,
		who_joins_meanwhile_waits_as_well,
		who_leaves_frees_the_others,
		a_full_output_is_nobodys,
		the_end_of_one_leaves_the_output_open,
		each_hears_of_a_failure,
		a_full_disk_is_told,
		without_an_output_all_is_dropped,
		what_the_hub_says_is_read,
		who_is_alone_may_splice,
	};
	int failed = run_tests("outlet", tests, COUNT(tests));

	return failed != 0;
}
