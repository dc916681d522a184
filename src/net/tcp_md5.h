/* SPDX-License-Identifier: ISC */
/* tcp_md5.h - the signature of TCP segments (RFC 2385) */
#ifndef NCX_TCP_MD5_H
#define NCX_TCP_MD5_H

#include "endpoint.h"

/* bytes; what the system takes */
#define TCP_MD5_MAX 80

/* Before connecting to a peer: sign for it.  Before listening: sign for all
 * that may come, of whom the address gives only the family.  password NULL
 * does nothing.  0, or -1: errno */
int tcp_md5_to_peer(int fd, const char *password, const struct address *);
int tcp_md5_to_all(int fd, const char *password, const struct address *);

#endif
