/* SPDX-License-Identifier: ISC */
/* status.h - the exit statuses of ncx */
#ifndef NCX_STATUS_H
#define NCX_STATUS_H

enum status {
	STATUS_OK = 0,
	STATUS_CONNECT = 1, /* no connection; bind or listen failed */
	STATUS_USAGE = 2,   /* the command line was wrong */
	STATUS_LOOKUP = 3,  /* a name could not be looked up */
	STATUS_TIMEOUT = 4, /* a limit passed before the work was done */
	STATUS_BROKEN =
	    5, /* the connection broke, or bytes are unacknowledged */
	STATUS_LOCAL = 6,   /* our own input or output failed */
	STATUS_TLS = 7,     /* TLS: handshake or certificate refused */
	STATUS_PROXY = 8,   /* the proxy refused or spoke nonsense */
	STATUS_SIGNAL = 128 /* plus the number of the signal */
};

#endif
