/* SPDX-License-Identifier: ISC */
/* dgram_path.c - the way a datagram came, and the way its answer goes */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "dgram_path.h"

/* 64-bit FNV-1a */
#define FNV_PRIME 0x100000001b3ULL

/* Room for one of the two messages that carry a local address. */
union control {
	struct cmsghdr aligned;
	char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

struct dgram_socket
dgram_socket_of(int fd)
{
	static const int on = 1;
	struct dgram_socket s = { .fd = fd };
	struct address own;

	if (address_of_socket(fd, &own) == -1)
		return s;
	if (own.addr.ss_family == AF_INET)
		s.tells_local = setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on,
				    sizeof(on)) == 0;
	if (own.addr.ss_family == AF_INET6)
		s.tells_local = setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO,
				    &on, sizeof(on)) == 0;
	return s;
}

/* The one to answer from.  The system leaves it out for what came before it was
 * asked; then it is the one written to, unless that is of many. */
static void
note_ipv4(struct dgram_path *path, const struct in_pktinfo *info)
{
	const struct in_addr *local = &info->ipi_spec_dst;

	if (local->s_addr == INADDR_ANY &&
	    !IN_MULTICAST(ntohl(info->ipi_addr.s_addr)) &&
	    info->ipi_addr.s_addr != INADDR_BROADCAST)
		local = &info->ipi_addr;
	memcpy(path->local, local, sizeof(*local));
}

static void
note_ipv6(struct dgram_path *path, const struct in6_pktinfo *info)
{
	if (IN6_IS_ADDR_MULTICAST(&info->ipi6_addr))
		return;
	memcpy(path->local, &info->ipi6_addr, sizeof(info->ipi6_addr));
	if (IN6_IS_ADDR_LINKLOCAL(&info->ipi6_addr))
		path->interface = info->ipi6_ifindex;
}

static void
note_local(struct dgram_path *path, struct msghdr *msg)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);

	for (; c != NULL; c = CMSG_NXTHDR(msg, c)) {
		const void *data = CMSG_DATA(c);

		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO)
			note_ipv4(path, data);
		if (c->cmsg_level == IPPROTO_IPV6 &&
		    c->cmsg_type == IPV6_PKTINFO)
			note_ipv6(path, data);
	}
}

/* Room for a local address is room for descriptors as well, on a Unix socket:
 * there is none. */
ssize_t
dgram_receive(const struct dgram_socket *s, void *bytes, size_t n,
    struct dgram_path *path)
{
	union control control = { .bytes = { 0 } };
	struct iovec iov = { .iov_base = bytes, .iov_len = n };
	struct msghdr msg;
	ssize_t got;

	*path = (struct dgram_path){ .fd = s->fd };
	do {
		msg = (struct msghdr){ .msg_name = &path->remote.addr,
			.msg_namelen = sizeof(path->remote.addr),
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = s->tells_local ? &control : NULL,
			.msg_controllen =
			    s->tells_local ? sizeof(control) : 0 };
		got = recvmsg(s->fd, &msg, MSG_TRUNC | MSG_DONTWAIT);
	} while (got == -1 && errno == EINTR);
	if (got == -1)
		return -1;
	path->remote.socktype = SOCK_DGRAM;
	if (msg.msg_namelen > sizeof(sa_family_t))
		path->remote.len = msg.msg_namelen;
	note_local(path, &msg);
	return got;
}

static void
put_control(
    struct msghdr *msg, int level, int type, const void *info, size_t len)
{
	struct cmsghdr *c = msg->msg_control;

	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), info, len);
	msg->msg_controllen = CMSG_SPACE(len);
}

static void
set_local(const struct dgram_path *path, struct msghdr *msg)
{
	struct in_pktinfo in = { .ipi_ifindex = 0 };
	struct in6_pktinfo in6 = { .ipi6_ifindex = path->interface };

	switch (path->remote.addr.ss_family) {
	case AF_INET:
		memcpy(&in.ipi_spec_dst, path->local, sizeof(in.ipi_spec_dst));
		put_control(msg, IPPROTO_IP, IP_PKTINFO, &in, sizeof(in));
		break;
	case AF_INET6:
		memcpy(&in6.ipi6_addr, path->local, sizeof(in6.ipi6_addr));
		put_control(msg, IPPROTO_IPV6, IPV6_PKTINFO, &in6, sizeof(in6));
		break;
	default:
		msg->msg_control = NULL;
		msg->msg_controllen = 0;
		break;
	}
}

int
dgram_send(const struct dgram_path *path, const void *bytes, size_t n)
{
	union control control = { .bytes = { 0 } };
	struct iovec iov = { .iov_base = (void *)(uintptr_t)bytes,
		.iov_len = n };
	struct msghdr msg = {
		.msg_name = (void *)(uintptr_t)&path->remote.addr,
		.msg_namelen = path->remote.len,
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t put;

	set_local(path, &msg);
	do
		put = sendmsg(path->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (put == -1 && errno == EINTR);
	return put == -1 ? -1 : 0;
}

int
dgram_path_local(const struct dgram_path *path, struct address *a)
{
	static const uint8_t any[DGRAM_LOCAL_LEN];
	struct sockaddr_in *in = (struct sockaddr_in *)&a->addr;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&a->addr;

	if (address_of_socket(path->fd, a) == -1)
		return -1;
	if (memcmp(path->local, any, sizeof(any)) == 0)
		return 0;
	if (a->addr.ss_family == AF_INET)
		memcpy(&in->sin_addr, path->local, sizeof(in->sin_addr));
	if (a->addr.ss_family == AF_INET6)
		memcpy(&in6->sin6_addr, path->local, sizeof(in6->sin6_addr));
	return 0;
}

bool
dgram_path_same(const struct dgram_path *a, const struct dgram_path *b)
{
	return a->fd == b->fd && a->interface == b->interface &&
	    a->remote.len == b->remote.len &&
	    memcmp(a->local, b->local, sizeof(a->local)) == 0 &&
	    memcmp(&a->remote.addr, &b->remote.addr, a->remote.len) == 0;
}

static uint64_t
hash_more(uint64_t hash, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	while (n-- > 0)
		hash = (hash ^ *p++) * FNV_PRIME;
	return hash;
}

uint64_t
dgram_path_hash(const struct dgram_path *path, uint64_t seed)
{
	uint64_t hash = hash_more(seed, &path->fd, sizeof(path->fd));

	hash = hash_more(hash, path->local, sizeof(path->local));
	hash = hash_more(hash, &path->remote.addr, path->remote.len);
	return hash ^ hash >> 32;
}
