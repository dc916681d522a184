#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# limits.bats - --until, --max-bytes and --max-time: what ends a session, when
# and with which status
load tls

# not_come PORT: what is said where the text of --until was not received
not_come() {
	echo "ncx: receive from 127.0.0.1 port $1 (tcp) failed: Ended before the text of --until came"
}

# talker WORD...: a listener that says the words, one a write, and goes on
talker() {
	start python3 "$BATS_TEST_DIRNAME/peers.py" server "$@" >talker.out
	await talker.out '^port ([0-9]+)$'
	PORT=${BASH_REMATCH[1]}
}

# datagrams_from_listener OPTION...: what is written to 8 comes to a client that
# has begun with a datagram of six bytes; its $! is $CLIENT
datagrams_from_listener() {
	fifo in 8
	fifo in2 9
	listener -u 127.0.0.1 <in >server.out
	: >got
	start ncx -u "$@" 127.0.0.1 "$PORT" <in2 >got
	CLIENT=$!
	echo begin >&9
	await server.err '^Connection received'
}

# seven_of_ten: a client that sends seven bytes of ten and has the
# reply of a listener, which are all there are
seven_of_ten() {
	listener 127.0.0.1 <<<reply >server.out
	says 0 reply ncx --max-bytes 7 127.0.0.1 "$PORT"
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
	[ "$(<server.out)" = 0123456 ]
}

@test "--until ends behind the text, which may be anywhere in what comes" {
	talker say:one say:two 'say:OK three' eof end
	ncx -d --until OK 127.0.0.1 "$PORT" >got
	cmp got <(printf 'one\ntwo\nOK')
	await talker.out '^eof$'
}

@test "--until takes C escapes, and finds what comes in pieces" {
	fifo in 8
	listener 127.0.0.1 <in
	start ncx -d --until '\r\n\x2e\r\n' 127.0.0.1 "$PORT" >got
	CLIENT=$!
	printf 'text\r\n' >&8
	await got '^text'
	printf '..\r\n.\r' >&8
	await got '[.][.]$' $'\r'
	printf '\nbehind' >&8
	finished "$CLIENT"
	[ "$STATUS" -eq 0 ]
	cmp got <(printf 'text\r\n..\r\n.\r\n')
}

@test "--until lets what was typed be sent, and the peer be told" {
	talker 'hear:hello' 'say:greetings' eof
	ncx --until greet 127.0.0.1 "$PORT" <<<hello >got
	[ "$(<got)" = greet ]
	await talker.out '^eof$'
}

@test "--until and a peer that ends before: status 5" {
	listener -N 127.0.0.1 < <(printf 'all but th')
	says 5 "$(not_come "$PORT")all but th" ncx -d --until 'the text' 127.0.0.1 "$PORT"
	listener -N 127.0.0.1 < <(:)
	says 5 "$(not_come "$PORT")" ncx -d --until 'the text' 127.0.0.1 "$PORT"
}

@test "--until and another limit before: status 5, and 4 after silence" {
	listener 127.0.0.1 < <(echo 0123456789)
	says 5 "$(not_come "$PORT")01234" ncx -d --until 7 --max-bytes 5 127.0.0.1 "$PORT"
	fifo in 8
	listener 127.0.0.1 <in
	says 4 "$(not_come "$PORT")" ncx -d --until 7 -w 100ms 127.0.0.1 "$PORT"
}

@test "--until looks at what -t leaves" {
	listener 127.0.0.1 < <(printf 'lo\377\373\001gin: \377\375\001more')
	ncx -t --until 'login: ' 127.0.0.1 "$PORT" </dev/null >got
	cmp got <(printf 'login: ')
}

@test "--until over TLS" {
	certified server < <(seq 100000)
	ncx -d --tls --tls-ca "$PKI/root.crt" --until $'\n4321\n' 127.0.0.1 "$PORT" >got
	cmp got <(seq 4321)
}

