/* SPDX-License-Identifier: ISC */
/* test_hub_random.c - a meeting of many against a model of it
 *
 * Members come, go, speak and listen at random.  The model keeps every block
 * with those who have yet to read it, and knows from that what each must hear
 * next, and who has to wait. */
#include <stdlib.h>

#include "hub.h"
#include "support.h"
#include "xalloc.h"

#define SEATS    6
#define STEPS    200
#define SAID_MAX 12
#define SEEDS    500
#define CAP_MAX  64

struct said {
	uint8_t bytes[SAID_MAX];
	size_t len;
	bool message;
	bool unread[SEATS];
};

struct member {
	struct channel *seat; /* NULL: nobody */
	struct hub_member kind;
	size_t next, off; /* in the model */
	size_t refused;   /* bytes it has to wait with */
};

struct meeting {
	struct rng rng;
	struct hub *hub;
	size_t cap;
	bool keep;
	struct member members[SEATS];
	struct said said[STEPS];
	size_t first, count; /* before the first, all has been read */
};

static bool
is_held(const struct said *said)
{
	for (size_t k = 0; k < SEATS; k++) {
		if (said->unread[k])
			return true;
	}
	return false;
}

static size_t
held(struct meeting *m)
{
	size_t bytes = 0;

	while (m->first < m->count && !is_held(&m->said[m->first]))
		m->first++;
	for (size_t i = m->first; i < m->count; i++) {
		if (is_held(&m->said[i]))
			bytes += m->said[i].len;
	}
	return bytes;
}

static unsigned
present(const struct meeting *m)
{
	unsigned count = 0;

	for (size_t k = 0; k < SEATS; k++)
		count += m->members[k].seat != NULL;
	return count;
}

/* How much of n bytes goes in now. */
static ssize_t
goes_in(struct meeting *m, const struct member *who, size_t n)
{
	size_t bytes = held(m), room = bytes < m->cap ? m->cap - bytes : 0;

	if (m->keep && present(m) == 1)
		return IO_WAIT;
	if (who->kind.messages)
		return n <= room || bytes == 0 ? (ssize_t)n : IO_WAIT;
	if (room == 0 && n > 0)
		return IO_WAIT;
	return (ssize_t)(n < room ? n : room);
}

/* author SEATS: nobody; only SEATS: for all */
static void
note_said(struct meeting *m, const uint8_t *bytes, size_t n, bool message,
    size_t author, size_t only)
{
	struct said *said = &m->said[m->count++];

	*said = (struct said){ .len = n, .message = message };
	memcpy(said->bytes, bytes, n);
	for (size_t k = 0; k < SEATS; k++)
		said->unread[k] = m->members[k].seat != NULL && k != author &&
		    (only == SEATS || only == k);
}

static void
speak(struct meeting *m, size_t k)
{
	struct member *who = &m->members[k];
	size_t n = rng_below(&m->rng, SAID_MAX + 1);
	uint8_t bytes[SAID_MAX];
	ssize_t want = goes_in(m, who, n);

	rng_fill(&m->rng, bytes, n);
	ck_assert_int_eq(channel_write(who->seat, bytes, n), want);
	ck_assert(want != IO_WAIT || who->seat->wwait == POLLOUT);
	who->refused = n;
	if (want > 0 || (want == 0 && who->kind.messages))
		note_said(m, bytes, (size_t)want, who->kind.messages, k, SEATS);
}

static void
announce(struct meeting *m)
{
	size_t only = rng_below(&m->rng, SEATS + 1);
	char text[SAID_MAX] = "";
	bool fits = held(m) <= 2 * m->cap;

	memset(text, 'a', rng_below(&m->rng, sizeof(text)));
	if (only < SEATS && m->members[only].seat == NULL)
		return;
	if (only < SEATS)
		hub_tell(m->members[only].seat, text);
	else
		hub_announce(m->hub, text);
	if (fits)
		note_said(
		    m, (const uint8_t *)text, strlen(text), true, SEATS, only);
}

