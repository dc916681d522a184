/* SPDX-License-Identifier: ISC */
/* access.c - who may come in: allow and deny sets of addresses and prefixes */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "xalloc.h"

/* RFC 4291 section 2.5.5.2: ::ffff:a.b.c.d */
#define MAPPED_BITS 96
#define IPV4_BITS   32
#define IPV6_BITS   128
/* RFC 1035 section 2.3.4, as text */
#define NAME_MAX_LEN 253

static struct in6_addr
mapped(struct in_addr in)
{
	struct in6_addr a = { .s6_addr = { [10] = 0xff, [11] = 0xff } };

	memcpy(&a.s6_addr[MAPPED_BITS / 8], &in, sizeof(in));
	return a;
}

static bool
is_mapped(const struct in6_addr *a)
{
	return IN6_IS_ADDR_V4MAPPED(a);
}

/* What remains of byte i when a prefix of so many bits is all there is. */
static uint8_t
mask_byte(int bits, int i)
{
	int left = bits - i * 8;

	if (left <= 0)
		return 0;
	return left >= 8 ? 0xff : (uint8_t)(0xff << (8 - left));
}

static void
rules_add(struct access_rules *rules, struct in6_addr prefix, int bits)
{
	if (rules->count == rules->cap) {
		rules->cap = rules->cap == 0 ? 8 : rules->cap * 2;
		rules->list = xreallocarray(
		    rules->list, rules->cap, sizeof(rules->list[0]));
	}
	for (int i = 0; i < (int)sizeof(prefix); i++)
		prefix.s6_addr[i] &= mask_byte(bits, i);
	rules->list[rules->count++] =
	    (struct access_rule){ .prefix = prefix, .bits = bits };
	rules->given = true;
}

/* The digits behind the slash; NULL: there was none.  -1: not from 0 to most */
static int
parse_bits(const char *text, int most)
{
	const char *wrong;
	int bits;

	if (text == NULL)
		return most;
	if (!isdigit((unsigned char)text[0]) ||
	    (text[0] == '0' && text[1] != '\0'))
		return -1;
	bits = (int)strtonum(text, 0, most, &wrong);
	return wrong == NULL ? bits : -1;
}

/* False: no address, or no such prefix */
static bool
parse_prefix(const char *word, struct in6_addr *prefix, int *bits)
{
	const char *slash = strchr(word, '/');
	size_t len = slash == NULL ? strlen(word) : (size_t)(slash - word);
	char text[INET6_ADDRSTRLEN];
	struct in_addr in;

	if (len >= sizeof(text))
		return false;
	memcpy(text, word, len);
	text[len] = '\0';
	if (slash != NULL)
		slash++;
	if (inet_pton(AF_INET, text, &in) == 1) {
		*prefix = mapped(in);
		*bits = parse_bits(slash, IPV4_BITS);
		*bits += *bits == -1 ? 0 : MAPPED_BITS;
	} else if (inet_pton(AF_INET6, text, prefix) == 1) {
		*bits = parse_bits(slash, IPV6_BITS);
	} else {
		return false;
	}
	return *bits != -1;
}

/* Without a letter it is a wrong number. */
static bool
is_name(const char *word)
{
	bool letter = false;
	size_t len = 0;

	for (; word[len] != '\0'; len++) {
		unsigned char c = (unsigned char)word[len];

		if (!isascii(c) || (!isalnum(c) && strchr("-._", c) == NULL))
			return false;
		letter |= isalpha(c) != 0;
	}
	return letter && len <= NAME_MAX_LEN && word[0] != '-' &&
	    word[0] != '.';
}

enum access_word
access_add(struct access_rules *rules, const char *word)
{
	struct in6_addr prefix;
	int bits;

	if (parse_prefix(word, &prefix, &bits)) {
		rules_add(rules, prefix, bits);
		return ACCESS_ADDED;
	}
	if (!is_name(word))
		return ACCESS_WRONG;
	rules->given = true;
	return ACCESS_NAME;
}

/* False: it is not IP */
static bool
address_of(const struct address *a, struct in6_addr *ip)
{
	if (a->addr.ss_family == AF_INET) {
		*ip = mapped(((const struct sockaddr_in *)&a->addr)->sin_addr);
		return true;
	}
	if (a->addr.ss_family != AF_INET6)
		return false;
	*ip = ((const struct sockaddr_in6 *)&a->addr)->sin6_addr;
	return true;
}

void
access_add_addresses(struct access_rules *rules, const struct address *list)
{
	struct in6_addr ip;

	for (; list != NULL; list = list->next) {
		if (address_of(list, &ip))
			rules_add(rules, ip, IPV6_BITS);
	}
}

static bool
rule_matches(const struct access_rule *rule, const struct in6_addr *ip)
{
	int whole = rule->bits / 8;

	if (is_mapped(ip) && rule->bits < MAPPED_BITS)
		return false;
	if (memcmp(&rule->prefix, ip, (size_t)whole) != 0)
		return false;
	return whole == (int)sizeof(*ip) ||
	    (ip->s6_addr[whole] & mask_byte(rule->bits, whole)) ==
	    rule->prefix.s6_addr[whole];
}

static bool
has(const struct access_rules *rules, const struct in6_addr *ip)
{
	for (size_t i = 0; i < rules->count; i++) {
		if (rule_matches(&rules->list[i], ip))
			return true;
	}
	return false;
}

bool
access_allows(const struct access *access, const struct address *peer)
{
	struct in6_addr ip;

	if (peer == NULL || !address_of(peer, &ip))
		return true;
	if (has(&access->deny, &ip))
		return false;
	return !access->allow.given || has(&access->allow, &ip);
}

void
access_free(struct access *access)
{
	free(access->allow.list);
	free(access->deny.list);
	*access = (struct access){ 0 };
}
