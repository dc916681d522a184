/* SPDX-License-Identifier: ISC */
/* test_lookup.c - the handshakes that look up names */
#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

#include "clock.h"
#include "lookup.h"
#include "names.h"
#include "network.h"

/* A lookup, and what was said of it. */
struct rig {
	struct channel *ch;
	struct address *found;
	int answers; /* so many calls; of the last: */
	int code, error;
	const char *host;
};

static void
note_answer(const struct endpoint *ep, int code, void *arg)
{
	struct rig *r = arg;

	r->error = errno;
	r->answers++;
	r->code = code;
	r->host = ep->host;
}

static void
rig_init(struct rig *r, const struct endpoint *ep)
{
	struct lookup_request request = { .endpoint = *ep,
		.found = &r->found,
		.done = note_answer,
		.arg = r };

	*r = (struct rig){ .ch = channel_socket(-1) };
	request.endpoint.socktype = SOCK_STREAM;
	channel_add_handshake(r->ch, lookup_handshake(&request));
}

static void
rig_free(struct rig *r)
{
	channel_close(r->ch);
	ck_assert(!has_children());
	address_free(r->found);
}

/* The soft limit of descriptors; what it was. */
static rlim_t
limit_descriptors(rlim_t soft)
{
	struct rlimit limit;
	rlim_t before;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	before = limit.rlim_cur;
	limit.rlim_cur = soft;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	return before;
}

/* The first run must have the answer, and there is no descriptor for a child
 * to tell it. */
static void
check_at_once(const struct endpoint *ep, int code)
{
	struct rig r;
	rlim_t before;
	int result;

	rig_init(&r, ep);
	ck_assert_int_eq(handshake_deadline(r.ch, NULL), 0);
	before = limit_descriptors((rlim_t)free_descriptor());
	result = channel_handshake(r.ch);
	limit_descriptors(before);
	ck_assert_int_eq(result, code == 0 ? 0 : IO_ERROR);
	ck_assert_int_eq(r.answers, 1);
	ck_assert_int_eq(r.code, code);
	ck_assert((r.found != NULL) == (code == 0));
	ck_assert((r.ch->handshakes == NULL) == (code == 0));
	rig_free(&r);
}

START_TEST(numbers_and_paths_need_no_child)
{
	const struct endpoint any = { .port = 80, .passive = true };
	const struct endpoint four = { .host = "127.0.0.1", .port = 80 };
	const struct endpoint six = { .host = "::1", .family = AF_INET6 };
	const struct endpoint path = { .host = "/x", .family = AF_UNIX };

	check_at_once(&any, 0);
	check_at_once(&four, 0);
	check_at_once(&six, 0);
	check_at_once(&path, 0);
}
END_TEST

START_TEST(what_no_lookup_can_help_needs_no_child)
{
	const struct endpoint numeric = { .host = NAME_SLOW, .numeric = true };
	const struct endpoint path = { .host = "", .family = AF_UNIX };
	const struct endpoint family = { .host = "::1", .family = AF_INET };

	check_at_once(&numeric, EAI_NONAME);
	check_at_once(&path, EAI_SYSTEM);
	check_at_once(&family, EAI_ADDRFAMILY);
}
END_TEST

START_TEST(a_name_is_looked_up_meanwhile)
{
	const struct endpoint ep = { .host = NAME_HERE, .port = 80 };
	struct rig r;

	rig_init(&r, &ep);
	ck_assert_int_eq(handshake_finish(r.ch), 0);
	ck_assert_int_eq(r.answers, 1);
	ck_assert_int_eq(r.code, 0);
	ck_assert_str_eq(r.host, NAME_HERE);
	ck_assert_ptr_nonnull(r.found);
	ck_assert_ptr_null(r.found->next);
	ck_assert_int_eq(address_port(r.found), 80);
	ck_assert_int_eq(r.found->socktype, SOCK_STREAM);
	rig_free(&r);
}
END_TEST

START_TEST(it_waits_for_the_answer_only)
{
	const struct endpoint ep = { .host = NAME_SLOW };
	struct rig r;
	size_t count;

	rig_init(&r, &ep);
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	ck_assert_int_eq(handshake_deadline(r.ch, &count), CLOCK_NEVER);
	ck_assert_uint_eq(count, 1);
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	ck_assert_int_eq(r.answers, 0);
	ck_assert(has_children());
	rig_free(&r);
}
END_TEST

