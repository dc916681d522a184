#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# filter.bats - -C, -t and -i: what they change, and what they leave alone
load helper

# sends TEXT OPTION...: what a client with the options makes of it, in sent
sends() {
	listener 127.0.0.1 </dev/null >sent
	ncx "${@:2}" 127.0.0.1 "$PORT" < <(printf '%b' "$1")
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
}

@test "-C sends LF as CR LF, and CR LF as it is" {
	sends 'a\nb\r\nc\n\nd' -C
	cmp sent <(printf 'a\r\nb\r\nc\r\n\r\nd')
}

@test "--crlf does as well, at the ends and for lone CRs" {
	sends '\n\r\r\n\rx\r\n\n' --crlf
	cmp sent <(printf '\r\n\r\r\n\rx\r\n\r\n')
}

@test "-C leaves what has no LF alone" {
	sends 'GET / HTTP/1.0' -C
	cmp sent <(printf 'GET / HTTP/1.0')
	sends '' -C
	[ ! -s sent ]
}

@test "-C sees the CR LF that comes in two pieces" {
	fifo in 8
	listener 127.0.0.1 </dev/null >sent
	start ncx -C 127.0.0.1 "$PORT" <in
	printf 'one\ntwo\r' >piece
	cat piece >&8
	await sent '^one'
	printf '\nthree\n' >piece
	cat piece >&8
	exec 8>&-
	finished "$SERVER"
	cmp sent <(printf 'one\r\ntwo\r\nthree\r\n')
}

@test "a listener with -C, and only its own direction changes" {
	listener -C 127.0.0.1 < <(printf 'from\nserver\n') >server.out
	ncx 127.0.0.1 "$PORT" < <(printf 'from\nclient\n') >client.out
	finished "$SERVER"
	cmp client.out <(printf 'from\r\nserver\r\n')
	cmp server.out <(printf 'from\nclient\n')
}

# An MB that a slow reader takes through small buffers: no write takes all.
@test "-C is byte-exact when writes are short" {
	seq 1 150000 >lines
	sed 's/$/\r/' lines >wanted
	fifo out 9
	listener -I 4096 127.0.0.1 </dev/null >out
	start ncx -C -O 4096 127.0.0.1 "$PORT" <lines
	CLIENT=$!
	start dd ibs=700 of=sent status=none <out
	READER=$!
	exec 9>&-
	finished "$CLIENT"
	[ "$STATUS" -eq 0 ]
	finished "$SERVER"
	finished "$READER"
	cmp sent wanted
}

@test "-C is byte-exact for lines that are nothing but ends" {
	head -c 300000 /dev/zero | tr '\0' '\n' >lines
	sed 's/$/\r/' lines >wanted
	listener 127.0.0.1 </dev/null >sent
	ncx -C -O 4096 127.0.0.1 "$PORT" <lines
	finished "$SERVER"
	cmp sent wanted
}

# IAC DO 1, IAC WILL 3, IAC SB 24 1 IAC SE
OFFERS='\xff\xfd\x01\xff\xfb\x03\xff\xfa\x18\x01\xff\xf0'
# IAC WONT 1, IAC DONT 3
REFUSALS='\xff\xfc\x01\xff\xfe\x03'

@test "-t refuses what telnet offers and takes it out of the output" {
	fifo in 8
	fifo in2 9
	printf 'Welcome\n%blogin: \xff\xff\n' "$OFFERS" >words
	listener 127.0.0.1 <in >server.out
	start ncx -t 127.0.0.1 "$PORT" <in2 >client.out
	cat words >&8
	await client.out '^login'
	cmp client.out <(printf 'Welcome\nlogin: \xff\n')
	echo me >&9
	await server.out me
	cmp server.out <(printf '%bme\n' "$REFUSALS")
}

@test "-t understands offers that come in pieces" {
	for n in 1 2 3 4 5 6 7 8 9 10 11; do
		fifo "in$n" 8
		listener 127.0.0.1 <"in$n" >server.out
		start ncx --telnet -d 127.0.0.1 "$PORT" >client.out
		CLIENT=$!
		printf 'x\n%b' "${OFFERS:0:n*4}" >piece
		cat piece >&8
		await client.out x
		printf '%by\n' "${OFFERS:n*4}" >piece
		cat piece >&8
		exec 8>&-
		finished "$CLIENT"
		[ "$(<client.out)" = $'x\ny' ]
		finished "$SERVER"
		cmp server.out <(printf '%b' "$REFUSALS")
	done
}

@test "a listener with -t refuses as well" {
	listener -t 127.0.0.1 </dev/null >server.out
	run -0 ncx 127.0.0.1 "$PORT" < <(printf 'a%bb\n' "$OFFERS")
	finished "$SERVER"
	[ "$(<server.out)" = ab ]
}

@test "without -t telnet's bytes are bytes" {
	listener 127.0.0.1 < <(printf '%b' "$OFFERS") >server.out
	ncx 127.0.0.1 "$PORT" </dev/null >client.out
	cmp client.out <(printf '%b' "$OFFERS")
	finished "$SERVER"
	[ ! -s server.out ]
}

@test "-i pauses after each line" {
	listener 127.0.0.1 </dev/null >server.out
	local begin=$EPOCHREALTIME took
	ncx -i 200ms 127.0.0.1 "$PORT" < <(printf 'one\ntwo\nthree\ntail')
	took=$(ms_since "$begin")
	finished "$SERVER"
	cmp server.out <(printf 'one\ntwo\nthree\ntail')
	((took >= 600 && took < 20000))
}

@test "--interval and --delay are the same; several options fit together" {
	for option in --interval --delay; do
		listener 127.0.0.1 </dev/null >server.out
		local begin=$EPOCHREALTIME took
		ncx "$option" 0.1 -C 127.0.0.1 "$PORT" < <(printf 'one\ntwo\nthree\n')
		took=$(ms_since "$begin")
		finished "$SERVER"
		cmp server.out <(printf 'one\r\ntwo\r\nthree\r\n')
		((took >= 200 && took < 20000))
	done
}

@test "-i does not hold up what is received" {
	fifo in 8
	fifo in2 9
	listener 127.0.0.1 <in >server.out
	start ncx -i 1h 127.0.0.1 "$PORT" <in2 >client.out
	printf '%s\n' one two >&9
	await server.out '^one$'
	for n in 1 2 3; do
		echo "reply $n" >&8
		await client.out "^reply $n\$"
	done
	[ "$(<server.out)" = one ]
}
