#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# whole.bats - 20 MB arrive whole, and both sides say so, whoever ends first
load helper

UP=$BATS_FILE_TMPDIR/up DOWN=$BATS_FILE_TMPDIR/down

# both_done CLIENT: and both with status 0
both_done() {
	finished "$1"
	[ "$STATUS" -eq 0 ]
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
}

# Made once for all tests.
setup_file() {
	head -c 20000000 /dev/urandom >"$UP"
	head -c 20000000 /dev/urandom >"$DOWN"
}

@test "up, from file to file" {
	listener 127.0.0.1 </dev/null >copy
	start ncx 127.0.0.1 "$PORT" <"$UP"
	both_done $!
	cmp "$UP" copy
}

@test "up, to a listener with -q 0 and no input" {
	listener -q 0 127.0.0.1 </dev/null >copy
	start ncx -N 127.0.0.1 "$PORT" <"$UP"
	both_done $!
	cmp "$UP" copy
}

@test "up, with -q 0 on both sides" {
	listener -q 0 127.0.0.1 </dev/null >copy
	start ncx -q 0 127.0.0.1 "$PORT" <"$UP"
	both_done $!
	cmp "$UP" copy
}

@test "down, to a client that has ended its direction" {
	listener 127.0.0.1 <"$DOWN"
	start ncx -N 127.0.0.1 "$PORT" </dev/null >copy
	both_done $!
	cmp "$DOWN" copy
}

@test "down, from a listener with -N" {
	listener -N 127.0.0.1 <"$DOWN"
	start ncx -N 127.0.0.1 "$PORT" </dev/null >copy
	both_done $!
	cmp "$DOWN" copy
}

@test "down, to a client with -d" {
	listener -N 127.0.0.1 <"$DOWN"
	start ncx -d 127.0.0.1 "$PORT" >copy
	both_done $!
	cmp "$DOWN" copy
}

@test "down, to a client that said a word first" {
	listener 127.0.0.1 <"$DOWN" >server.out
	start ncx 127.0.0.1 "$PORT" <<<'please' >copy
	both_done $!
	cmp "$DOWN" copy
	[ "$(<server.out)" = please ]
}

@test "up and down at once" {
	listener -N 127.0.0.1 <"$DOWN" >up.copy
	start ncx -N 127.0.0.1 "$PORT" <"$UP" >down.copy
	both_done $!
	cmp "$UP" up.copy
	cmp "$DOWN" down.copy
}

@test "up and down at once, through pipes on all four sides" {
	start sh -c 'cat "$1" | ncx -lvn 127.0.0.1 0 | cat >up.copy' \
		- "$DOWN" 2>server.err
	SERVER=$!
	await server.err '^Listening on 127.0.0.1 ([0-9]+)$'
	start sh -c 'cat "$1" | ncx 127.0.0.1 "$2" | cat >down.copy' \
		- "$UP" "${BASH_REMATCH[1]}"
	both_done $!
	cmp "$UP" up.copy
	cmp "$DOWN" down.copy
}

@test "up and down at once over IPv6" {
	listener ::1 <"$DOWN" >up.copy
	start ncx ::1 "$PORT" <"$UP" >down.copy
	both_done $!
	cmp "$UP" up.copy
	cmp "$DOWN" down.copy
}

@test "up and down at once over a Unix socket" {
	start ncx -lU -v sock <"$DOWN" >up.copy 2>server.err
	SERVER=$!
	await server.err '^Listening on sock$'
	start ncx -U sock <"$UP" >down.copy
	both_done $!
	cmp "$UP" up.copy
	cmp "$DOWN" down.copy
}

@test "up over a Unix seqpacket socket" {
	start ncx -lU --seqpacket -v sock </dev/null >copy 2>server.err
	SERVER=$!
	await server.err '^Listening on sock$'
	start ncx -U --seqpacket sock <"$UP"
	both_done $!
	cmp "$UP" copy
}

@test "up with --send-only, which waits for the acknowledgement" {
	listener 127.0.0.1 </dev/null >copy
	start ncx --send-only 127.0.0.1 "$PORT" <"$UP"
	both_done $!
	cmp "$UP" copy
}

@test "up with small socket buffers" {
	listener -I 4096 127.0.0.1 </dev/null >copy
	start ncx -O 4096 127.0.0.1 "$PORT" < <(head -c 2000000 "$UP")
	both_done $!
	cmp <(head -c 2000000 "$UP") copy
}

@test "the rest of a file from where its reader stands" {
	listener 127.0.0.1 </dev/null >copy
	start sh -c '{ head -c 3 >/dev/null; ncx 127.0.0.1 "$1"; } <"$2"' \
		- "$PORT" "$UP"
	both_done $!
	cmp <(tail -c +4 "$UP") copy
}

@test "behind what the output file has" {
	echo before >copy
	listener 127.0.0.1 </dev/null >>copy
	start ncx 127.0.0.1 "$PORT" <"$UP"
	both_done $!
	cmp <(echo before && cat "$UP") copy
}

@test "an empty file is a session like any other" {
	listener 127.0.0.1 </dev/null >copy
	start ncx 127.0.0.1 "$PORT" < <(:)
	both_done $!
	[ -e copy ]
	[ ! -s copy ]
}
