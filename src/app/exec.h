/* SPDX-License-Identifier: ISC */
/* exec.h - the program of -e or -c, and what it is told of its peer
 *
 * The environment is ours, and in it NCAT_REMOTE_ADDR, NCAT_REMOTE_PORT,
 * NCAT_LOCAL_ADDR, NCAT_LOCAL_PORT and NCAT_PROTO, the same beginning with
 * NCX_, and those of UCSPI: PROTO and TCPREMOTEIP, TCPREMOTEPORT, TCPLOCALIP,
 * TCPLOCALPORT, TCPCONNNUM (of UDP: UDPREMOTEIP ...; of a Unix socket:
 * UNIXREMOTEPATH, UNIXLOCALPATH).  What a server around us has said of its own
 * peer is not in it, nor are passwords that were meant for us. */
#ifndef NCX_EXEC_H
#define NCX_EXEC_H

#include "child.h"
#include "endpoint.h"
#include "options.h"

/* Statuses as env(1) and the shells have them */
#define EXEC_NOT_RUN   126
#define EXEC_NOT_FOUND 127

struct exec_peer {
	const struct address *remote, *local; /* NULL: none */
	const char *protocol;                 /* exec_protocol() */
	unsigned connections; /* of that host now, with this one */
	const char *about;    /* for log_step(): whose program it is */
};

/* True: our side is a program. */
bool exec_wanted(const struct options *);

/* True: the command has a word. */
bool exec_is_command(const char *command);

/* "TCP", "UDP" or "UNIX" */
const char *exec_protocol(const struct options *);

/* Start it, as child_start() does.  NULL: errno */
struct channel *exec_start(const struct options *, struct loop *,
    const struct exec_peer *, child_fn *exited, void *arg);

/* Say that it could not be started: error is an errno.  EXEC_NOT_* */
int exec_failed(const struct options *, int error);

#endif
