/* SPDX-License-Identifier: ISC */
/* fuzz.c - what the fuzzers share */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "xalloc.h"

/* How a dialogue came to its end. */
struct ending {
	enum dialogue_result result;
	size_t used, said;
	char error[DIALOGUE_ERROR_LEN];
};

void
fuzz_broken(const char *promise, const char *file, int line)
{
	fprintf(stderr, "%s:%d: not so: %s\n", file, line, promise);
	abort();
}

char *
fuzz_text(const uint8_t *bytes, size_t n)
{
	char *text = xcalloc(n + 1, 1);

	if (n > 0)
		memcpy(text, bytes, n);
	return text;
}

static void
check_words(const struct dialogue *d, enum dialogue_result result)
{
	PROMISED((result == DIALOGUE_FAILED) == (d->error[0] != '\0'));
	for (const char *c = d->error; *c != '\0'; c++)
		PROMISED(!iscntrl((unsigned char)*c));
}

static struct ending
listen_to(struct dialogue *d, const uint8_t *bytes, size_t n, size_t step)
{
	struct ending e = { .result = DIALOGUE_MORE };

	if (d->error[0] != '\0')
		e.result = DIALOGUE_FAILED;
	while (e.used < n && e.result == DIALOGUE_MORE) {
		size_t share = n - e.used < step ? n - e.used : step;
		size_t taken = SIZE_MAX;

		e.result = d->ops->hear(d, bytes + e.used, share, &taken);
		PROMISED(taken <= share);
		PROMISED(e.result != DIALOGUE_MORE || taken == share);
		e.used += taken;
	}
	check_words(d, e.result);
	e.said = d->out.len;
	strlcpy(e.error, d->error, sizeof(e.error));
	dialogue_free(d);
	return e;
}

void
fuzz_dialogue(
    fuzz_dialogue_fn *begin, void *arg, const uint8_t *bytes, size_t n)
{
	struct ending slow = listen_to(begin(arg), bytes, n, 1);
	struct ending whole = listen_to(begin(arg), bytes, slow.used, SIZE_MAX);
	struct ending all = listen_to(begin(arg), bytes, n, SIZE_MAX);

	PROMISED(whole.result == slow.result);
	PROMISED(whole.used == slow.used);
	PROMISED(whole.said == slow.said);
	PROMISED(strcmp(whole.error, slow.error) == 0);
	PROMISED(
	    (all.result == DIALOGUE_MORE) == (slow.result == DIALOGUE_MORE));
	PROMISED(all.used == slow.used);
}

static struct dialogue *
begin_starttls(void *arg)
{
	return starttls_dialogue(*(enum starttls_protocol *)arg, "me.example");
}

void
fuzz_starttls(enum starttls_protocol protocol, const uint8_t *bytes, size_t n)
{
	fuzz_dialogue(begin_starttls, &protocol, bytes, n);
}

void
fuzz_filter(struct filter *filter, const uint8_t *bytes, size_t n, size_t step,
    struct buffer *out)
{
	buffer_init(out, n * filter->ops->grow + 1);
	for (size_t i = 0; i < n; i += step) {
		size_t share = n - i < step ? n - i : step, before = out->len;

		filter->ops->run(filter, bytes + i, share, out);
		PROMISED(out->len - before <= share * filter->ops->grow);
		if (n - i <= step)
			break;
	}
	filter->ops->free(filter);
}

bool
fuzz_same(const struct buffer *a, const struct buffer *b)
{
	return a->len == b->len &&
	    (a->len == 0 ||
		memcmp(buffer_head(a), buffer_head(b), a->len) == 0);
}
