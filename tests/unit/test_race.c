/* SPDX-License-Identifier: ISC */
/* test_race.c - several addresses of one host, and the first that answers
 *
 * The clock and the sockets are a script: an attempt is the letter of its
 * address, capitals for IPv6, digits for IPv4. */
#include <stdio.h>

#include "channel.h"
#include "clock.h"
#include "race.h"
#include "support.h"

#define RUNNERS 8

struct runner {
	int on_start; /* what start says */
	int on_check; /* what check says */
};

struct rig {
	struct race race;
	struct address addresses[RUNNERS];
	struct runner runners[RUNNERS];
	size_t count;
	struct attempt *winner;
	char log[128]; /* letters as they start, "x" and the letter: failed */
};

/* The letter of an address is its port. */
static char
letter_of(const struct attempt *a)
{
	return (char)address_port(a->to);
}

static void
note(struct rig *r, const char *before, const struct attempt *a)
{
	size_t len = strlen(r->log);

	snprintf(
	    r->log + len, sizeof(r->log) - len, "%s%c", before, letter_of(a));
}

static struct runner *
runner_of(struct rig *r, const struct attempt *a)
{
	return &r->runners[a->to - r->addresses];
}

static int
on_start(struct attempt *a, void *arg)
{
	struct rig *r = arg;
	int result = runner_of(r, a)->on_start;

	ck_assert(!a->under_way);
	ck_assert_int_eq(a->fd, -1);
	note(r, result == IO_ERROR ? "x" : "", a);
	return result;
}

static int
on_check(struct attempt *a, void *arg)
{
	struct rig *r = arg;
	int result = runner_of(r, a)->on_check;

	ck_assert(a->under_way);
	if (result == IO_ERROR)
		note(r, "x", a);
	return result;
}

static const struct race_ops ops = { .start = on_start, .check = on_check };

/* Everybody is under way, and stays so. */
static void
rig_init(struct rig *r, const char *letters)
{
	*r = (struct rig){ .count = strlen(letters) };
	for (size_t i = 0; i < r->count; i++) {
		struct address *a = &r->addresses[i];

		a->addr.ss_family = letters[i] >= 'A' ? AF_INET6 : AF_INET;
		address_set_port(a, letters[i]);
		a->next = i + 1 < r->count ? a + 1 : NULL;
		r->runners[i] = (struct runner){ IO_WAIT, IO_WAIT };
	}
	race_init(&r->race, r->count == 0 ? NULL : r->addresses, &ops, r);
}

static struct runner *
runner(struct rig *r, char letter)
{
	size_t i = 0;

	while (address_port(&r->addresses[i]) != letter)
		i++;
	return &r->runners[i];
}

static int
rig_at(struct rig *r, int64_t now_ms)
{
	return race_run(&r->race, now_ms, &r->winner);
}

static void
check_order(const char *letters, const char *want)
{
	struct rig r;

	rig_init(&r, letters);
	for (size_t i = 0; i < r.count; i++)
		r.runners[i].on_start = IO_ERROR;
	ck_assert_int_eq(rig_at(&r, 1), IO_ERROR);
	for (size_t i = 0; i < r.count; i++)
		ck_assert_msg(r.log[2 * i + 1] == want[i],
		    "\"%s\" runs as \"%s\"", letters, r.log);
	ck_assert_uint_eq(strlen(r.log), 2 * r.count);
	race_free(&r.race);
}

START_TEST(families_take_turns)
{
	check_order("", "");
	check_order("A", "A");
	check_order("1", "1");
	check_order("ABC", "ABC");
	check_order("123", "123");
	check_order("A1", "A1");
	check_order("1A", "1A");
	check_order("AB1", "A1B");
	check_order("ABC123", "A1B2C3");
	check_order("123ABC", "1A2B3C");
	check_order("A123", "A123");
	check_order("ABC1", "A1BC");
	check_order("1ABC", "1ABC");
	check_order("12A", "1A2");
	check_order("A1B2", "A1B2");
	check_order("1AB2C3D", "1A2B3CD");
}
END_TEST

/* Whatever the mix: everybody once, families in their own order, in turns as
 * long as both have one. */
