/* SPDX-License-Identifier: ISC */
/* filter_pair.c - two filters that act as one */
#include <stdlib.h>

#include "filter_pair.h"
#include "flow_ways.h"
#include "xalloc.h"

struct pair {
	struct filter filter;  /* first: it is a filter */
	struct filter_ops ops; /* its growth depends on the two */
	struct filter *first, *second;
	struct buffer between; /* empty, but inside an operation */
};

/* An empty read is one for the second too: it may be a datagram. */
static void
pass_on(struct pair *pair, struct buffer *out)
{
	struct buffer *between = &pair->between;

	pair->second->ops->run(
	    pair->second, buffer_head(between), between->len, out);
	buffer_consume(between, between->len);
}

static void
pair_run(
    struct filter *filter, const uint8_t *bytes, size_t n, struct buffer *out)
{
	struct pair *pair = (struct pair *)filter;

	pair->first->ops->run(pair->first, bytes, n, &pair->between);
	pass_on(pair, out);
}

static void
pair_end(struct filter *filter, struct buffer *out)
{
	struct pair *pair = (struct pair *)filter;

	if (pair->first->ops->end != NULL)
		pair->first->ops->end(pair->first, &pair->between);
	if (pair->between.len > 0)
		pass_on(pair, out);
	if (pair->second->ops->end != NULL)
		pair->second->ops->end(pair->second, out);
}

static void
pair_free(struct filter *filter)
{
	struct pair *pair = (struct pair *)filter;

	pair->first->ops->free(pair->first);
	pair->second->ops->free(pair->second);
	buffer_free(&pair->between);
	free(pair);
}

struct filter *
filter_pair(struct filter *first, struct filter *second)
{
	struct pair *pair;

	if (first == NULL || second == NULL)
		return first == NULL ? second : first;
	pair = xcalloc(1, sizeof(*pair));
	pair->ops = (struct filter_ops){
		.name = first->ops->name,
		.grow = first->ops->grow * second->ops->grow,
		.run = pair_run,
		.end = pair_end,
		.free = pair_free,
	};
	pair->filter.ops = &pair->ops;
	pair->first = first;
	pair->second = second;
	buffer_init(&pair->between, FLOW_BUFSIZE);
	buffer_tail(&pair->between); /* it has a head, though it is empty */
	return &pair->filter;
}
