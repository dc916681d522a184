/* SPDX-License-Identifier: ISC */
/* test_hub.c - a meeting place: who hears what, and who has to wait */
#include "hub.h"
#include "support.h"

#define CAP 16 /* bytes */

static const struct hub_member stream = { 0 };
/* It reads messages, and cuts what a stream said into such. */
static const struct hub_member messages = { .message_max = 8,
	.messages = true };

static void
say(struct channel *seat, const char *text)
{
	ck_assert_int_eq(
	    channel_write(seat, text, strlen(text)), (ssize_t)strlen(text));
}

/* It has to wait with that. */
static void
check_waits(struct channel *seat, const char *text)
{
	ck_assert_int_eq(channel_write(seat, text, strlen(text)), IO_WAIT);
	ck_assert_int_eq(seat->wwait, POLLOUT);
}

/* What it reads next is exactly this. */
static void
check_hears(struct channel *seat, const char *text)
{
	char got[64];

	ck_assert_int_eq(seat->rwait, 0);
	ck_assert_int_eq(
	    channel_read(seat, got, sizeof(got)), (ssize_t)strlen(text));
	ck_assert_mem_eq(got, text, strlen(text));
}

static void
check_hears_nothing(struct channel *seat)
{
	char byte;

	ck_assert_int_eq(channel_read(seat, &byte, 1), IO_WAIT);
	ck_assert_int_eq(seat->rwait, POLLIN);
}

static void
check_end(struct channel *seat)
{
	char byte;

	ck_assert_int_eq(seat->rwait, 0);
	ck_assert_int_eq(channel_read(seat, &byte, 1), IO_EOF);
}

/* A hub of three seats, and room for a fourth. */
struct rig {
	struct hub *hub;
	struct channel *seats[4]; /* NULL: nobody */
};

static void
rig_of(struct rig *r, struct hub_member member)
{
	*r = (struct rig){ .hub = hub_new(CAP) };
	for (int i = 0; i < 3; i++)
		r->seats[i] = hub_channel(r->hub, member);
}

static void
leave(struct rig *r, int i)
{
	channel_close(r->seats[i]);
	r->seats[i] = NULL;
}

static void
rig_free(struct rig *r)
{
	for (int i = 0; i < 4; i++)
		channel_close(r->seats[i]);
	hub_free(r->hub);
}

START_TEST(all_hear_but_the_author)
{
	struct rig r;

	rig_of(&r, stream);
	say(r.seats[0], "one");
	say(r.seats[1], "two");
	check_hears(r.seats[2], "one");
	check_hears(r.seats[2], "two");
	check_hears_nothing(r.seats[2]);
	check_hears(r.seats[0], "two");
	check_hears_nothing(r.seats[0]);
	check_hears(r.seats[1], "one");
	check_hears_nothing(r.seats[1]);
	rig_free(&r);
}
END_TEST

START_TEST(who_waits_is_told)
{
	struct rig r;

	rig_of(&r, stream);
	check_hears_nothing(r.seats[0]);
	check_hears_nothing(r.seats[1]);
	say(r.seats[0], "news");
	ck_assert_int_eq(r.seats[0]->rwait, POLLIN);
	check_hears(r.seats[1], "news");
	rig_free(&r);
}
END_TEST

START_TEST(who_comes_later_hears_what_comes_later)
{
	struct rig r;

	rig_of(&r, stream);
	say(r.seats[0], "early");
	r.seats[3] = hub_channel(r.hub, stream);
	check_hears_nothing(r.seats[3]);
	say(r.seats[0], "late");
	check_hears(r.seats[3], "late");
	check_hears(r.seats[1], "early");
	check_hears(r.seats[1], "late");
	rig_free(&r);
}
END_TEST

START_TEST(words_outlive_who_said_them)
{
	struct rig r;

	rig_of(&r, stream);
	say(r.seats[0], "farewell");
	leave(&r, 0);
	/* not its author, though it may have got the same memory */
	r.seats[0] = hub_channel(r.hub, stream);
	say(r.seats[0], "hi");
	check_hears(r.seats[1], "farewell");
	check_hears(r.seats[1], "hi");
	check_hears(r.seats[2], "farewell");
	check_hears_nothing(r.seats[0]);
	rig_free(&r);
}
END_TEST

