/* SPDX-License-Identifier: ISC */
/* hostport.h - "host:port" as a user types it */
#ifndef NCX_HOSTPORT_H
#define NCX_HOSTPORT_H

/* Split "host", "host:port", "[v6]", "[v6]:port" or a bare IPv6 address in
 * place.  *port NULL: none was given.  NULL, or what is wrong with the text,
 * which is then as it was. */
const char *hostport_split(char *text, const char **host, const char **port);

#endif
