/* SPDX-License-Identifier: ISC */
/* test_access.c - who may come in */
#include <stdio.h>
#include <stdlib.h>

#include "access.h"
#include "network.h"

static const char *const results[] = { "added", "a name", "wrong" };

static void
check_add(struct access_rules *rules, const char *word, enum access_word want)
{
	enum access_word result = access_add(rules, word);

	ck_assert_msg(result == want, "\"%.60s\" is %s, not %s", word,
	    results[result], results[want]);
}

static void
check_word(const char *word, enum access_word want)
{
	struct access a = { 0 };

	check_add(&a.allow, word, want);
	ck_assert_msg(a.allow.count == (want == ACCESS_ADDED),
	    "\"%.60s\" adds %zu rules", word, a.allow.count);
	ck_assert_msg(a.allow.given == (want != ACCESS_WRONG),
	    "\"%.60s\": given is %d", word, a.allow.given);
	access_free(&a);
}

/* Words apart by blanks. */
static void
add_words(struct access_rules *rules, const char *words)
{
	char *copy = strdup(words), *rest = copy, *word;

	while ((word = strsep(&rest, " ")) != NULL) {
		if (word[0] != '\0')
			check_add(rules, word, ACCESS_ADDED);
	}
	free(copy);
}

static bool
allows(const struct access *a, const char *peer)
{
	struct address *list = NULL;
	bool result;

	address_add(&list, peer, 4321, SOCK_STREAM);
	result = access_allows(a, list);
	address_free(list);
	return result;
}

START_TEST(addresses_and_prefixes_are_added)
{
	static const char *const words[] = { "0.0.0.0", "10.0.0.1",
		"255.255.255.255", "10.0.0.0/8", "10.1.2.3/8", "0.0.0.0/0",
		"10.0.0.1/32", "10.0.0.1/31", "::", "::1", "::/0", "::1/128",
		"2001:db8::/32", "2001:DB8::1/29", "::ffff:10.0.0.1",
		"::ffff:10.0.0.0/104",
		"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128" };

	for (size_t i = 0; i < COUNT(words); i++)
		check_word(words[i], ACCESS_ADDED);
}
END_TEST

START_TEST(what_is_no_number_is_a_name)
{
	static const char *const words[] = { "localhost", "a",
		"mail.example.org", "mail.example.org.", "3com.com",
		"host-1.a_b.org", "_srv.example", "1.2.3.4.in-addr.arpa",
		"xn--nxasmq6b", "10.0.0.a" };

	for (size_t i = 0; i < COUNT(words); i++)
		check_word(words[i], ACCESS_NAME);
}
END_TEST

START_TEST(everything_else_is_wrong)
{
	static const char *const words[] = { "", " ", "/", "/8", "/host",
		"10.0.0.0/33", "10.0.0/8", "10.0.0", "10.0.0.", "10",
		"1.2.3.4/", "1.2.3.4/-1", "1.2.3.4/+1", "1.2.3.4/ 1",
		"1.2.3.4/08", "1.2.3.4/00", "1.2.3.4/8x", "1.2.3.4/8/8",
		"1.2.3.4/0x8", "1.2.3.4/99999999999999999999",
		"1.2.3.4/255.0.0.0", "1.2.3.256", "01.2.3.4", "1.2.3.4.5",
		"1.2.3.4 ", " 1.2.3.4", "1.2.3.4,5.6.7.8", "1,2", ",",
		"10.0.0-255.1", "1-2", "*", "10.*", "::1/129", "::1/", "::1/-1",
		"/::1", ":", ":::", "1::2::3", "12345::", "[::1]",
		"fe80::1%eth0", "host/8", "host:80", "host,other", "-host",
		".host", "ho st", "h\303\266st", "host\n", "a@b", "1.2.3.4/8/",
		"..", "-", "_",
		"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.2550" };

	for (size_t i = 0; i < COUNT(words); i++)
		check_word(words[i], ACCESS_WRONG);
}
END_TEST

START_TEST(a_name_has_at_most_253_bytes)
{
	char word[1024];

	memset(word, 'a', sizeof(word));
	word[253] = '\0';
	check_word(word, ACCESS_NAME);
	word[253] = 'a';
	word[254] = '\0';
	check_word(word, ACCESS_WRONG);
	word[254] = 'a';
	word[1023] = '\0';
	check_word(word, ACCESS_WRONG);
}
END_TEST

