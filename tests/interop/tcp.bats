#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# tcp.bats - files of 20 MB between ncx and its relatives, in both directions,
# with either side as the server
load helper

sent_by() {
	server ncx -l 127.0.0.1 5000 </dev/null >received
	client "$@" <"$BATS_FILE_TMPDIR/file"
	succeeds "$SERVER"
	cmp "$BATS_FILE_TMPDIR/file" received
}

@test "nc.openbsd -N sends to ncx -l" {
	sent_by nc.openbsd -N 127.0.0.1 5000
}

@test "nc.traditional -q 0 sends to ncx -l" {
	sent_by nc.traditional -q 0 127.0.0.1 5000
}

@test "ncat sends to ncx -l" {
	sent_by ncat 127.0.0.1 5000
}

@test "ncat --send-only sends to ncx -l" {
	sent_by ncat --send-only 127.0.0.1 5000
}

@test "socat sends to ncx -l" {
	sent_by socat - TCP:127.0.0.1:5000
}

@test "busybox nc sends to ncx -l" {
	sent_by busybox nc 127.0.0.1 5000
}

# The client ends its direction at once.
fetched_by() {
	server ncx -l 127.0.0.1 5000 <"$BATS_FILE_TMPDIR/file"
	client "$@" </dev/null >received
	succeeds "$SERVER"
	cmp "$BATS_FILE_TMPDIR/file" received
}

@test "nc.openbsd -N fetches from ncx -l" {
	fetched_by nc.openbsd -N 127.0.0.1 5000
}

@test "nc.traditional fetches from ncx -l" {
	fetched_by nc.traditional 127.0.0.1 5000
}

@test "ncat fetches from ncx -l" {
	fetched_by ncat 127.0.0.1 5000
}

@test "ncat --recv-only fetches from ncx -l" {
	fetched_by ncat --recv-only 127.0.0.1 5000
}

@test "socat fetches from ncx -l" {
	fetched_by socat -t 60 - TCP:127.0.0.1:5000
}

@test "busybox nc fetches from ncx -l" {
	fetched_by busybox nc 127.0.0.1 5000
}

# The server may end its direction at once.
received_by() {
	server "$@" </dev/null >received
	client ncx 127.0.0.1 5000 <"$BATS_FILE_TMPDIR/file"
	succeeds "$SERVER"
	cmp "$BATS_FILE_TMPDIR/file" received
}

@test "ncx sends to nc.openbsd -l" {
	received_by nc.openbsd -l 127.0.0.1 5000
}

@test "ncx sends to nc.openbsd -l -N, which ends its direction first" {
	received_by nc.openbsd -l -N 127.0.0.1 5000
}

@test "ncx sends to nc.traditional -l" {
	received_by nc.traditional -l -s 127.0.0.1 -p 5000
}

@test "ncx sends to ncat -l, which ends its direction first" {
	received_by ncat -l 127.0.0.1 5000
}

@test "ncx sends to socat, which ends its direction first" {
	received_by socat -t 60 TCP-LISTEN:5000,bind=127.0.0.1 -
}

@test "ncx sends to busybox nc -l" {
	received_by busybox nc -l -p 5000
}

# As servers most of them drop what they have still to send when their client
# ends its direction; so ncx -d does not.
offered_by() {
	server "$@" <"$BATS_FILE_TMPDIR/file"
	client ncx -d 127.0.0.1 5000 >received
	succeeds "$SERVER"
	cmp "$BATS_FILE_TMPDIR/file" received
}

@test "ncx -d fetches from nc.openbsd -l -N" {
	offered_by nc.openbsd -l -N 127.0.0.1 5000
}

@test "ncx -d fetches from nc.traditional -l -q 0" {
	offered_by nc.traditional -l -q 0 -s 127.0.0.1 -p 5000
}

@test "ncx -d fetches from ncat -l" {
	offered_by ncat -l 127.0.0.1 5000
}

@test "ncx -d fetches from socat" {
	offered_by socat TCP-LISTEN:5000,bind=127.0.0.1 -
}

@test "ncx -d fetches from busybox nc -l" {
	offered_by busybox nc -l -p 5000
}

@test "ncx with a silent stdin fetches from ncat -l, and leaves by itself" {
	fifo in 8
	server ncat -l 127.0.0.1 5000 <"$BATS_FILE_TMPDIR/file"
	client ncx --linger 1ms 127.0.0.1 5000 <in >received
	succeeds "$SERVER"
	cmp "$BATS_FILE_TMPDIR/file" received
}
