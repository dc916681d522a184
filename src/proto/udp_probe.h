/* SPDX-License-Identifier: ISC */
/* udp_probe.h - the handshake that finds out whether a UDP port answers
 *
 * It sends what the service at that port understands - a question to a DNS
 * server (RFC 1035), to an NTP server (RFC 5905), else an empty datagram - once
 * a second, until an answer comes or an error says that nobody is there.  The
 * answer is dropped. */
#ifndef NCX_UDP_PROBE_H
#define NCX_UDP_PROBE_H

#include "channel.h"

/* ms between two questions */
#define UDP_PROBE_INTERVAL_MS 1000

/* Called with the errno when it fails, ETIMEDOUT when its time is over. */
typedef void probe_fn(int error, void *arg);

struct handshake *udp_probe_handshake(int port, probe_fn *failed, void *arg);

#endif