START_TEST(a_reader_takes_parts)
{
	struct rig r;
	char got[4];

	rig_of(&r, stream);
	say(r.seats[0], "abcdefgh");
	ck_assert_int_eq(channel_read(r.seats[1], got, 4), 4);
	ck_assert_mem_eq(got, "abcd", 4);
	check_hears(r.seats[2], "abcdefgh");
	check_hears(r.seats[1], "efgh");
	check_hears_nothing(r.seats[1]);
	rig_free(&r);
}
END_TEST

/* A stream goes in as far as there is room. */
START_TEST(the_slowest_decides_how_much_is_kept)
{
	struct rig r;

	rig_of(&r, stream);
	say(r.seats[0], "0123456789");
	ck_assert_int_eq(channel_write(r.seats[0], "abcdefgh", 8), 6);
	check_waits(r.seats[0], "gh");
	check_waits(r.seats[1], "me too");
	check_hears(r.seats[1], "0123456789");
	check_hears(r.seats[1], "abcdef");
	check_waits(r.seats[0], "gh");
	check_hears(r.seats[2], "0123456789");
	ck_assert_int_eq(r.seats[0]->wwait, 0);
	ck_assert_int_eq(r.seats[1]->wwait, 0);
	say(r.seats[0], "gh");
	rig_free(&r);
}
END_TEST

START_TEST(the_slowest_may_leave)
{
	struct rig r;

	rig_of(&r, stream);
	say(r.seats[0], "0123456789abcdef");
	check_hears(r.seats[1], "0123456789abcdef");
	check_waits(r.seats[0], "more");
	leave(&r, 2);
	ck_assert_int_eq(r.seats[0]->wwait, 0);
	say(r.seats[0], "0123456789abcdef");
	check_hears(r.seats[1], "0123456789abcdef");
	rig_free(&r);
}
END_TEST

START_TEST(a_message_goes_in_whole)
{
	struct rig r;

	rig_of(&r, messages);
	say(r.seats[0], "0123456789");
	check_waits(r.seats[0], "abcdefg");
	say(r.seats[0], "abcdef");
	check_hears(r.seats[1], "0123456789");
	check_hears(r.seats[1], "abcdef");
	check_hears(r.seats[2], "0123456789");
	check_hears(r.seats[2], "abcdef");
	say(r.seats[1], "longer than the hub is");
	check_waits(r.seats[2], "x");
	check_hears(r.seats[0], "longer than the hub is");
	check_hears(r.seats[2], "longer than the hub is");
	ck_assert_int_eq(r.seats[2]->wwait, 0);
	rig_free(&r);
}
END_TEST

START_TEST(a_stream_becomes_messages_of_a_size)
{
	struct rig r;

	rig_of(&r, messages);
	r.seats[3] = hub_channel(r.hub, stream);
	ck_assert(r.seats[0]->flags & CH_DGRAM);
	ck_assert(!(r.seats[3]->flags & CH_DGRAM));
	say(r.seats[3], "0123456789");
	check_hears(r.seats[0], "01234567");
	check_hears(r.seats[0], "89");
	rig_free(&r);
}
END_TEST

START_TEST(an_empty_message_is_for_who_reads_messages)
{
	struct rig r;

	rig_of(&r, messages);
	r.seats[3] = hub_channel(r.hub, stream);
	say(r.seats[0], "");
	say(r.seats[0], "x");
	say(r.seats[0], "");
	check_hears(r.seats[1], "");
	check_hears(r.seats[1], "x");
	check_hears(r.seats[1], "");
	check_hears_nothing(r.seats[1]);
	check_hears(r.seats[3], "x");
	check_hears_nothing(r.seats[3]);
	ck_assert_int_eq(channel_write(r.seats[3], "", 0), 0);
	check_hears_nothing(r.seats[1]);
	rig_free(&r);
}
END_TEST

/* They have no bytes, and take memory all the same. */
START_TEST(so_many_empty_messages_and_no_more)
{
	struct rig r;
	int count = 0;

	rig_of(&r, messages);
	while (count < 1000000 && channel_write(r.seats[0], "", 0) == 0)
		count++;
	ck_assert_int_gt(count, 1000);
	ck_assert_int_lt(count, 1000000);
	check_waits(r.seats[0], "a");
	for (int i = 1; i < 3; i++)
		check_hears(r.seats[i], "");
	ck_assert_int_eq(r.seats[0]->wwait, 0);
	ck_assert_int_eq(channel_write(r.seats[0], "", 0), 0);
	rig_free(&r);
}
END_TEST