START_TEST(families_take_turns_in_every_mix)
{
	for (unsigned mix = 0; mix < 1U << RUNNERS; mix++) {
		char letters[RUNNERS + 1] = "", want[RUNNERS + 1] = "";
		char family[2][RUNNERS + 1] = { "", "" };
		size_t n[2] = { 0, 0 }, len = 0;
		bool first = (mix & 1) != 0;

		for (size_t i = 0; i < RUNNERS; i++) {
			bool six = (mix >> i & 1) != 0;

			letters[i] = (char)((six ? 'A' : '1') + (char)i);
			family[six][strlen(family[six])] = letters[i];
		}
		while (len < RUNNERS) {
			bool turn = (len % 2 == 0) == first;

			if (family[turn][n[turn]] == '\0')
				turn = !turn;
			want[len++] = family[turn][n[turn]++];
		}
		check_order(letters, want);
	}
}
END_TEST

START_TEST(an_attempt_gets_a_head_start)
{
	struct rig r;

	rig_init(&r, "A1B");
	ck_assert_int_eq(rig_at(&r, 1000), IO_WAIT);
	ck_assert_str_eq(r.log, "A");
	ck_assert_int_eq(race_deadline(&r.race), 1250);
	ck_assert_int_eq(rig_at(&r, 1249), IO_WAIT);
	ck_assert_str_eq(r.log, "A");
	ck_assert_int_eq(rig_at(&r, 1250), IO_WAIT);
	ck_assert_str_eq(r.log, "A1");
	ck_assert_int_eq(race_deadline(&r.race), 1500);
	ck_assert_int_eq(rig_at(&r, 1600), IO_WAIT);
	ck_assert_str_eq(r.log, "A1B");
	ck_assert_int_eq(race_deadline(&r.race), CLOCK_NEVER);
	ck_assert_uint_eq(r.race.under_way, 3);
	ck_assert_int_eq(rig_at(&r, 1 << 30), IO_WAIT);
	race_free(&r.race);
}
END_TEST

/* A late look starts one, not all that would have been due. */
START_TEST(the_head_start_counts_from_the_attempt_itself)
{
	struct rig r;

	rig_init(&r, "ABC");
	rig_at(&r, 1000);
	ck_assert_int_eq(rig_at(&r, 9000), IO_WAIT);
	ck_assert_str_eq(r.log, "AB");
	ck_assert_int_eq(race_deadline(&r.race), 9250);
	race_free(&r.race);
}
END_TEST

START_TEST(after_a_failure_the_next_starts_at_once)
{
	struct rig r;

	rig_init(&r, "A1B");
	rig_at(&r, 1000);
	runner(&r, 'A')->on_check = IO_ERROR;
	ck_assert_int_eq(rig_at(&r, 1001), IO_WAIT);
	ck_assert_str_eq(r.log, "AxA1");
	ck_assert_uint_eq(r.race.under_way, 1);
	ck_assert_int_eq(race_deadline(&r.race), 1251);
	race_free(&r.race);
}
END_TEST

START_TEST(after_a_failure_the_others_go_on)
{
	struct rig r;

	rig_init(&r, "A1BC");
	rig_at(&r, 1000);
	rig_at(&r, 1250);
	runner(&r, '1')->on_check = IO_ERROR;
	ck_assert_int_eq(rig_at(&r, 1300), IO_WAIT);
	ck_assert_str_eq(r.log, "A1x1B");
	runner(&r, 'A')->on_check = 0;
	ck_assert_int_eq(rig_at(&r, 1301), 0);
	ck_assert_int_eq(letter_of(r.winner), 'A');
	race_free(&r.race);
}
END_TEST

START_TEST(one_that_cannot_even_start_costs_no_time)
{
	struct rig r;

	rig_init(&r, "A1B");
	runner(&r, 'A')->on_start = IO_ERROR;
	ck_assert_int_eq(rig_at(&r, 1000), IO_WAIT);
	ck_assert_str_eq(r.log, "xA1");
	ck_assert_int_eq(race_deadline(&r.race), 1250);
	runner(&r, 'B')->on_start = IO_ERROR;
	ck_assert_int_eq(rig_at(&r, 1250), IO_WAIT);
	ck_assert_str_eq(r.log, "xA1xB");
	runner(&r, '1')->on_check = IO_ERROR;
	ck_assert_int_eq(rig_at(&r, 1251), IO_ERROR);
	race_free(&r.race);
}
END_TEST

START_TEST(when_all_fail_it_fails)
{
	struct rig r;

	rig_init(&r, "A1");
	rig_at(&r, 1000);
	rig_at(&r, 1250);
	runner(&r, 'A')->on_check = IO_ERROR;
	ck_assert_int_eq(rig_at(&r, 1251), IO_WAIT);
	runner(&r, '1')->on_check = IO_ERROR;
	ck_assert_int_eq(rig_at(&r, 1252), IO_ERROR);
	ck_assert_str_eq(r.log, "A1xAx1");
	ck_assert_uint_eq(r.race.under_way, 0);
	race_free(&r.race);
}
END_TEST

