#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# duplex.bats - both directions at once, and answers that come after the end
# of the question
load helper

# 5 MB each way at the same time.  Many peers drop what they have still to send
# when their peer ends its direction, so ncx does that when all has arrived;
# that the peer ends its own direction much earlier, must not matter.
exchange() {
	cat "$BATS_FILE_TMPDIR/ours" >&8
	arrived peer.out "$HALF_SIZE"
	arrived ncx.out "$HALF_SIZE"
	exec 8>&-
	succeeds "$1"
	succeeds "$2"
	cmp "$BATS_FILE_TMPDIR/ours" peer.out
	cmp "$BATS_FILE_TMPDIR/theirs" ncx.out
}

exchange_with_server() {
	: >ncx.out
	fifo in 8
	server "$@" <"$BATS_FILE_TMPDIR/theirs" >peer.out
	ip_start ncx 127.0.0.1 5000 <in >ncx.out
	exchange "$!" "$SERVER"
}

exchange_with_client() {
	: >peer.out
	fifo in 8
	server ncx -l 127.0.0.1 5000 <in >ncx.out
	ip_start "$@" <"$BATS_FILE_TMPDIR/theirs" >peer.out
	exchange "$SERVER" "$!"
}

@test "both ways: ncx and nc.openbsd -l -N" {
	exchange_with_server nc.openbsd -l -N 127.0.0.1 5000
}

@test "both ways: ncx and nc.traditional -l" {
	exchange_with_server nc.traditional -l -s 127.0.0.1 -p 5000
}

@test "both ways: ncx and ncat -l" {
	exchange_with_server ncat -l 127.0.0.1 5000
}

@test "both ways: ncx and a listening socat" {
	exchange_with_server socat -t 60 TCP-LISTEN:5000,bind=127.0.0.1 -
}

@test "both ways: ncx and busybox nc -l" {
	exchange_with_server busybox nc -l -p 5000
}

@test "both ways: ncx -l and nc.openbsd -N" {
	exchange_with_client nc.openbsd -N 127.0.0.1 5000
}

@test "both ways: ncx -l and nc.traditional" {
	exchange_with_client nc.traditional 127.0.0.1 5000
}

@test "both ways: ncx -l and ncat" {
	exchange_with_client ncat 127.0.0.1 5000
}

@test "both ways: ncx -l and socat" {
	exchange_with_client socat -t 60 - TCP:127.0.0.1:5000
}

@test "both ways: ncx -l and busybox nc" {
	exchange_with_client busybox nc 127.0.0.1 5000
}

# A server that can answer only when it has read the question to its end
answered_by_ncx() {
	mkfifo back
	server sh -c 'ncx -l 127.0.0.1 5000 <back | sort >back'
	client "$@" >answer <<-'END'
		two
		one
	END
	succeeds "$SERVER"
	[ "$(<answer)" = $'one\ntwo' ]
}

@test "ncx -l | sort answers nc.openbsd -N after the end of the question" {
	answered_by_ncx nc.openbsd -N 127.0.0.1 5000
}

@test "ncx -l | sort answers ncat after the end of the question" {
	answered_by_ncx ncat 127.0.0.1 5000
}

@test "ncx -l | sort answers socat after the end of the question" {
	answered_by_ncx socat -t 60 - TCP:127.0.0.1:5000
}

@test "ncx -l | sort answers busybox nc after the end of the question" {
	answered_by_ncx busybox nc 127.0.0.1 5000
}

# Not nc.openbsd and ncat 7.93: as servers they leave at the client's end.
answered_to_ncx() {
	server "$@"
	client ncx 127.0.0.1 5000 >answer <<-'END'
		two
		one
	END
	succeeds "$SERVER"
	[ "$(<answer)" = $'one\ntwo' ]
}

@test "ncx hears socat's sort after the end of its question" {
	answered_to_ncx socat -t 60 TCP-LISTEN:5000,bind=127.0.0.1 EXEC:sort
}

@test "ncx hears nc.traditional's sort after the end of its question" {
	answered_to_ncx nc.traditional -l -s 127.0.0.1 -p 5000 -e "$(type -P sort)"
}

@test "ncx hears busybox nc's sort after the end of its question" {
	answered_to_ncx busybox nc -l -p 5000 -e sort
}