START_TEST(what_nobody_hears_is_lost)
{
	struct hub *hub = hub_new(CAP);
	struct channel *alone = hub_channel(hub, stream), *late;

	for (int i = 0; i < 100; i++)
		say(alone, "is there anybody");
	late = hub_channel(hub, stream);
	check_hears_nothing(late);
	channel_close(alone);
	channel_close(late);
	hub_free(hub);
}
END_TEST

START_TEST(or_it_waits_for_the_first)
{
	struct hub *hub = hub_new(CAP);
	struct channel *alone = hub_channel(hub, stream), *late;

	hub_keep_for_first(hub);
	for (int i = 0; i < 2; i++) {
		check_waits(alone, "hello");
		late = hub_channel(hub, stream);
		ck_assert_int_eq(alone->wwait, 0);
		say(alone, "hello");
		check_hears(late, "hello");
		channel_close(late);
	}
	channel_close(alone);
	hub_free(hub);
}
END_TEST

START_TEST(the_end_comes_after_the_rest)
{
	struct rig r;

	rig_of(&r, stream);
	check_hears_nothing(r.seats[0]);
	say(r.seats[0], "last words");
	hub_end(r.hub);
	check_end(r.seats[0]);
	check_hears(r.seats[1], "last words");
	ck_assert_int_eq(channel_read(r.seats[1], NULL, 0), IO_EOF);
	r.seats[3] = hub_channel(r.hub, stream);
	check_end(r.seats[3]);
	check_hears(r.seats[2], "last words");
	rig_free(&r);
}
END_TEST

START_TEST(the_end_of_one_is_not_that_of_the_others)
{
	struct rig r;

	rig_of(&r, stream);
	ck_assert_int_eq(channel_shut(r.seats[0]), 0);
	say(r.seats[1], "still here");
	check_hears(r.seats[0], "still here");
	check_hears(r.seats[2], "still here");
	check_hears_nothing(r.seats[2]);
	rig_free(&r);
}
END_TEST

START_TEST(an_announcement_is_for_all)
{
	struct rig r;

	rig_of(&r, messages);
	check_hears_nothing(r.seats[2]);
	hub_announce(r.hub, "somebody is here");
	for (int i = 0; i < 3; i++)
		check_hears(r.seats[i], "somebody is here");
	rig_free(&r);
}
END_TEST

START_TEST(one_may_be_told_alone)
{
	struct rig r;

	rig_of(&r, stream);
	check_hears_nothing(r.seats[0]);
	hub_tell(r.seats[1], "psst");
	ck_assert_int_eq(r.seats[0]->rwait, POLLIN);
	say(r.seats[0], "aloud");
	check_hears(r.seats[1], "psst");
	check_hears(r.seats[1], "aloud");
	check_hears(r.seats[2], "aloud");
	check_hears_nothing(r.seats[0]);
	hub_tell(r.seats[2], "in vain");
	leave(&r, 2);
	check_hears_nothing(r.seats[0]);
	rig_free(&r);
}
END_TEST

START_TEST(nobody_can_be_flooded_with_announcements)
{
	struct rig r;

	rig_of(&r, stream);
	for (int i = 0; i < 100; i++)
		hub_announce(r.hub, "12345678");
	hub_tell(r.seats[0], "no");
	/* twice the cap, and the one that went beyond it */
	for (int i = 0; i < 2 * CAP / 8 + 1; i++)
		check_hears(r.seats[0], "12345678");
	check_hears_nothing(r.seats[0]);
	check_waits(r.seats[1], "x");
	rig_free(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		all_hear_but_the_author,
		who_waits_is_told,
		who_comes_later_hears_what_comes_later,
		words_outlive_who_said_them,
		a_reader_takes_parts,
		the_slowest_decides_how_much_is_kept,
		the_slowest_may_leave,
		a_message_goes_in_whole,
		a_stream_becomes_messages_of_a_size,
		an_empty_message_is_for_who_reads_messages,
		so_many_empty_messages_and_no_more,
		what_nobody_hears_is_lost,
		or_it_waits_for_the_first,
		the_end_comes_after_the_rest,
		the_end_of_one_is_not_that_of_the_others,
		an_announcement_is_for_all,
		one_may_be_told_alone,
		nobody_can_be_flooded_with_announcements,
	};
	int failed = run_tests("hub", tests, COUNT(tests));

	return failed != 0;
}
