#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# udp.bats - datagrams between ncx and its relatives
load helper

# A question of the client's, and an answer: files of both ends are there
# before somebody follows them.
converse() {
	: >client.out
	fifo to_server 8
	fifo to_client 9
	datagram_server "${SERVER_WORDS[@]}" <to_server >server.out
	ip_start "$@" <to_client >client.out
	echo question >&9
	await server.out '^question$'
	echo answer >&8
	await client.out '^answer$'
	[ "$(<server.out)" = question ]
	[ "$(<client.out)" = answer ]
}

converse_with_client() {
	SERVER_WORDS=(ncx -lu 127.0.0.1 5000)
	converse "$@"
}

converse_with_server() {
	SERVER_WORDS=("$@")
	converse ncx -u 127.0.0.1 5000
}

@test "UDP: nc.openbsd -u and ncx -lu" {
	converse_with_client nc.openbsd -u 127.0.0.1 5000
}

@test "UDP: nc.traditional -u and ncx -lu" {
	converse_with_client nc.traditional -u 127.0.0.1 5000
}

@test "UDP: ncat -u and ncx -lu" {
	converse_with_client ncat -u 127.0.0.1 5000
}

@test "UDP: socat and ncx -lu" {
	converse_with_client socat - UDP:127.0.0.1:5000
}

@test "UDP: ncx -u and nc.openbsd -lu" {
	converse_with_server nc.openbsd -lu 127.0.0.1 5000
}

@test "UDP: ncx -u and nc.traditional -lu" {
	converse_with_server nc.traditional -lu -s 127.0.0.1 -p 5000
}

@test "UDP: ncx -u and ncat -lu" {
	converse_with_server ncat -lu 127.0.0.1 5000
}

@test "UDP: ncx -u and a listening socat" {
	converse_with_server socat UDP-LISTEN:5000,bind=127.0.0.1 -
}

@test "UDP: the largest datagram from socat arrives whole" {
	head -c 65507 "$BATS_FILE_TMPDIR/file" >datagram
	datagram_server ncx -lu -W 1 127.0.0.1 5000 </dev/null >received
	client socat -u -b 65507 - UDP:127.0.0.1:5000 <datagram
	succeeds "$SERVER"
	cmp datagram received
}

@test "UDP: the largest datagram to socat arrives whole" {
	head -c 65507 "$BATS_FILE_TMPDIR/file" >datagram
	datagram_server socat -u -b 65507 UDP-RECVFROM:5000,bind=127.0.0.1 - \
		>received
	client ncx -u --mtu 65507 --send-only 127.0.0.1 5000 <datagram
	succeeds "$SERVER"
	cmp datagram received
}
