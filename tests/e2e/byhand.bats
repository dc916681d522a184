#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# byhand.bats - --escape and --hex: bytes that are typed by hand
load helper

# sends OPTION... <TEXT: what a client with the options makes of it, in sent
sends() {
	listener 127.0.0.1 </dev/null >sent
	ncx "$@" 127.0.0.1 "$PORT"
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
}

# refuses MESSAGE OPTION... <TEXT: the same, which is wrong
refuses() {
	listener 127.0.0.1 </dev/null >sent
	says 6 "$1" ncx "${@:2}" 127.0.0.1 "$PORT"
	finished "$SERVER"
	[ "$STATUS" -eq 5 ]
}

@test "--escape sends what C escapes stand for" {
	sends --escape <<'END'
GET / HTTP/1.0\r\n\r\n\c
plain "text"
\x1b[1m\e[0m\0\377\u20ac\\n
END
	cmp sent <(printf 'GET / HTTP/1.0\r\n\r\nplain "text"\n' &&
		printf '\033[1m\033[0m\0\377\342\202\254\\n\n')
}

@test "--hex sends what digits stand for, and no newlines" {
	sends --hex <<'END'
02 45 0d0a
# a comment
 DE ad	beEF # and another

00
END
	cmp sent <(printf '\002E\r\n\336\255\276\357\0')
}

@test "what xxd writes is what it has read" {
	head -c 300000 /dev/urandom >bytes
	sends --hex < <(od -An -v -tx1 bytes)
	cmp sent bytes
	sends --hex < <(od -An -v -tx1 bytes | tr -d ' \n')
	cmp sent bytes
	sends --escape < <(od -An -v -to1 bytes | tr -d '\n' | sed 's/ /\\/g')
	cmp sent bytes
}

@test "the last line needs no newline, and gets none" {
	sends --escape < <(printf 'one\\ttwo')
	cmp sent <(printf 'one\ttwo')
	sends --hex < <(printf '41 42')
	cmp sent <(printf AB)
}

@test "an escape may come in two pieces" {
	fifo in 8
	listener 127.0.0.1 </dev/null >sent
	start ncx --escape 127.0.0.1 "$PORT" <in
	printf 'one\nand \\x' >&8
	await sent '^one$'
	cmp sent <(echo one)
	printf '41%s\n' '\n' >&8
	exec 8>&-
	finished "$SERVER"
	cmp sent <(printf 'one\nand A\n\n')
}

@test "--crlf ends lines, and leaves escapes alone" {
	sends --escape --crlf < <(printf '%s\n' 'a' 'b\nc' 'd\r' 'e\c' 'f')
	cmp sent <(printf 'a\r\nb\nc\r\nd\r\nef\r\n')
}

@test "a wrong line is never sent in part" {
	refuses 'ncx: read from stdin failed: line 3: "\q": expected a C escape such as \n or \x1b' \
		--escape <<'END'
one
two
three \q
four
END
	cmp sent <(printf 'one\ntwo\n')
	refuses 'ncx: read from stdin failed: line 2: "0": expected pairs of hexadecimal digits such as 0d 0a' \
		--hex < <(printf '41\n42 43 0\n44\n')
	cmp sent <(printf A)
	refuses 'ncx: read from stdin failed: line 1: "\c x": expected \c at the end of a line only' \
		--escape <<<'a\c x'
	[ ! -s sent ]
}

@test "and what it shows cannot steer a terminal" {
	refuses $'ncx: read from stdin failed: line 1: "\\^[": expected a C escape such as \\n or \\x1b' \
		--escape <<<$'\\\e[2J'
}

# A terminal: who typed it can type it again.
@test "a wrong line that was typed is left out, and the session goes on" {
	fifo in 8
	listener 127.0.0.1 </dev/null >sent
	: >client.err
	start script -qec "ncx --escape 127.0.0.1 $PORT 2>client.err" /dev/null <in >screen
	CLIENT=$!
	printf '%s\n' 'one\ttwo' >&8
	await sent $'^one\ttwo$'
	printf '%s\n' 'bad \y' >&8
	await client.err 'line'
	[ "$LINE" = 'ncx: send of line 2 failed: "\y": expected a C escape such as \n or \x1b' ]
	echo 'three' >&8
	await sent '^three$'
	printf '\004' >&8
	finished "$CLIENT"
	[ "$STATUS" -eq 0 ]
	finished "$SERVER"
	cmp sent <(printf 'one\ttwo\nthree\n')
}

@test "over UDP a line is a datagram, whatever bytes it has" {
	listener -u -W 4 127.0.0.1 </dev/null >sent
	start ncx -u --escape 127.0.0.1 "$PORT" <<'END'
one\nline\c
two
\c
\x00\c
END
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
	cmp sent <(printf 'one\nlinetwo\n\0')
	listener -u -W 3 127.0.0.1 </dev/null >sent
	start ncx -u --hex 127.0.0.1 "$PORT" < <(printf '41 0a 42\n\n# x\n43\n44')
	finished "$SERVER"
	cmp sent <(printf 'A\nBCD')
}

@test "and the largest one is" {
	head -c 65507 /dev/urandom >bytes
	listener -u -W 1 127.0.0.1 </dev/null >sent
	start ncx -u --hex --mtu 65507 127.0.0.1 "$PORT" \
		< <(od -An -v -tx1 bytes | tr -d '\n')
	finished "$SERVER"
	cmp sent bytes
}

@test "-i pauses after a line, whatever bytes it has" {
	listener 127.0.0.1 </dev/null >sent
	local since=$EPOCHREALTIME
	ncx --hex -i 100ms 127.0.0.1 "$PORT" < <(printf '41\n42\n43\n')
	(($(ms_since "$since") >= 200))
	finished "$SERVER"
	cmp sent <(printf ABC)
	listener -k --escape -i 100ms 127.0.0.1 < <(printf '%s\n' 'a\c' 'b\c' 'c\c')
	since=$EPOCHREALTIME
	ncx -d 127.0.0.1 "$PORT" >received
	(($(ms_since "$since") >= 200))
	cmp received <(printf abc)
}

@test "a listener takes them, for one client and for many" {
	listener --escape 127.0.0.1 <<<'\x41\n\c'
	ncx -d 127.0.0.1 "$PORT" >received
	cmp received <(echo A)
	listener -k --hex 127.0.0.1 <<<'42 0a'
	ncx -d 127.0.0.1 "$PORT" >received
	cmp received <(echo B)
	listener -k --escape --crlf 127.0.0.1 <<<'C\nD'
	ncx -d 127.0.0.1 "$PORT" >received
	cmp received <(printf 'C\nD\r\n')
}

@test "what is wrong there ends it" {
	listener -k --hex 127.0.0.1 <<<'4x'
	ncx -d 127.0.0.1 "$PORT" >received || :
	finished "$SERVER"
	[ "$STATUS" -eq 6 ]
	await server.err '^ncx: read'
	[ "$LINE" = 'ncx: read from stdin failed: line 1: "4x": expected pairs of hexadecimal digits such as 0d 0a' ]
}

@test "a broker and a chat take them" {
	listener --broker --escape 127.0.0.1 < <(printf '%s' 'to all\x21\n\c')
	start ncx -d 127.0.0.1 "$PORT" >received
	await received '^to all!$'
	listener --chat --escape 127.0.0.1 <<<'two\nlines'
	start ncx -d 127.0.0.1 "$PORT" >heard
	await heard '^<user0> lines$'
	grep -q '^<user0> two$' heard
}

@test "what comes back is not touched" {
	listener 127.0.0.1 < <(printf '%s\n' '\x41' '41') >/dev/null
	ncx --escape 127.0.0.1 "$PORT" </dev/null >received
	cmp received <(printf '%s\n' '\x41' '41')
}

@test "options that leave no stdin, or take it in another way" {
	for other in --hex --exec=cat --sh-exec=cat --recv-only --scan; do
		run -2 ncx --escape "$other" 127.0.0.1 1
	done
	for other in --crlf --exec=cat --recv-only --scan; do
		run -2 ncx --hex "$other" 127.0.0.1 1
	done
	says 2 'ncx: cannot use --hex and --chat' ncx --hex --chat 1
	says 2 'ncx: cannot use --escape and --inetd' ncx --escape --inetd
}
