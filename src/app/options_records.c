/* SPDX-License-Identifier: ISC */
/* options_records.c - where the records of the sessions go */
#include <string.h>

#include "log.h"
#include "options_records.h"
#include "status.h"

static bool
is_stdout(const char *path)
{
	return path != NULL && strcmp(path, "-") == 0;
}

static int
check_append(const struct options *o)
{
	if (!o->append_output || o->hex_dump != NULL || o->output != NULL ||
	    o->output_in != NULL || o->output_out != NULL)
		return OPTIONS_GO_ON;
	log_error("must use --output or --hex-dump with --append-output");
	return STATUS_USAGE;
}

int
options_parse_records(struct options *o)
{
	const struct {
		const char *name, *path;
	} records[] = {
		{ "--pcap", o->pcap },
		{ "--hex-dump", o->hex_dump },
		{ "--output", o->output },
		{ "--output-in", o->output_in },
		{ "--output-out", o->output_out },
		{ "--report", o->report_file },
	};
	const char *first = NULL;

	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		if (!is_stdout(records[i].path))
			continue;
		if (first != NULL) {
			log_error("cannot use %s and %s on stdout", first,
			    records[i].name);
			return STATUS_USAGE;
		}
		first = records[i].name;
	}
	o->stdout_taken = first != NULL;
	return check_append(o);
}
