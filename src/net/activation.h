/* SPDX-License-Identifier: ISC */
/* activation.h - sockets that were opened by whoever started us
 *
 * What sd_listen_fds(3) says: LISTEN_FDS is how many, from descriptor 3 on, and
 * LISTEN_PID is for whom. */
#ifndef NCX_ACTIVATION_H
#define NCX_ACTIVATION_H

#include <stddef.h>

enum socket_role {
	SOCKET_NONE,      /* no IP or Unix socket, or of no use yet */
	SOCKET_LISTENING, /* takes clients: a stream or SOCK_SEQPACKET */
	SOCKET_DATAGRAM,  /* bound, and hears everybody */
	SOCKET_CONNECTED, /* has a peer, of whatever type it is */
};

/* What can be done with a descriptor that somebody else has opened. */
enum socket_role activation_role(int fd);

/* The sockets of any role that were handed to us, at most max of them: the
 * caller owns them.  Those that are of no use, or too many, stay open; all are
 * close-on-exec from now on.  The variables leave the environment, for whoever
 * they are.  0: none */
size_t activation_take(int fds[], size_t max);

#endif
