#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# unix.bats - Unix sockets, with the peers that know them
load helper

sent_by() {
	unix_server "$PWD/sock" ncx -lU "$PWD/sock" </dev/null >received
	unix_client "$@" <"$BATS_FILE_TMPDIR/file"
	succeeds "$SERVER"
	cmp "$BATS_FILE_TMPDIR/file" received
	[ ! -e sock ]
}

fetched_by() {
	unix_server "$PWD/sock" ncx -lU "$PWD/sock" <"$BATS_FILE_TMPDIR/file"
	unix_client "$@" </dev/null >received
	succeeds "$SERVER"
	cmp "$BATS_FILE_TMPDIR/file" received
}

received_by() {
	unix_server "$PWD/sock" "$@" </dev/null >received
	unix_client ncx -U sock <"$BATS_FILE_TMPDIR/file"
	succeeds "$SERVER"
	cmp "$BATS_FILE_TMPDIR/file" received
}

offered_by() {
	unix_server "$PWD/sock" "$@" <"$BATS_FILE_TMPDIR/file"
	unix_client ncx -dU sock >received
	succeeds "$SERVER"
	cmp "$BATS_FILE_TMPDIR/file" received
}

@test "Unix: nc.openbsd -N sends to ncx -l and fetches from it" {
	sent_by nc.openbsd -N -U sock
	fetched_by nc.openbsd -N -U sock
}

@test "Unix: ncat sends to ncx -l and fetches from it" {
	sent_by ncat -U sock
	fetched_by ncat -U sock
}

@test "Unix: socat sends to ncx -l and fetches from it" {
	sent_by socat - UNIX-CONNECT:sock
	fetched_by socat -t 60 - UNIX-CONNECT:sock
}

@test "Unix: ncx sends to nc.openbsd -l and fetches from it" {
	received_by nc.openbsd -l -U "$PWD/sock"
	rm sock
	offered_by nc.openbsd -N -l -U "$PWD/sock"
}

@test "Unix: ncx sends to ncat -l and fetches from it" {
	received_by ncat -l -U "$PWD/sock"
	rm sock
	offered_by ncat -l -U "$PWD/sock"
}

@test "Unix: ncx sends to a listening socat and fetches from it" {
	received_by socat -t 60 UNIX-LISTEN:"$PWD/sock" -
	offered_by socat UNIX-LISTEN:"$PWD/sock" -
}

@test "Unix: an abstract name, ncx and a listening socat" {
	local name=ncx-interop-$$-$RANDOM
	unix_server "@$name" socat -t 60 ABSTRACT-LISTEN:"$name" - \
		<"$BATS_FILE_TMPDIR/ours" >received
	unix_client ncx -U "@$name" <"$BATS_FILE_TMPDIR/theirs" >fetched
	succeeds "$SERVER"
	cmp "$BATS_FILE_TMPDIR/theirs" received
	cmp "$BATS_FILE_TMPDIR/ours" fetched
}

@test "Unix: an abstract name, nc.openbsd and ncx -l" {
	local name=@ncx-interop-$$-$RANDOM
	unix_server "$name" ncx -lU "$name" \
		<"$BATS_FILE_TMPDIR/ours" >received
	unix_client nc.openbsd -N -U "$name" <"$BATS_FILE_TMPDIR/theirs" >fetched
	succeeds "$SERVER"
	cmp "$BATS_FILE_TMPDIR/theirs" received
	cmp "$BATS_FILE_TMPDIR/ours" fetched
}

# A question of the client's, and an answer, as datagrams
converse() {
	: >client.out
	fifo to_server 8
	fifo to_client 9
	unix_server "$PWD/sock" "${SERVER_WORDS[@]}" <to_server >server.out
	start "$@" <to_client >client.out
	echo question >&9
	await server.out '^question$'
	echo answer >&8
	await client.out '^answer$'
	[ "$(<server.out)" = question ]
	[ "$(<client.out)" = answer ]
}

converse_with_client() {
	SERVER_WORDS=(ncx -luU "$PWD/sock")
	converse "$@"
}

converse_with_server() {
	SERVER_WORDS=("$@")
	converse ncx -uU -s mine sock
}

@test "Unix datagrams: nc.openbsd -u and ncx -lu" {
	converse_with_client nc.openbsd -uU sock
}

@test "Unix datagrams: ncat -u and ncx -lu" {
	converse_with_client ncat -uU sock
}

@test "Unix datagrams: socat and ncx -lu" {
	converse_with_client socat - UNIX-SENDTO:"$PWD/sock",bind=mine
}

@test "Unix datagrams: ncx -u and nc.openbsd -lu" {
	converse_with_server nc.openbsd -luU "$PWD/sock"
}

@test "Unix datagrams: ncx -u and ncat -lu" {
	converse_with_server ncat -luU "$PWD/sock"
}

@test "Unix datagrams: ncx -u and a listening socat" {
	converse_with_server socat UNIX-RECVFROM:"$PWD/sock" -
}
