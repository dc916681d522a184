/* SPDX-License-Identifier: ISC */
/* race.c - several addresses of one host, and the first that answers */
#include <stdlib.h>

#include "channel.h"
#include "clock.h"
#include "race.h"
#include "xalloc.h"

/* The next address whose family is, or is not, this one; NULL: none */
static const struct address *
next_of(const struct address *a, int family, bool same)
{
	while (a != NULL && (a->addr.ss_family == family) != same)
		a = a->next;
	return a;
}

/* RFC 8305 section 4: the first address's family and the others take turns;
 * within them the order stays. */
static void
interleave(struct race *race, const struct address *list)
{
	int family = list == NULL ? AF_UNSPEC : list->addr.ss_family;
	const struct address *turn = list;
	const struct address *other = next_of(list, family, false);

	while (turn != NULL || other != NULL) {
		bool same =
		    other == NULL || (turn != NULL && race->count % 2 == 0);
		const struct address **from = same ? &turn : &other;

		race->attempts[race->count++] =
		    (struct attempt){ .to = *from, .fd = -1 };
		*from = next_of((*from)->next, family, same);
	}
}

void
race_init(struct race *race, const struct address *list,
    const struct race_ops *ops, void *arg)
{
	size_t n = 0;

	for (const struct address *a = list; a != NULL; a = a->next)
		n++;
	*race = (struct race){ .ops = ops,
		.arg = arg,
		.attempts = xcalloc(n + 1, sizeof(race->attempts[0])),
		.delay_ms = RACE_DELAY_MS };
	interleave(race, list);
}

/* Note what an operation said of an attempt. */
static int
judge(struct race *race, struct attempt *a, int result)
{
	race->under_way += (result == IO_WAIT);
	race->under_way -= a->under_way;
	a->under_way = result == IO_WAIT;
	return result;
}

/* The attempts under way: 0 and the winner; IO_ERROR: one has failed, so that
 * the next need not wait; IO_WAIT: nothing new */
static int
check_started(struct race *race, struct attempt **winner)
{
	int news = IO_WAIT;

	for (size_t i = 0; i < race->started; i++) {
		struct attempt *a = &race->attempts[i];
		int result;

		if (!a->under_way)
			continue;
		result = judge(race, a, race->ops->check(a, race->arg));
		*winner = a;
		if (result == 0)
			return 0;
		if (result == IO_ERROR)
			news = IO_ERROR;
	}
	return news;
}

int
race_run(struct race *race, int64_t now_ms, struct attempt **winner)
{
	int result = check_started(race, winner);

	if (result == 0)
		return 0;
	if (result == IO_ERROR || race->under_way == 0)
		race->next_ms = now_ms;
	while (race->started < race->count && now_ms >= race->next_ms) {
		struct attempt *a = &race->attempts[race->started++];

		*winner = a;
		a->start_ns = clock_ns();
		result = judge(race, a, race->ops->start(a, race->arg));
		if (result == 0)
			return 0;
		if (result == IO_WAIT)
			race->next_ms = clock_after(now_ms, race->delay_ms);
	}
	return race->under_way > 0 ? IO_WAIT : IO_ERROR;
}

int64_t
race_deadline(const struct race *race)
{
	return race->started < race->count ? race->next_ms : CLOCK_NEVER;
}

void
race_free(struct race *race)
{
	free(race->attempts);
	*race = (struct race){ 0 };
}
