#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# story.bats - what -vv tells of a session, and in which order
load helper
load story

# A length of time, or a number
ANY='[0-9.]+'

# answering [OPTION...]: a listener that answers hello once it has heard all.
answering() {
	listener -vv -c 'cat >got; echo hello' "$@"
}

@test "a client: from the SYN to the last FIN" {
	answering 127.0.0.1
	run -0 --separate-stderr ncx -vv 127.0.0.1 "$PORT" <<<question
	[ "$output" = hello ]
	cat <<<"$stderr" >steps
	told steps "trying 127\.0\.0\.1 port $PORT \(a SYN is sent\)" \
		"connected to 127\.0\.0\.1 port $PORT from 127\.0\.0\.1 port [0-9]+ in $ANY ms \(SYN, SYN-ACK, ACK\)" \
		"bytes may flow, $ANY ms after we began" \
		'we have sent our first bytes: 9 bytes' \
		'end of our input, after 9 bytes' \
		'our FIN: we send no more, after 9 bytes' \
		"all 9 bytes are acknowledged by the peer's system" \
		"the session is over after $ANY s: ended by us; sent 9, received 6 bytes"
	told steps 'our FIN: .*' 'the peer has sent its first bytes: 6 bytes' \
		'their FIN: the peer sends no more, after 6 bytes' \
		'our output has all 6 bytes of the peer' 'the session is over .*'
	silent_about steps look
	silent_about steps '['
}

@test "a listener: from the handshake to the last FIN" {
	answering 127.0.0.1
	ncx 127.0.0.1 "$PORT" <<<question
	finished "$SERVER"
	told server.err 'waiting for somebody to connect' \
		"127\.0\.0\.1 [0-9]+: connection accepted: the system has done the handshake \(SYN, SYN-ACK, ACK\)" \
		'the listening socket is closed: one is enough' \
		'started /bin/sh as process [0-9]+' \
		"bytes may flow, $ANY ms after the client came" \
		'the peer has sent its first bytes: 9 bytes' \
		'their FIN: the peer sends no more, after 9 bytes' \
		'the program has all 9 bytes of the peer' \
		'we have sent our first bytes: 6 bytes' \
		'end of the output of the program, after 6 bytes' \
		'our FIN: we send no more, after 6 bytes' \
		'the session is over .*: ended by the peer; sent 6, received 9 bytes'
	told server.err 'the program \(process [0-9]+\) has ended with status 0'
}

@test "the time is since the start, and never goes back" {
	fifo in 8
	listener 127.0.0.1 <in
	run -4 --separate-stderr ncx -vv --idle-timeout 200ms 127.0.0.1 "$PORT" <in
	sed -nE 's/^ncx: ([0-9]+\.[0-9]{6})s .*/\1/p' <<<"$stderr" >stamps
	sort -c -n stamps
	awk 'END { exit $1 < 0.2 }' stamps
}

@test "refused" {
	run --separate-stderr -1 ncx -vv 127.0.0.1 1
	cat <<<"$stderr" >steps
	told steps 'trying 127\.0\.0\.1 port 1 \(a SYN is sent\)' \
		"127\.0\.0\.1 port 1 after $ANY ms: refused: nobody listens there, says its system by a reset \(RST\)" \
		'no session came of it: status 1'
	grep -qFx 'ncx: connect to 127.0.0.1 port 1 (tcp) failed: Connection refused' steps
}

@test "--retry" {
	run --separate-stderr -1 ncx -vv --retry 1 --retry-delay 7ms 127.0.0.1 1
	cat <<<"$stderr" >steps
	told steps 'trying .*' '.*: refused: .*' 'again in [0-9]+ ms \(--retry\)' \
		'trying .*' '.*: refused: .*' 'no session came of it: status 1'
}

@test "half-close: our FIN long before theirs" {
	fifo in 8
	listener 127.0.0.1 <in >server.out
	: >client.out
	start ncx -vv 127.0.0.1 "$PORT" <<<question >client.out 2>client.err
	CLIENT=$!
	await client.err 'acknowledged by'
	silent_about client.err 'their FIN'
	echo hello >&8
	await client.out hello
	silent_about client.err 'their FIN'
	exec 8>&-
	finished "$CLIENT"
	told client.err 'our FIN: .* after 9 bytes' "all 9 bytes are .*" \
		'the peer has sent its first bytes: 6 bytes' \
		'their FIN: .* after 6 bytes' 'the session is over .*'
}