/* What is next for it; NULL: nothing */
static struct said *
next_for(struct meeting *m, size_t k)
{
	struct member *who = &m->members[k];

	for (; who->next < m->count; who->next++) {
		struct said *said = &m->said[who->next];

		if (!said->unread[k])
			continue;
		if (said->len > 0 || who->kind.message_max != 0)
			return said;
		said->unread[k] = false;
	}
	return NULL;
}

static void
listen_to(struct meeting *m, size_t k)
{
	struct member *who = &m->members[k];
	struct said *said = next_for(m, k);
	size_t n = 1 + rng_below(&m->rng, 2 * SAID_MAX), want;
	uint8_t got[2 * SAID_MAX];

	if (said == NULL) {
		ck_assert_int_eq(channel_read(who->seat, got, n), IO_WAIT);
		ck_assert_int_eq(who->seat->rwait, POLLIN);
		return;
	}
	ck_assert_int_eq(who->seat->rwait, 0);
	if (!said->message && who->kind.message_max != 0 &&
	    n > who->kind.message_max)
		n = who->kind.message_max;
	want = said->len - who->off < n ? said->len - who->off : n;
	ck_assert_int_eq(channel_read(who->seat, got, n), (ssize_t)want);
	ck_assert_mem_eq(got, said->bytes + who->off, want);
	who->off += want;
	if (who->off < said->len)
		return;
	said->unread[k] = false;
	who->off = 0;
	who->next++;
}

static void
come_or_go(struct meeting *m, size_t k)
{
	struct member *who = &m->members[k];

	if (who->seat != NULL) {
		channel_close(who->seat);
		for (size_t i = 0; i < m->count; i++)
			m->said[i].unread[k] = false;
		*who = (struct member){ 0 };
		return;
	}
	who->kind.messages = rng_below(&m->rng, 2) == 0;
	who->kind.message_max =
	    rng_below(&m->rng, 2) * (1 + rng_below(&m->rng, SAID_MAX));
	who->next = m->count;
	who->seat = hub_channel(m->hub, who->kind);
}

/* Nobody waits for what has come already. */
static void
check_nobody_is_forgotten(struct meeting *m)
{
	for (size_t k = 0; k < SEATS; k++) {
		const struct member *who = &m->members[k];

		if (who->seat == NULL)
			continue;
		/* a ck_assert() that holds takes a system call, too */
		if (next_for(m, k) != NULL && who->seat->rwait != 0)
			ck_abort_msg("a reader is forgotten");
		if (who->seat->wwait != 0 &&
		    goes_in(m, who, who->refused) != IO_WAIT)
			ck_abort_msg("a speaker is forgotten");
	}
}

static void
take_step(struct meeting *m)
{
	size_t k = rng_below(&m->rng, SEATS);

	switch (rng_below(&m->rng, 16)) {
	case 0:
		come_or_go(m, k);
		break;
	case 1:
		announce(m);
		break;
	default:
		if (m->members[k].seat == NULL)
			come_or_go(m, k);
		else if (m->members[k].seat->wwait == 0 &&
		    rng_below(&m->rng, 2) == 0)
			speak(m, k);
		else
			listen_to(m, k);
	}
	check_nobody_is_forgotten(m);
}

static void
hold_meeting(uint64_t seed)
{
	struct meeting *m = xcalloc(1, sizeof(*m));

	m->rng = rng_of(seed);
	m->cap = 1 + rng_below(&m->rng, CAP_MAX);
	m->keep = rng_below(&m->rng, 2) == 0;
	m->hub = hub_new(m->cap);
	if (m->keep)
		hub_keep_for_first(m->hub);
	for (int i = 0; i < STEPS; i++)
		take_step(m);
	for (size_t k = 0; k < SEATS; k++) {
		while (m->members[k].seat != NULL && next_for(m, k) != NULL)
			listen_to(m, k);
		if (m->members[k].seat != NULL)
			come_or_go(m, k);
	}
	hub_free(m->hub);
	free(m);
}

START_TEST(each_hears_what_the_others_say_while_it_is_there)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		hold_meeting(seed);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		each_hears_what_the_others_say_while_it_is_there,
	};
	int failed = run_tests("hub_random", tests, COUNT(tests));

	return failed != 0;
}
