/* SPDX-License-Identifier: ISC */
/* admission.c - who may come in, as the options and their files say
 *
 * Theory of operation: a reading goes from the words of the command line to the
 * files, and from these to the lookup of all names that were found on the way.
 * It fills a set of its own, which takes the place of the one in force when all
 * went well. */
#include <ctype.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "admission.h"
#include "clock.h"
#include "log.h"
#include "lookup.h"
#include "opener.h"
#include "options_words.h"
#include "session.h"
#include "text_file.h"
#include "xalloc.h"

#define EXPECTED "an address, a prefix such as 10.0.0.0/8, or a name"
/* bytes of a wrong word that a message shows; a file may be one long word */
#define WORD_SHOWN 64

/* To be looked up */
struct name {
	struct name *next;
	struct set *set;
	struct address *found; /* owned */
	char text[];
};

/* Those to allow, or those to deny */
struct set {
	struct admission *admission;
	const char *option;
	const struct texts *specs, *files;
	struct access_rules *rules; /* of the reading */
};

struct admission {
	const struct options *options;
	struct loop *loop;
	admission_fn *ready;
	void *arg;
	bool known;           /* there is a set in force */
	struct access access; /* in force */

	/* The reading */
	struct access fresh;
	struct set allow, deny;
	struct name *names, **last_name; /* owned; where the next one goes */
	int64_t deadline_ms;
	enum status status;
	bool reading; /* it is under way */
	bool again;   /* another one was asked for meanwhile */
};

static void
add_name(struct set *set, const char *text)
{
	struct admission *a = set->admission;
	size_t size = strlen(text) + 1;
	struct name *name = xcalloc(1, sizeof(*name) + size);

	name->set = set;
	memcpy(name->text, text, size);
	*a->last_name = name;
	a->last_name = &name->next;
}

static void
free_names(struct admission *a)
{
	struct name *next;

	for (struct name *name = a->names; name != NULL; name = next) {
		next = name->next;
		address_free(name->found);
		free(name);
	}
	a->names = NULL;
	a->last_name = &a->names;
}

/* False: it is wrong */
static bool
add_word(struct set *set, const char *word)
{
	enum access_word result = access_add(set->rules, word);

	if (result == ACCESS_NAME)
		add_name(set, word);
	return result != ACCESS_WRONG;
}

/* The words of the command line */

static enum status
add_spec(struct set *set, const char *spec)
{
	char *copy = xstrdup(spec), *rest = copy, *word;
	int status = STATUS_OK;

	while (status == STATUS_OK && (word = strsep(&rest, ",")) != NULL) {
		if (!add_word(set, word))
			status =
			    options_wrong_value(set->option, word, EXPECTED);
	}
	free(copy);
	return (enum status)status;
}

static enum status
add_specs(struct set *set)
{
	enum status status = STATUS_OK;

	set->rules->given = set->specs->count > 0 || set->files->count > 0;
	for (size_t i = 0; i < set->specs->count && status == STATUS_OK; i++)
		status = add_spec(set, set->specs->list[i]);
	return status;
}

/* The files */

/* Up to a blank, a comment or the end */
static size_t
word_length(const char *at, const char *end)
{
	const char *c = at;

	while (c < end && *c != '#' && !isspace((unsigned char)*c))
		c++;
	return (size_t)(c - at);
}

/* False: it is wrong, and that has been said. */
static bool
add_file_word(struct set *set, const char *path, size_t line, const char *text,
    size_t len)
{
	char *word = xcalloc(len + 1, 1);
	bool nul = memchr(text, '\0', len) != NULL;
	bool fine;

	memcpy(word, text, len);
	fine = !nul && add_word(set, word);
	if (nul)
		log_error("%s:%zu: a NUL byte: expected text", path, line);
	else if (!fine)
		log_error("%s:%zu: \"%.*s\": expected %s", path, line,
		    WORD_SHOWN, word, EXPECTED);
	free(word);
	return fine;
}

static bool
add_text(struct set *set, const char *path, const char *at, const char *end)
{
	size_t line = 1, len;

	for (; at < end; at += len) {
		len = 1;
		if (*at == '\n') {
			line++;
		} else if (*at == '#') {
			const char *newline =
			    memchr(at, '\n', (size_t)(end - at));

			len = (size_t)((newline == NULL ? end : newline) - at);
		} else if (!isspace((unsigned char)*at)) {
			len = word_length(at, end);
			if (!add_file_word(set, path, line, at, len))
				return false;
		}
	}
	return true;
}

