#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# passfd.bats - -F makes a connection and hands it over
load helper

# takes WORDS...: ncx -F with a Unix socket as its stdout; what came there is in
# taken, and what the peer sent in answer to our stdin.
takes() {
	start "${NETWORK[@]}" "$BATS_TEST_DIRNAME/peers.py" fd ncx -F "$@" \
		>taken 2>taken.err
	finished "$!"
	[ "$STATUS" -eq 0 ]
	[ ! -s taken.err ]
}

# What is taken: one NUL with one descriptor, in blocking mode; then the bytes
handed_over() {
	diff taken <(printf "message b'\\\\x00' rest b'' fds 1 status 0\nblocking True\n" &&
		cat "$@")
}

@test "-F hands over a connected socket, and bytes flow on it" {
	head -c 100000 /dev/urandom >theirs
	for host in 127.0.0.1 ::1; do
		listener "$host" <theirs >server.out
		takes "$host" "$PORT" <<<ours
		finished "$SERVER"
		[ "$STATUS" -eq 0 ]
		handed_over theirs
		[ "$(<server.out)" = ours ]
		[ "$(grep -c '^Connection received' server.err)" -eq 1 ]
	done
}

@test "-F reads no stdin" {
	listener 127.0.0.1 </dev/null >server.out
	takes 127.0.0.1 "$PORT" <<<'only the receiver reads this'
	finished "$SERVER"
	[ "$(<server.out)" = 'only the receiver reads this' ]
}

@test "-F leaves to the receiver what a server says first" {
	network early
	start "${NETWORK[@]}" ncx -lvn 127.0.0.1 22 <<<'SSH-2.0-test' 2>server.err
	await server.err '^Listening on'
	takes 127.0.0.1 22 <<<'SSH-2.0-receiver'
	handed_over - <<<'SSH-2.0-test'
}

@test "-F takes the first of several ports" {
	listener 127.0.0.1 <<<hello
	start "$BATS_TEST_DIRNAME/peers.py" fd ncx -F 127.0.0.1 1,"$PORT" \
		</dev/null >taken 2>taken.err
	finished "$!"
	handed_over - <<<hello
	[ "$(<taken.err)" = 'ncx: connect to 127.0.0.1 port 1 (tcp) failed: Connection refused' ]
}

@test "-F over UDP" {
	network datagrams
	start "${NETWORK[@]}" ncx -lnuv 127.0.0.1 5001 \
		<<<answer >server.out 2>server.err
	await server.err '^Bound on'
	takes -u 127.0.0.1 5001 <<<question
	handed_over - <<<answer
	await server.out '^question$'
}

@test "-F through a proxy: nothing of the target's is lost" {
	printf '\5\0\5\0\0\1\0\0\0\0\0\0banner\n' >said
	listener 127.0.0.1 <said >server.out
	takes -x "127.0.0.1:$PORT" host.example 80 <<<ours
	handed_over - <<<banner
	finished "$SERVER"
	[[ $(tail -c 7 server.out | od -An -c) == *'\0'*'P'*o*u*r*s* ]]
	printf 'HTTP/1.1 200 OK\r\n\r\nbanner\n' >said
	listener 127.0.0.1 <said >server.out
	takes -X connect -x "127.0.0.1:$PORT" host.example 80 <<<ours
	handed_over - <<<banner
	finished "$SERVER"
	[ "$(tail -n 1 server.out)" = ours ]
}

@test "-F waits for a proxy's yes" {
	printf '\5\0\5\5\0\1\0\0\0\0\0\0' >said
	listener 127.0.0.1 <said
	run -8 ncx -F -x "127.0.0.1:$PORT" host.example 80
	[ "$output" = "ncx: connect to host.example port 80 (tcp) through proxy 127.0.0.1 port $PORT (socks5) failed: Connection refused" ]
}

@test "-F --retry, and -w" {
	network later
	start "${NETWORK[@]}" "$BATS_TEST_DIRNAME/peers.py" fd \
		ncx -F -vv --retry forever --retry-delay 20ms 127.0.0.1 5001 \
		</dev/null >taken 2>taken.err
	CLIENT=$!
	await taken.err 'refused$'
	start "${NETWORK[@]}" ncx -l 127.0.0.1 5001 <<<hello
	finished "$CLIENT"
	handed_over - <<<hello
	run -4 "${NETWORK[@]}" ncx -F --retry forever -w 300ms 127.0.0.1 5001
}

@test "-F and a connection that fails" {
	says 1 'ncx: connect to 127.0.0.1 port 1 (tcp) failed: Connection refused' \
		ncx -F 127.0.0.1 1
	says 3 'ncx: lookup of "no.name" failed: Name or service not known' \
		ncx -F -n no.name 1
}

@test "-F and a stdout that takes no descriptor" {
	listener -k 127.0.0.1 </dev/null
	for out in file /dev/null >(cat); do
		: >file
		run -6 sh -c 'ncx -F 127.0.0.1 "$1" 2>&1 >"$2"' - "$PORT" "$out"
		[ "$output" = 'ncx: sendmsg to stdout failed: Socket operation on non-socket' ]
	done
	run -6 ncx -F 127.0.0.1 "$PORT"
	[ "$output" = 'ncx: sendmsg to stdout failed: Socket operation on non-socket' ]
}

@test "-F and a terminal: before there is a connection" {
	listener -k 127.0.0.1 </dev/null >server.out
	run -2 script -qec "ncx -F 127.0.0.1 $PORT" /dev/null </dev/null
	[ "${output%$'\r'}" = 'ncx: Cannot pass file descriptor to tty' ]
	ncx 127.0.0.1 "$PORT" <<<first
	await server.out '^first$'
	[ "$(grep -c '^Connection received' server.err)" -eq 1 ]
}

@test "-F with options that it excludes" {
	says 2 'ncx: cannot use -F and -U' ncx -FU sock
	says 2 'ncx: cannot use -F and -l' ncx -Fl 1
	says 2 'ncx: cannot use -z and -F' ncx -Fz 127.0.0.1 1
}