START_TEST(without_addresses_it_fails)
{
	struct rig r;

	rig_init(&r, "");
	ck_assert_int_eq(rig_at(&r, 1000), IO_ERROR);
	ck_assert_int_eq(race_deadline(&r.race), CLOCK_NEVER);
	race_free(&r.race);
	race_free(&r.race); /* a zeroed one is fine */
}
END_TEST

START_TEST(one_may_win_as_it_starts)
{
	struct rig r;

	rig_init(&r, "A1");
	runner(&r, 'A')->on_start = 0;
	ck_assert_int_eq(rig_at(&r, 1000), 0);
	ck_assert_int_eq(letter_of(r.winner), 'A');
	ck_assert(!r.winner->under_way);
	ck_assert_str_eq(r.log, "A");
	race_free(&r.race);
}
END_TEST

START_TEST(the_first_winner_ends_it_while_others_are_under_way)
{
	struct rig r;

	rig_init(&r, "A1B");
	rig_at(&r, 1000);
	rig_at(&r, 1250);
	runner(&r, '1')->on_check = 0;
	ck_assert_int_eq(rig_at(&r, 1600), 0);
	ck_assert_int_eq(letter_of(r.winner), '1');
	ck_assert(!r.winner->under_way);
	ck_assert_str_eq(r.log, "A1");
	ck_assert_uint_eq(r.race.under_way, 1);
	ck_assert(r.race.attempts[0].under_way);
	race_free(&r.race);
}
END_TEST

START_TEST(of_several_winners_the_one_that_started_first_is_it)
{
	struct rig r;

	rig_init(&r, "A1B");
	rig_at(&r, 1000);
	rig_at(&r, 1250);
	rig_at(&r, 1500);
	runner(&r, '1')->on_check = runner(&r, 'B')->on_check = 0;
	ck_assert_int_eq(rig_at(&r, 1501), 0);
	ck_assert_int_eq(letter_of(r.winner), '1');
	race_free(&r.race);
}
END_TEST

START_TEST(a_winner_outdoes_a_failure_of_the_same_moment)
{
	struct rig r;

	rig_init(&r, "A1B");
	rig_at(&r, 1000);
	rig_at(&r, 1250);
	runner(&r, 'A')->on_check = IO_ERROR;
	runner(&r, '1')->on_check = 0;
	ck_assert_int_eq(rig_at(&r, 1251), 0);
	ck_assert_int_eq(letter_of(r.winner), '1');
	ck_assert_str_eq(r.log, "A1xA");
	race_free(&r.race);
}
END_TEST

START_TEST(one_at_a_time_waits_for_the_failure)
{
	struct rig r;

	rig_init(&r, "A1B");
	r.race.delay_ms = -1;
	ck_assert_int_eq(rig_at(&r, 1000), IO_WAIT);
	ck_assert_int_eq(race_deadline(&r.race), CLOCK_NEVER);
	ck_assert_int_eq(rig_at(&r, 1 << 30), IO_WAIT);
	ck_assert_str_eq(r.log, "A");
	runner(&r, 'A')->on_check = IO_ERROR;
	ck_assert_int_eq(rig_at(&r, 1 << 30), IO_WAIT);
	ck_assert_str_eq(r.log, "AxA1");
	ck_assert_uint_eq(r.race.under_way, 1);
	runner(&r, '1')->on_check = 0;
	ck_assert_int_eq(rig_at(&r, 1 << 30), 0);
	ck_assert_int_eq(letter_of(r.winner), '1');
	race_free(&r.race);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		families_take_turns,
		families_take_turns_in_every_mix,
		an_attempt_gets_a_head_start,
		the_head_start_counts_from_the_attempt_itself,
		after_a_failure_the_next_starts_at_once,
		after_a_failure_the_others_go_on,
		one_that_cannot_even_start_costs_no_time,
		when_all_fail_it_fails,
		without_addresses_it_fails,
		one_may_win_as_it_starts,
		the_first_winner_ends_it_while_others_are_under_way,
		of_several_winners_the_one_that_started_first_is_it,
		a_winner_outdoes_a_failure_of_the_same_moment,
		one_at_a_time_waits_for_the_failure,
	};
	int failed = run_tests("race", tests, COUNT(tests));

	return failed != 0;
}