@test "their FIN first: our input goes on, or had nothing to say" {
	listener -k 127.0.0.1 <<<hello
	fifo in 8
	start ncx -vv 127.0.0.1 "$PORT" <in 2>client.err
	local client=$!
	await client.err 'sent its first bytes'
	kill "$(program "$SERVER")"
	await client.err 'their FIN'
	finished "$client"
	told client.err 'their FIN: .* after 6 bytes' \
		'our input had nothing to say to that \(--linger\)' \
		'our input is not read any more, after 0 bytes' \
		'our FIN: we send no more, after 0 bytes' 'the session is over .*'
}

@test "-d, --no-shutdown, -q and -W say what they do" {
	listener -k -c 'echo a; read b; echo c' 127.0.0.1
	run -0 --separate-stderr ncx -vv -d 127.0.0.1 "$PORT" -W 1
	cat <<<"$stderr" >steps
	told steps 'the peer is not read any more, after 2 bytes: --recv-limit'
	told steps 'there is no input to send'
	run -0 --separate-stderr ncx -vv --no-shutdown 127.0.0.1 "$PORT" <<<b
	cat <<<"$stderr" >steps
	told steps 'end of our input, after 2 bytes' \
		'no FIN from us, though we send no more, after 2 bytes'
	fifo in 8
	listener 127.0.0.1 <in
	run -0 --separate-stderr ncx -vv -q 1ms 127.0.0.1 "$PORT" </dev/null
	cat <<<"$stderr" >steps
	told steps 'end of our input, after 0 bytes' \
		'we leave so long after our last word \(--quit-after\)' \
		'the session is over .*'
}

@test "a reset by the peer, and what it means" {
	fifo in 8
	listener -vv 127.0.0.1 <in >server.out
	timeout "$LIMIT" "$BATS_TEST_DIRNAME/peers.py" client "$PORT" say:abc reset
	finished "$SERVER"
	[ "$STATUS" -eq 5 ]
	told server.err 'bytes may flow, .*' \
		"a reset \(RST\) has come: the peer's system knows this connection no more, and drops what is on its way" \
		"the session is over after $ANY s: Connection reset by peer; sent 0, received [0-9]+ bytes"
	[ "$(grep -c 'RST) has come' server.err)" -eq 1 ]
}

@test "a reset of ours: what was sent is not all there was" {
	fifo in 8
	listener -vv --idle-timeout 100ms 127.0.0.1 <in >server.out
	start ncx 127.0.0.1 "$PORT" <in 2>client.err
	finished "$SERVER"
	[ "$STATUS" -eq 4 ]
	told server.err 'bytes may flow, .*' \
		'the session is over .*: silent for too long; sent 0, received 0 bytes; our reset \(RST\) says that it is not whole'
}

@test "a signal" {
	fifo in 8
	listener 127.0.0.1 <in
	start ncx -vv 127.0.0.1 "$PORT" <in 2>client.err
	CLIENT=$!
	await client.err 'bytes may flow'
	kill -INT "$(program "$CLIENT")"
	finished "$CLIENT"
	[ "$STATUS" -eq 130 ]
	told client.err 'bytes may flow, .*' 'signal 2 \(Interrupt\) ends us' \
		'the session is over .*: cut off; sent 0, received 0 bytes'
}

@test "many clients: each line says whose it is" {
	local ports first second
	answering -k 127.0.0.1
	ncx 127.0.0.1 "$PORT" <<<one
	ncx 127.0.0.1 "$PORT" <<<three
	await server.err '\[2 .* the session is over'
	mapfile -t ports < <(sed -n 's/^Connection received on 127.0.0.1 //p' server.err)
	first=${ports[0]} second=${ports[1]}
	told server.err "\[127\.0\.0\.1 $first\] connection accepted: .*" \
		"\[127\.0\.0\.1 $first\] started /bin/sh as process [0-9]+" \
		"\[1 127\.0\.0\.1 $first\] bytes may flow, .*" \
		"\[1 127\.0\.0\.1 $first\] the peer has sent its first bytes: 4 bytes" \
		"\[1 127\.0\.0\.1 $first\] their FIN: .* after 4 bytes" \
		"\[1 127\.0\.0\.1 $first\] our FIN: .* after 6 bytes" \
		"\[1 127\.0\.0\.1 $first\] the session is over .*"
	told server.err "\[127\.0\.0\.1 $second\] connection accepted: .*" \
		"\[2 127\.0\.0\.1 $second\] their FIN: .* after 6 bytes" \
		"\[2 127\.0\.0\.1 $second\] the session is over .*"
	[ "$(sed -nE 's/^ncx: [0-9.]+s //p' server.err | grep -vc '^\[')" -eq 1 ]
}