START_TEST(a_failure_is_reported_once)
{
	const struct endpoint ep = { .host = NAME_DEAD };
	struct rig r;

	rig_init(&r, &ep);
	ck_assert_int_eq(handshake_finish(r.ch), IO_ERROR);
	ck_assert_int_eq(r.answers, 1);
	ck_assert_int_eq(r.code, EAI_FAIL);
	ck_assert_str_eq(r.host, NAME_DEAD);
	ck_assert_str_eq(r.ch->error, "lookup failed");
	ck_assert_ptr_null(r.found);
	rig_free(&r);
}
END_TEST

START_TEST(a_limit_that_passes_is_reported_as_such)
{
	const struct endpoint ep = { .host = NAME_SLOW };
	struct rig r;

	rig_init(&r, &ep);
	ck_assert_int_eq(channel_handshake(r.ch), IO_WAIT);
	channel_expire_handshake(r.ch);
	ck_assert_int_eq(r.answers, 1);
	ck_assert_int_eq(r.code, EAI_SYSTEM);
	ck_assert_int_eq(r.error, ETIMEDOUT);
	rig_free(&r);
}
END_TEST

START_TEST(without_a_descriptor_it_fails_with_the_reason)
{
	const struct endpoint ep = { .host = NAME_HERE };
	rlim_t before;
	struct rig r;

	rig_init(&r, &ep);
	before = limit_descriptors((rlim_t)free_descriptor());
	ck_assert_int_eq(channel_handshake(r.ch), IO_ERROR);
	limit_descriptors(before);
	ck_assert_int_eq(r.code, EAI_SYSTEM);
	ck_assert_int_eq(r.error, EMFILE);
	rig_free(&r);
}
END_TEST

/* The name of an address */

struct named {
	struct channel *ch;
	struct address_text text;
};

static void
named_init(struct named *n, const char *number)
{
	struct address *a = NULL;

	address_add(&a, number, 80, SOCK_STREAM);
	*n = (struct named){ .ch = channel_socket(-1) };
	channel_add_handshake(n->ch, name_handshake(a, &n->text));
	address_free(a);
}

static void
named_free(struct named *n)
{
	channel_close(n->ch);
	ck_assert(!has_children());
}

START_TEST(an_address_gets_its_name)
{
	struct named n;

	named_init(&n, NUMBER_NAMED);
	ck_assert_int_le(handshake_deadline(n.ch, NULL), clock_ms());
	ck_assert_int_eq(handshake_finish(n.ch), 0);
	ck_assert_str_eq(n.text.host, NUMBER_NAME);
	ck_assert_str_eq(n.text.port, "80");
	named_free(&n);
}
END_TEST

START_TEST(without_an_answer_the_number_stays)
{
	struct named n;

	named_init(&n, NUMBER_DEAD);
	ck_assert_int_eq(handshake_finish(n.ch), 0);
	ck_assert_str_eq(n.text.host, NUMBER_DEAD);
	ck_assert_str_eq(n.text.port, "80");
	named_free(&n);
}
END_TEST

START_TEST(a_name_that_takes_too_long_stays_a_number)
{
	int64_t start_ms = clock_ms(), deadline_ms;
	struct named n;
	size_t count;

	named_init(&n, NUMBER_SLOW);
	ck_assert_int_eq(channel_handshake(n.ch), IO_WAIT);
	ck_assert_str_eq(n.text.host, NUMBER_SLOW);
	deadline_ms = handshake_deadline(n.ch, &count);
	ck_assert_uint_eq(count, 1);
	ck_assert_int_ge(deadline_ms, start_ms + NAME_LIMIT_MS);
	ck_assert_int_le(deadline_ms, clock_ms() + NAME_LIMIT_MS);
	ck_assert_int_eq(handshake_finish(n.ch), 0);
	ck_assert_int_ge(clock_ms(), deadline_ms);
	ck_assert_str_eq(n.text.host, NUMBER_SLOW);
	ck_assert_str_eq(n.text.port, "80");
	named_free(&n);
}
END_TEST

START_TEST(nobody_needs_to_wait_for_a_name)
{
	struct named n;

	named_init(&n, NUMBER_SLOW);
	ck_assert_int_eq(channel_handshake(n.ch), IO_WAIT);
	channel_expire_handshake(n.ch);
	ck_assert(has_children());
	named_free(&n);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		numbers_and_paths_need_no_child,
		what_no_lookup_can_help_needs_no_child,
		a_name_is_looked_up_meanwhile,
		it_waits_for_the_answer_only,
		a_failure_is_reported_once,
		a_limit_that_passes_is_reported_as_such,
		without_a_descriptor_it_fails_with_the_reason,
		an_address_gets_its_name,
		without_an_answer_the_number_stays,
		a_name_that_takes_too_long_stays_a_number,
		nobody_needs_to_wait_for_a_name,
	};
	int failed = run_tests("lookup", tests, COUNT(tests));

	return failed != 0;
}