@test "--until over UDP, across datagrams too" {
	datagrams_from_listener --until 'two three'
	printf 'one two ' >&8
	await got '^two' ' '
	printf 'three four' >&8
	finished "$CLIENT"
	[ "$STATUS" -eq 0 ]
	[ "$(<got)" = 'one two three' ]
}

@test "--until of a listener is each client's, and -v names it" {
	listener -k --until bye 127.0.0.1 </dev/null >server.out
	for name in ann bob; do
		echo "I am $name, bye, and more" | ncx 127.0.0.1 "$PORT"
		await server.err "closed after .*, ended by --until\$"
	done
	ncx 127.0.0.1 "$PORT" <<<'I am cy'
	await server.err 'port .* failed: Ended before the text of --until came'
	cmp server.out <(printf 'I am ann, byeI am bob, byeI am cy\n')
	[ "$(grep -c ' closed after .*, ended by --until$' server.err)" -eq 2 ]
}

@test "--until of a listener is not about the input that all hear" {
	listener -k --until END 127.0.0.1 < <(echo input) >server.out
	fifo in 8
	start ncx 127.0.0.1 "$PORT" <in >reply
	CLIENT=$!
	await reply '^input$'
	printf 'all END' >&8
	exec 8>&-
	finished "$CLIENT"
	[ "$STATUS" -eq 0 ]
	says 0 '' ncx 127.0.0.1 "$PORT" <<<END
	[ "$(<server.out)" = 'all ENDEND' ]
	run ! grep failed server.err
}

@test "--until wants a text, and somebody who hears it" {
	says 2 'ncx: --until "": expected a text of at least one byte' ncx --until '' h 1
	says 2 'ncx: --until "\q": expected a C escape such as \n or \x1b' ncx --until 'a\q' h 1
	says 2 'ncx: cannot use --until and --send-only' ncx --until OK --send-only h 1
}

@test "--max-bytes sends just as much, of a file, a pipe, and reads the reply" {
	printf 0123456789 >ten
	seven_of_ten <ten
	seven_of_ten < <(cat ten)
}

@test "--max-bytes leaves the rest of a file to who reads it next" {
	printf 0123456789 >ten
	listener 127.0.0.1 </dev/null >server.out
	{
		ncx --max-bytes 7 127.0.0.1 "$PORT"
		cat >rest
	} <ten
	finished "$SERVER"
	[ "$(<server.out) $(<rest)" = '0123456 789' ]
}

@test "--max-bytes ends an input that never ends, over TCP and TLS" {
	listener 127.0.0.1 </dev/null >server.out
	ncx --max-bytes 3m 127.0.0.1 "$PORT" < <(yes)
	finished "$SERVER"
	cmp server.out <(yes | head -c 3145728)
	certified server </dev/null >server.out
	ncx --tls --tls-ca "$PKI/root.crt" --max-bytes 1000001 127.0.0.1 "$PORT" < <(yes)
	finished "$SERVER"
	cmp server.out <(yes | head -c 1000001)
}

@test "--max-bytes receives just as much, and is over" {
	listener 127.0.0.1 < <(yes)
	fifo in 8
	ncx --max-bytes 3m 127.0.0.1 "$PORT" <in >got
	cmp got <(yes | head -c 3145728)
	listener 127.0.0.1 < <(yes)
	ncx --max-bytes 1000001 127.0.0.1 "$PORT" <in | cat >got
	cmp got <(yes | head -c 1000001)
	certified server < <(yes)
	ncx --tls --tls-ca "$PKI/root.crt" --max-bytes 1000001 127.0.0.1 "$PORT" <in >got
	cmp got <(yes | head -c 1000001)
}

@test "--max-bytes that are just all there is, or more" {
	for most in 10 11; do
		listener 127.0.0.1 < <(printf 0123456789) >server.out
		says 0 0123456789 ncx --max-bytes "$most" 127.0.0.1 "$PORT" < <(printf abcdefghij)
		finished "$SERVER"
		[ "$STATUS $(<server.out)" = '0 abcdefghij' ]
	done
}

