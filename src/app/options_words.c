/* SPDX-License-Identifier: ISC */
/* options_words.c - the words of the command line that are no options */
#include <stdlib.h>
#include <sys/socket.h>

#include "exec.h"
#include "log.h"
#include "options_words.h"
#include "status.h"
#include "xalloc.h"

int
options_wrong_value(const char *what, const char *value, const char *expected)
{
	log_error("%s \"%s\": expected %s", what, value, expected);
	return STATUS_USAGE;
}

static int
usage(const char *text)
{
	log_error("%s; see %s --help", text, log_program());
	return STATUS_USAGE;
}

static int
extra_argument(const char *word)
{
	log_error("extra argument \"%s\"; see %s --help", word, log_program());
	return STATUS_USAGE;
}

static int
parse_inetd(struct options *o, char **words)
{
	o->inherits = true;
	return words[0] == NULL ? OPTIONS_GO_ON : extra_argument(words[0]);
}

/* Where to listen is not said, and somebody has opened sockets. */
static bool
may_inherit(const struct options *o, const char *word)
{
	return o->listen && word == NULL && o->host == NULL &&
	    getenv("LISTEN_FDS") != NULL;
}

/* ncx -U PATH, ncx -lU PATH, ncx -lU -s PATH */
static int
parse_path(struct options *o, char **words)
{
	if (o->source_port != SOCKOPT_UNSET)
		return usage("cannot use port with -U");
	if (words[0] == NULL && o->listen)
		o->host = o->source;
	else if (words[0] != NULL && o->listen && o->source != NULL)
		return extra_argument(words[0]);
	else if (words[0] != NULL && words[1] != NULL)
		return usage("cannot use port with -U");
	else
		o->host = words[0];
	o->inherits = may_inherit(o, words[0]);
	if (o->host == NULL && !o->inherits)
		return usage("missing socket pathname");
	return OPTIONS_GO_ON;
}

static int
add_port(struct options *o, int port)
{
	o->ports.list = xcalloc(1, sizeof(o->ports.list[0]));
	o->ports.list[0] = port;
	o->ports.count = o->ports.cap = 1;
	return OPTIONS_GO_ON;
}

/* -l P, -l H P, -l -p P, -l -s H -p P, -l -s H P.  With --relay -s is for the
 * other leg. */
static int
parse_listen(struct options *o, char **words)
{
	const char *source = o->relay == NULL ? o->source : NULL, *word;
	int port;

	o->host = source;
	if (words[0] != NULL && words[1] != NULL && source == NULL)
		o->host = *words++;
	word = words[0];
	if (o->source_port != SOCKOPT_UNSET)
		return word == NULL ? add_port(o, o->source_port) :
				      extra_argument(word);
	o->inherits = may_inherit(o, word);
	if (o->inherits)
		return OPTIONS_GO_ON;
	if (word == NULL)
		return usage("missing port number");
	if (words[1] != NULL)
		return extra_argument(words[1]);
	port = port_parse(word, options_protocol(o), 0);
	if (port == -1)
		return options_wrong_value("port", word,
		    "a number from 0 to 65535 or the name of a service");
	return add_port(o, port);
}

static int
parse_connect(struct options *o, char **words)
{
	int result = OPTIONS_GO_ON;
	char *bad;

	if (words[0] == NULL)
		return usage("missing host and port number");
	o->host = *words++;
	if (words[0] == NULL)
		return usage("missing port number");
	for (; *words != NULL && result == OPTIONS_GO_ON; words++) {
		if (ports_parse(&o->ports, *words, options_protocol(o), &bad) ==
		    0)
			continue;
		result = options_wrong_value("port", bad,
		    "a number from 1 to 65535 or the name of a service");
		free(bad);
	}
	return result;
}

/* -p: only now is it known whose services count. */
static int
parse_source_port(struct options *o)
{
	const char *text = o->source_port_text;

	if (text == NULL)
		return OPTIONS_GO_ON;
	o->source_port = port_parse(text, options_protocol(o), 0);
	return o->source_port != -1 ?
	    OPTIONS_GO_ON :
	    options_wrong_value("-p", text,
		"a number from 0 to 65535 or the name of a service");
}

static int
check_command(const char *option, const char *command)
{
	if (command == NULL || exec_is_command(command))
		return OPTIONS_GO_ON;
	return options_wrong_value(option, command, "a command");
}

int
options_parse_words(struct options *o, char **words)
{
	int result = parse_source_port(o);

	if (result == OPTIONS_GO_ON)
		result = check_command("-e", o->exec);
	if (result == OPTIONS_GO_ON)
		result = check_command("-c", o->sh_exec);
	if (result != OPTIONS_GO_ON)
		return result;
	if (o->inetd)
		return parse_inetd(o, words);
	if (o->family == AF_UNIX)
		return parse_path(o, words);
	if (o->seqpacket)
		return usage("must use -U with --seqpacket");
	result = o->listen ? parse_listen(o, words) : parse_connect(o, words);
	if (o->randomize && !o->scan)
		ports_shuffle(o->ports.list, o->ports.count); /* not a scan */
	return result;
}
