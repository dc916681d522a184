/* SPDX-License-Identifier: ISC */
/* options_report.c - what --report may say */
#include <string.h>

#include "options_report.h"
#include "options_words.h"
#include "value.h"

#define FORMS "text|json"

/* Bytes; longer than any of its words */
#define FORM_SIZE 8

int
options_parse_report(struct options *o)
{
	const char *text = o->report;
	char form[FORM_SIZE] = "";
	size_t len;

	if (text == NULL)
		return OPTIONS_GO_ON;
	len = strcspn(text, ":");
	if (len < sizeof(form))
		memcpy(form, text, len);
	if (text[len] == ':')
		o->report_file = text + len + 1;
	o->report_form = len == 0 ? REPORT_TEXT : value_choice(form, FORMS);
	if (o->report_form != -1 &&
	    (o->report_file == NULL || o->report_file[0] != '\0'))
		return OPTIONS_GO_ON;
	return options_wrong_value(
	    "--report", text, "text or json, with :file behind it for a file");
}