@test "--relay: both connections of a client, under one name" {
	answering 127.0.0.1
	local target=$PORT
	mv server.err target.err
	listener -vv -k --relay "127.0.0.1:$target" 127.0.0.1
	ncx 127.0.0.1 "$PORT" <<<question
	await server.err 'the session is over'
	told server.err '\[127.* connection accepted: .*' \
		"\[127.* trying 127\.0\.0\.1 port $target .*" \
		"\[127.* connected to 127\.0\.0\.1 port $target from .*" \
		'\[1 127.* bytes may flow, .*' \
		'\[1 127.* the target has all 9 bytes of the peer' \
		'\[1 127.* end of what the target says, after 6 bytes' \
		'\[1 127.* our FIN: .*' '\[1 127.* the session is over .*'
}

@test "a proxy is asked, and answers" {
	printf 'HTTP/1.1 200 fine\r\n\r\nhello' >said
	listener 127.0.0.1 <said
	run -0 --separate-stderr ncx -vv -X connect -x "127.0.0.1:$PORT" host.example 80 </dev/null
	cat <<<"$stderr" >steps
	told steps "trying 127\.0\.0\.1 port $PORT .*" \
		"connected to 127\.0\.0\.1 port $PORT from .*" \
		'asking the proxy for host\.example port 80 \(http\)' \
		"the proxy says yes in $ANY ms" 'bytes may flow, .*' \
		'the peer has sent its first bytes: 5 bytes'
	printf '\5\0\5\5\0\1\0\0\0\0\0\0' >said
	listener 127.0.0.1 <said
	run ncx -vv -x "127.0.0.1:$PORT" host.example 80 </dev/null
	cat <<<"$output" >steps
	told steps 'asking the proxy for host\.example port 80 \(socks5\)' \
		"the proxy says no in $ANY ms" 'no session came of it: status [0-9]'
}

@test "UDP has datagrams, and no FIN" {
	listener -u -vv -W 1 127.0.0.1 <<<'a reply'
	run -0 --separate-stderr ncx -u -vv -W 1 127.0.0.1 "$PORT" <<<question
	cat <<<"$stderr" >steps
	told steps "trying 127\.0\.0\.1 port $PORT \(UDP: nothing is sent for that\)" \
		"127\.0\.0\.1 port $PORT is the peer of our socket, 127\.0\.0\.1 port [0-9]+" \
		'we have sent our first datagram: 9 bytes' \
		'the peer has sent its first datagram: 8 bytes' \
		'the session is over .*: ended by --recv-limit; sent 9, received 8 bytes'
	told steps 'we send no more, after 9 bytes; datagrams have no end to tell'
	silent_about steps FIN
	finished "$SERVER"
	told server.err 'waiting for a datagram' \
		'127\.0\.0\.1 [0-9]+: its first datagram is here' 'bytes may flow, .*'
	silent_about server.err FIN
}

@test "UDP: nobody is there, says an ICMP message" {
	run -5 ncx -u -vv 127.0.0.1 1 <<<question
	cat <<<"$output" >steps
	told steps 'we have sent our first datagram: 9 bytes' \
		"an ICMP message has come: nobody listens at the peer's port" \
		'the session is over .*: Connection refused; sent 9, received 0 bytes'
}

@test "a Unix socket has an end, and no FIN" {
	start ncx -lUvv -c 'cat >got; echo hello' sock 2>server.err
	SERVER=$!
	await server.err '^Listening on sock$'
	run -0 --separate-stderr ncx -Uvv sock <<<question
	finished "$SERVER"
	cat <<<"$stderr" >steps
	told steps 'trying sock' "connected to sock in $ANY ms" \
		'our end: we send no more, after 9 bytes' \
		'their end: the peer sends no more, after 6 bytes' \
		'the session is over .*'
	told server.err 'sock: connection accepted' \
		'their end: the peer sends no more, after 9 bytes' \
		'our end: we send no more, after 6 bytes'
	for file in steps server.err; do
		silent_about "$file" FIN
		silent_about "$file" SYN
	done
}

@test "no line per read, and the fast path stays" {
	head -c 20000000 /dev/zero >file
	listener -vv 127.0.0.1 </dev/null >/dev/null
	ncx 127.0.0.1 "$PORT" <file
	finished "$SERVER"
	told server.err 'the peer has sent its first bytes: [0-9]+ bytes' \
		'what we receive is moved inside the system, without a copy by us \(splice\)' \
		'their FIN: the peer sends no more, after 20000000 bytes'
	[ "$(wc -l <server.err)" -lt 16 ]
}

@test "whatever a name has in it stays one line" {
	run ncx -vv $'a\e[31m\nb' 80
	[[ $output != *$'\e'* ]]
	[ "${#lines[@]}" -eq "$(grep -c '^ncx: ' <<<"$output")" ]
}
