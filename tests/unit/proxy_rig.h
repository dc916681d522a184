/* SPDX-License-Identifier: ISC */
/* proxy_rig.h - a dialogue with an HTTP proxy that knows mufasa's secret */
#ifndef NCX_TEST_PROXY_RIG_H
#define NCX_TEST_PROXY_RIG_H

#include "hearing.h"
#include "http_connect.h"

#define PROXY_TARGET "example.com:443"
#define PROXY_OK     "HTTP/1.1 200 OK\r\n\r\n"
#define PROXY_407    "HTTP/1.1 407 Proxy Authentication Required"
#define PROXY_ASKS   PROXY_407 "\r\nProxy-Authenticate: "

struct proxy_rig {
	struct credentials who;
	struct dialogue *d;
	const char *password; /* to be asked for */
	unsigned asked;       /* how often it was */
};

/* user NULL: none; password NULL: there is none to be had */
void proxy_rig_open(struct proxy_rig *, const char *user, const char *password);

/* What is said next is the request with these field lines, too. */
void expect_request(struct dialogue *, const char *fields);

/* It hears an answer, behind which the session begins, of which it takes
 * nothing. */
enum dialogue_result tell(struct dialogue *, const char *answer, size_t step);

/* The answer to the first request is the end of the dialogue. */
void check_answer(const char *user, const char *answer,
    enum dialogue_result end, int error_code, const char *error);

#endif
