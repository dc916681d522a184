/* SPDX-License-Identifier: ISC */
/* tcp_md5.c - the signature of TCP segments (RFC 2385) */
#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>

#include "tcp_md5.h"

static int
sign(int fd, int option, struct tcp_md5sig *md5, const char *password)
{
	size_t len = strlen(password);

	if (len == 0 || len > TCP_MD5_MAX) {
		errno = EINVAL;
		return -1;
	}
	memcpy(md5->tcpm_key, password, len);
	md5->tcpm_keylen = (unsigned short)len;
	return setsockopt(fd, IPPROTO_TCP, option, md5, sizeof(*md5));
}

int
tcp_md5_to_peer(int fd, const char *password, const struct address *peer)
{
	struct tcp_md5sig md5 = { .tcpm_flags = 0 };

	if (password == NULL)
		return 0;
	memcpy(&md5.tcpm_addr, &peer->addr, peer->len);
	return sign(fd, TCP_MD5SIG, &md5, password);
}

int
tcp_md5_to_all(int fd, const char *password, const struct address *own)
{
	struct tcp_md5sig md5 = { .tcpm_flags = TCP_MD5SIG_FLAG_PREFIX };

	if (password == NULL)
		return 0;
	md5.tcpm_addr.ss_family = own->addr.ss_family;
	return sign(fd, TCP_MD5SIG_EXT, &md5, password);
}