@test "--max-bytes counts what -C makes of the input" {
	listener 127.0.0.1 </dev/null >server.out
	ncx -C --max-bytes 7 127.0.0.1 "$PORT" < <(printf 'a\nb\nc\nd\n')
	finished "$SERVER"
	cmp server.out <(printf 'a\r\nb\r\nc')
}

@test "--max-bytes over UDP: a datagram is there as a whole, or not" {
	datagrams_from_listener --max-bytes 10
	printf 'seven. ' >&8
	await got '^seven.' ' '
	printf 'four' >&8
	finished "$CLIENT"
	[ "$STATUS" -eq 0 ]
	[ "$(<got)" = 'seven. ' ]
}

@test "--max-bytes of a listener is each client's, and what stdin says goes on" {
	fifo in 8
	: >server.out
	listener -k --max-bytes 6 127.0.0.1 <in >server.out
	start python3 "$BATS_TEST_DIRNAME/peers.py" client "$PORT" \
		hear:first say:sixth eof >full.out
	echo first >&8
	await full.out '^eof$'
	start python3 "$BATS_TEST_DIRNAME/peers.py" client "$PORT" \
		say:I hear:later >later.out
	await server.out '^I$'
	echo later >&8
	await later.out '^hear:later$'
	await server.err ' 6 bytes received, 6 sent, ended by --max-bytes$'
	cmp server.out <(printf 'sixth\nI\n')
}

@test "--max-time ends it with status 4, and has delivered what came" {
	fifo in 8
	listener 127.0.0.1 <in
	echo hello >&8
	run -4 --separate-stderr ncx --max-time 300ms 127.0.0.1 "$PORT" <in
	[ "$output" = hello ] || [ "$output" = '' ]
	[ "$stderr" = "ncx: transfer with 127.0.0.1 port $PORT (tcp) failed: --max-time of 300ms passed" ]
}

@test "--max-time ends what is busy, and is not for what is over in time" {
	listener 127.0.0.1 < <(yes)
	START=$EPOCHREALTIME
	STATUS=0
	ncx -d --max-time 1s 127.0.0.1 "$PORT" >/dev/null 2>client.err || STATUS=$?
	[ "$STATUS" -eq 4 ]
	[ "$(ms_since "$START")" -ge 1000 ]
	grep -q -- '--max-time of 1s passed$' client.err
	listener 127.0.0.1 </dev/null >server.out
	says 0 '' ncx --max-time 1m 127.0.0.1 "$PORT" <<<hello
}

@test "--max-time does not leave the fast path" {
	listener 127.0.0.1 </dev/null >/dev/null
	head -c 1m /dev/zero >zeroes
	ncx -vv --max-time 1m 127.0.0.1 "$PORT" < <(cat zeroes) 2>log
	grep -q ' (splice)$' log || { cat log && false; }
}

@test "--max-time of a listener is each client's, who is told by a reset" {
	listener -k --max-time 200ms 127.0.0.1 </dev/null >server.out
	for name in ann bob; do
		start python3 "$BATS_TEST_DIRNAME/peers.py" client "$PORT" "say:$name" broken
		finished $!
		[ "$STATUS" -eq 0 ]
	done
	await server.err 'closed after .*, ended by --max-time$'
	[ "$(grep -c 'failed: --max-time of 200ms passed$' server.err)" -eq 2 ]
	cmp server.out <(printf 'ann\nbob\n')
}

@test "--max-time ends a program, and the status is 4" {
	fifo in 8
	listener 127.0.0.1 <in
	run -4 ncx --max-time 200ms -e 'cat' 127.0.0.1 "$PORT"
}

@test "none of them with -z or -F" {
	for option in '--until=OK' '--max-bytes=1' '--max-time=1' '--rate=1'; do
		says 2 "ncx: cannot use ${option%=*} and -z" ncx "$option" -z h 1
		says 2 "ncx: cannot use ${option%=*} and -F" ncx "$option" -F h 1
	done
}