START_TEST(rules_match_what_they_say)
{
	static const struct {
		const char *allow, *deny, *peer;
		bool allowed;
	} rows[] = {
		{ "", "", "10.0.0.1", true },
		{ "", "", "::1", true },
		{ "10.0.0.1", "", "10.0.0.1", true },
		{ "10.0.0.1", "", "10.0.0.2", false },
		{ "10.0.0.1", "", "10.0.0.0", false },
		{ "10.0.0.1", "", "::1", false },
		{ "", "10.0.0.1", "10.0.0.1", false },
		{ "", "10.0.0.1", "10.0.0.2", true },
		{ "", "10.0.0.1", "::1", true },
		{ "10.1.2.3/8", "", "10.255.255.255", true },
		{ "10.1.2.3/8", "", "11.0.0.0", false },
		{ "10.0.0.0/9", "", "10.127.255.255", true },
		{ "10.0.0.0/9", "", "10.128.0.0", false },
		{ "10.0.0.0/23", "", "10.0.1.255", true },
		{ "10.0.0.0/23", "", "10.0.2.0", false },
		{ "10.0.0.2/31", "", "10.0.0.3", true },
		{ "10.0.0.2/31", "", "10.0.0.1", false },
		{ "128.0.0.0/1", "", "255.0.0.1", true },
		{ "128.0.0.0/1", "", "127.0.0.1", false },
		{ "1.2.3.4/0", "", "255.0.0.1", true },
		{ "0.0.0.0/0", "", "::1", false },
		{ "", "0.0.0.0/0", "1.1.1.1", false },
		{ "", "0.0.0.0/0", "::1", true },
		{ "1.1.1.1 2.2.2.2 3.3.3.3", "", "3.3.3.3", true },
		{ "1.1.1.1 2.2.2.2 3.3.3.3", "", "4.4.4.4", false },
		{ "10.0.0.0/8", "10.0.0.1", "10.0.0.1", false },
		{ "10.0.0.0/8", "10.0.0.1", "10.0.0.2", true },
		{ "10.0.0.1", "10.0.0.0/8", "10.0.0.1", false },
		{ "10.0.0.1", "10.0.0.1", "10.0.0.1", false },
		{ "2001:db8::/32", "", "2001:db8:ffff::1", true },
		{ "2001:db8::/32", "", "2001:db9::1", false },
		{ "2001:db8::1", "", "2001:db8::1", true },
		{ "2001:db8::1", "", "2001:db8::2", false },
		{ "2001:db8::1/127", "", "2001:db8::0", true },
		{ "fe80::/10", "", "febf::1", true },
		{ "fe80::/10", "", "fec0::1", false },
		{ "::/0", "", "2001:db8::1", true },
		{ "::/0", "", "::1", true },
		{ "::/1", "", "8000::1", false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct access a = { 0 };

		add_words(&a.allow, rows[i].allow);
		add_words(&a.deny, rows[i].deny);
		ck_assert_msg(allows(&a, rows[i].peer) == rows[i].allowed,
		    "allow \"%s\" deny \"%s\" peer %s", rows[i].allow,
		    rows[i].deny, rows[i].peer);
		access_free(&a);
	}
}
END_TEST

START_TEST(a_mapped_address_is_the_ipv4_one)
{
	static const struct {
		const char *rule, *peer;
		bool matches;
	} rows[] = {
		{ "10.0.0.1", "::ffff:10.0.0.1", true },
		{ "10.0.0.1", "::ffff:10.0.0.2", false },
		{ "10.0.0.0/8", "::ffff:10.200.0.2", true },
		{ "10.0.0.0/8", "::ffff:11.0.0.1", false },
		{ "0.0.0.0/0", "::ffff:11.0.0.1", true },
		{ "::ffff:10.0.0.1", "10.0.0.1", true },
		{ "::ffff:10.0.0.1", "::ffff:10.0.0.1", true },
		{ "::ffff:10.0.0.1", "10.0.0.2", false },
		{ "::ffff:10.0.0.0/104", "10.9.9.9", true },
		{ "::ffff:10.0.0.0/104", "11.9.9.9", false },
		{ "::ffff:0:0/96", "1.2.3.4", true },
		{ "::ffff:0:0/96", "::1", false },
		{ "::/0", "1.2.3.4", false },
		{ "::/0", "::ffff:1.2.3.4", false },
		{ "::ffff:0:0/95", "1.2.3.4", false },
		{ "::10.0.0.1", "10.0.0.1", false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct access allow = { 0 }, deny = { 0 };

		add_words(&allow.allow, rows[i].rule);
		add_words(&deny.deny, rows[i].rule);
		ck_assert_msg(allows(&allow, rows[i].peer) == rows[i].matches,
		    "allow %s peer %s", rows[i].rule, rows[i].peer);
		ck_assert_msg(allows(&deny, rows[i].peer) != rows[i].matches,
		    "deny %s peer %s", rows[i].rule, rows[i].peer);
		access_free(&allow);
		access_free(&deny);
	}
}
END_TEST

/* An empty file of those who may come in lets nobody in; an empty one of those
 * who may not, everybody. */
START_TEST(a_set_that_was_given_counts_though_it_is_empty)
{
	struct access a = { .deny.given = true };

	ck_assert(allows(&a, "10.0.0.1"));
	a.allow.given = true;
	ck_assert(!allows(&a, "10.0.0.1"));
	ck_assert(!allows(&a, "::1"));
	access_free(&a);
	ck_assert(!a.allow.given && !a.deny.given);
}
END_TEST

START_TEST(who_is_not_of_ip_is_not_subject_to_rules)
{
	struct access a = { .allow.given = true };
	struct address *path = NULL;
	struct address unnamed = { .len = sizeof(sa_family_t) };

	address_add(&path, "@ncx-nobody", 0, SOCK_STREAM);
	ck_assert(access_allows(&a, NULL));
	ck_assert(access_allows(&a, path));
	ck_assert(access_allows(&a, &unnamed));
	address_free(path);
	access_free(&a);
}
END_TEST

START_TEST(all_addresses_of_a_name_count)
{
	struct access a = { .deny.given = true };
	struct address *list = NULL;

	address_add(&list, "10.0.0.1", 80, SOCK_STREAM);
	address_add(&list, "@path", 0, SOCK_STREAM);
	address_add(&list, "2001:db8::1", 0, SOCK_STREAM);
	access_add_addresses(&a.allow, list);
	access_add_addresses(&a.deny, NULL);
	address_free(list);
	ck_assert_uint_eq(a.allow.count, 2);
	ck_assert_uint_eq(a.deny.count, 0);
	ck_assert(allows(&a, "10.0.0.1"));
	ck_assert(allows(&a, "::ffff:10.0.0.1"));
	ck_assert(allows(&a, "2001:db8::1"));
	ck_assert(!allows(&a, "10.0.0.2"));
	ck_assert(!allows(&a, "2001:db8::2"));
	access_free(&a);
}
END_TEST

START_TEST(a_long_list_is_kept_whole)
{
	struct access a = { 0 };
	char word[32];

	for (int i = 0; i < 1000; i++) {
		snprintf(word, sizeof(word), "10.0.%d.%d", i / 256, i % 256);
		check_add(&a.allow, word, ACCESS_ADDED);
	}
	ck_assert_uint_eq(a.allow.count, 1000);
	ck_assert(allows(&a, "10.0.0.0"));
	ck_assert(allows(&a, "10.0.3.231"));
	ck_assert(!allows(&a, "10.0.3.232"));
	access_free(&a);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		addresses_and_prefixes_are_added,
		what_is_no_number_is_a_name,
		everything_else_is_wrong,
		a_name_has_at_most_253_bytes,
		rules_match_what_they_say,
		a_mapped_address_is_the_ipv4_one,
		a_set_that_was_given_counts_though_it_is_empty,
		who_is_not_of_ip_is_not_subject_to_rules,
		all_addresses_of_a_name_count,
		a_long_list_is_kept_whole,
	};
	int failed = run_tests("access", tests, COUNT(tests));

	return failed != 0;
}
