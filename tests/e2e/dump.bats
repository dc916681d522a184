#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# dump.bats - --hex-dump and --timestamps
load helper

# A line of hexadecimal, a head, and a time that may be any
HEX='^[0-9a-f]{4,}  ([0-9a-f]{2} ){1,8}( [0-9a-f ]*)? +\|.{1,16}\|$'
SECONDS_RE='[0-9]+\.[0-9]{6}'
WALL='[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{6}[+-][0-9]{2}:[0-9]{2}'

# converse OPTION...: a question and its answer; the client has the options,
# and the times of its dump are gone.
converse() {
	listener 127.0.0.1 -c 'read -r x; printf "to %s" "$x"'
	ncx --hex-dump dump "$@" 127.0.0.1 "$PORT" <<<question >client.out
	finished "$SERVER"
	sed -E "s/$WALL/WALL/; s/ $SECONDS_RE/ TIME/; s/$PORT/PORT/" dump >told
}

@test "a dump says who said what, when, and where in the stream" {
	converse
	[ "$(<client.out)" = 'to question' ]
	diff told - <<-'END'
		# session 1 to 127.0.0.1 port PORT (tcp), at WALL
		O TIME (9 bytes at 0x0)
		0000  71 75 65 73 74 69 6f 6e  0a                       |question.|
		# O TIME end of our direction at 0x9
		I TIME (11 bytes at 0x0)
		0000  74 6f 20 71 75 65 73 74  69 6f 6e                 |to question|
		# I TIME end of the peer's direction at 0xb
	END
	[ "$(stat -c %a dump)" = 600 ]
}

@test "positions count on, and offsets do so within a piece" {
	: >server.out
	fifo in 8
	listener 127.0.0.1 </dev/null >server.out
	start ncx --hex-dump dump 127.0.0.1 "$PORT" <in
	CLIENT=$!
	printf '%s\n' '0123456789abcdefghij' >&8
	await server.out j
	printf 'next\n' >&8
	await server.out next
	exec 8>&-
	finished "$CLIENT"
	grep -q '^O .* (21 bytes at 0x0)$' dump
	grep -q '^0010  67 68 69 6a 0a ' dump
	grep -q '^O .* (5 bytes at 0x15)$' dump
	grep -q '^0000  6e 65 78 74 0a ' dump
}

@test "--timestamps abs has local time" {
	TZ=XYZ-5:30 converse --timestamps abs
	grep -qE "^O $WALL \(9 bytes" dump
	grep -qE '^I .*\+05:30 \(11 bytes' dump
	before=$(date -d "$(sed -nE 's/^O (\S+) .*/\1/p' dump)" +%s)
	now=$(date +%s)
	((before <= now && now - before < LIMIT))
}

@test "--timestamps rel and delta have seconds" {
	converse --timestamps rel
	grep -qE "^O 0\.[0-9]{6} \(9 bytes" dump
	converse --timestamps delta
	grep -qE "^I 0\.[0-9]{6} \(11 bytes" dump
}

@test "--timestamps has these three" {
	says 2 'ncx: --timestamps "now": expected one of rel abs delta' \
		ncx --hex-dump dump --timestamps now 127.0.0.1 1
	says 2 'ncx: must use --hex-dump with --timestamps' \
		ncx --timestamps abs 127.0.0.1 1
}

@test "with -k each piece says whose it is" {
	: >server.out
	listener -k 127.0.0.1 --hex-dump dump </dev/null >server.out
	for word in one two; do
		ncx 127.0.0.1 "$PORT" <<<"$word"
		await server.out "^$word\$"
	done
	grep -qE "^I $SECONDS_RE #1 127\.0\.0\.1:[0-9]+ \(4 bytes at 0x0\)$" dump
	grep -qE "^I $SECONDS_RE #2 127\.0\.0\.1:[0-9]+ \(4 bytes at 0x0\)$" dump
}

@test "a name of many words is one, and shows nothing of a terminal" {
	: >server.out
	start ncx -k -l -v -U $'cafe \e[31m' --hex-dump dump </dev/null \
		>server.out 2>server.err
	await server.err '^Listening'
	ncx -U $'cafe \e[31m' <<<hello
	await server.out hello
	grep -qF ' #1 unix:cafe\040^[[31m (6 bytes at 0x0)' dump
	run ! grep -q $'\e' dump
}

@test "datagrams are pieces, and an empty one is one too" {
	: >server.out
	listener -u 127.0.0.1 --hex-dump dump </dev/null >server.out
	python3 - "$PORT" <<-'END'
		import socket, sys
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		for text in (b'', b'one', b'', b'last\n'):
		    s.sendto(text, ('127.0.0.1', int(sys.argv[1])))
	END
	await server.out last
	sed -nE "s/^I $SECONDS_RE/I/p; s/^(0000).*/\1/p" dump >told
	diff told - <<-'END'
		I (0 bytes at 0x0)
		0000
		I (3 bytes at 0x0)
		0000
		I (0 bytes at 0x3)
		0000
		I (5 bytes at 0x3)
		0000
	END
}

@test "--append-output goes on behind a dump" {
	converse
	converse --append-output
	[ "$(grep -c '^# session 1 ' dump)" -eq 2 ]
	converse
	[ "$(grep -c '^# session 1 ' dump)" -eq 1 ]
}

@test "on stdout it is all there is" {
	listener 127.0.0.1 <<<answer
	ncx --hex-dump - 127.0.0.1 "$PORT" </dev/null >out
	finished "$SERVER"
	run ! grep -qx answer out
	grep -q '|answer.|$' out
	run ! grep -vE "^(# |I |O )|$HEX" out
}

# on_terminal NAME [ENV...]: a dump of all bytes, on a terminal
on_terminal() {
	listener 127.0.0.1 <all
	start script -qec "env ${*:2} ncx --hex-dump - 127.0.0.1 $PORT" /dev/null \
		</dev/null >"$1"
	finished "$!"
	finished "$SERVER"
	grep -q 'pqrstuvwxyz{|}~.|' "$1"
}

@test "on a terminal it has colours, and no others" {
	python3 -c 'import sys; sys.stdout.buffer.write(bytes(range(256)))' >all
	on_terminal colours TERM=xterm NO_COLOR=
	grep -q $'^\e\\[36mI .*\e\\[0m\r$' colours
	sed $'s/\e\\[36m//; s/\e\\[0m//; s/\r$//' colours >rest
	run ! env LC_ALL=C grep -q '[^ -~]' rest
	on_terminal plain TERM=xterm NO_COLOR=1
	run ! grep -q $'\e' plain
	on_terminal dumb TERM=dumb NO_COLOR=
	run ! grep -q $'\e' dumb
}

@test "not even 1 MB each way has a line that is wrong" {
	head -c 1000000 /dev/urandom >ours
	head -c 1000000 /dev/urandom >theirs
	listener 127.0.0.1 <theirs >received
	ncx --hex-dump dump 127.0.0.1 "$PORT" <ours >client.out
	finished "$SERVER"
	cmp ours received
	cmp theirs client.out
	run ! env LC_ALL=C grep -vE "^(# |I |O )|$HEX" dump
	run ! grep -E '\(([7-9]....|6[6-9]...|......+) bytes' dump
}
