#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# duplex.bats - both directions at once, and answers that come after the end
# of the question
load helper

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
@test "ncx hears socat's sort after the end of its question" {
	answered_to_ncx socat -t 60 TCP-LISTEN:5000,bind=127.0.0.1 EXEC:sort
}

@test "ncx hears nc.traditional's sort after the end of its question" {
	answered_to_ncx nc.traditional -l -s 127.0.0.1 -p 5000 -e "$(type -P sort)"
}

@test "ncx hears busybox nc's sort after the end of its question" {
	answered_to_ncx busybox nc -l -p 5000 -e sort
}