static bool
file_read(const char *path, int error, const char *text, size_t len, void *arg)
{
	struct set *set = arg;
	struct admission *a = set->admission;

	if (error != 0) {
		log_error("read %s failed: %s", path, strerror(error));
		a->status = STATUS_LOCAL;
		return false;
	}
	if (len == 0 || add_text(set, path, text, text + len))
		return true;
	a->status = STATUS_USAGE;
	return false;
}

static void
add_files(struct set *set, struct channel *ch)
{
	for (size_t i = 0; i < set->files->count; i++)
		channel_add_handshake(ch,
		    text_file_handshake(set->files->list[i], file_read, set));
}

/* The names */

static void
looked_up(const struct endpoint *ep, int code, void *arg)
{
	struct name *name = arg;
	struct set *set = name->set;

	if (code == 0) {
		access_add_addresses(set->rules, name->found);
		return;
	}
	log_error(
	    "lookup of \"%s\" failed: %s", ep->host, endpoint_strerror(code));
	set->admission->status = STATUS_LOOKUP;
}

/* Whatever family we listen with: a peer of another one does not come. */
static void
add_lookup(struct name *name, struct channel *ch)
{
	struct lookup_request request = {
		.endpoint = { .host = name->text,
		    .family = AF_UNSPEC,
		    .socktype = SOCK_STREAM,
		    .numeric = name->set->admission->options->nodns },
		.found = &name->found,
		.done = looked_up,
		.arg = name,
	};

	channel_add_handshake(ch, lookup_handshake(&request));
}

/* The reading as a whole */

static void begin(struct admission *);

static void
finish(struct admission *a)
{
	enum status status = a->status;

	a->reading = false;
	free_names(a);
	if (status == STATUS_OK) {
		access_free(&a->access);
		a->access = a->fresh;
		a->fresh = (struct access){ 0 };
	}
	access_free(&a->fresh);
	if (a->known)
		log_verbose("Access lists %s",
		    status == STATUS_OK ? "read again" : "stay as they were");
	a->known |= status == STATUS_OK;
	a->ready(status, a->arg);
	if (a->again && a->known)
		begin(a);
}

static void
names_found(struct channel *ch, enum opener_result result, void *arg)
{
	struct admission *a = arg;

	channel_close(ch);
	if (result == OPENER_LATE)
		a->status = STATUS_TIMEOUT;
	finish(a);
}

static void
files_read(struct channel *ch, enum opener_result result, void *arg)
{
	struct admission *a = arg;

	if (result != OPENER_UP) {
		names_found(ch, result, a);
		return;
	}
	for (struct name *name = a->names; name != NULL; name = name->next)
		add_lookup(name, ch);
	opener_start(a->loop, ch, a->deadline_ms, names_found, a);
}

static void
begin(struct admission *a)
{
	struct channel *ch;

	a->reading = true;
	a->again = false;
	a->deadline_ms = session_open_deadline(a->options, clock_ms());
	a->status = add_specs(&a->allow);
	if (a->status == STATUS_OK)
		a->status = add_specs(&a->deny);
	if (a->status != STATUS_OK) {
		finish(a);
		return;
	}
	ch = channel_socket(-1);
	add_files(&a->allow, ch);
	add_files(&a->deny, ch);
	opener_start(a->loop, ch, a->deadline_ms, files_read, a);
}

struct admission *
admission_new(
    const struct options *o, struct loop *loop, admission_fn *ready, void *arg)
{
	struct admission *a = xcalloc(1, sizeof(*a));

	*a = (struct admission){ .options = o,
		.loop = loop,
		.ready = ready,
		.arg = arg,
		.access.allow.given = true,
		.allow = { a, "--allow", &o->allow, &o->allow_files,
		    &a->fresh.allow },
		.deny = { a, "--deny", &o->deny, &o->deny_files,
		    &a->fresh.deny },
		.last_name = &a->names };
	return a;
}

void
admission_start(struct admission *a)
{
	begin(a);
}

bool
admission_allows(const struct admission *a, const struct address *peer)
{
	return access_allows(&a->access, peer);
}

bool
admission_has_lists(const struct admission *a)
{
	return a->options->allow.count > 0 || a->options->deny.count > 0 ||
	    a->options->allow_files.count > 0 ||
	    a->options->deny_files.count > 0;
}

void
admission_reload(struct admission *a)
{
	if (a->reading)
		a->again = true;
	else
		begin(a);
}

void
admission_free(struct admission *a)
{
	if (a == NULL)
		return;
	free_names(a);
	access_free(&a->access);
	access_free(&a->fresh);
	free(a);
}
