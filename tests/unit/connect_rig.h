/* SPDX-License-Identifier: ISC */
/* connect_rig.h - a connect handshake, and what it says */
#ifndef NCX_TEST_CONNECT_RIG_H
#define NCX_TEST_CONNECT_RIG_H

#include "connect.h"
#include "network.h"

struct connect_rig {
	struct connect_request request;
	struct address *addresses, *sources; /* owned; of the request */
	struct unix_path own;
	struct channel *ch;
	char log[1024]; /* what was tried, in words */
};

void connect_rig_init(struct connect_rig *); /* its lists are empty */
void connect_rig_begin(struct connect_rig *);
int connect_rig_run(struct connect_rig *); /* until it is up or has failed */
void connect_rig_free(struct connect_rig *);

#endif
