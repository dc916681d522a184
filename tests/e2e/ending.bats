#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# ending.bats - when a session ends, and that it ends without a loss
load helper

# What ncx asks of the system shows in the file trace; what it does at once has
# been written there before the first byte arrives.
traced() {
	start strace -E ASAN_OPTIONS=detect_leaks=0 -o trace -e trace=shutdown,accept4,connect "$@"
}

@test "at the end of input a client ends its direction and reads the reply" {
	mkfifo back
	start sh -c 'ncx -l -v -n 127.0.0.1 0 <back | sort >back' 2>server.err
	SERVER=$!
	await server.err '^Listening on 127.0.0.1 ([0-9]+)$'
	run -0 ncx 127.0.0.1 "${BASH_REMATCH[1]}" < <(printf 'b\na\n')
	[ "$output" = $'a\nb' ]
	finished "$SERVER"
}

@test "at the end of input a listener ends its direction and reads the reply" {
	mkfifo back
	listener 127.0.0.1 < <(printf 'b\na\n') >server.out
	start sh -c 'ncx 127.0.0.1 "$1" <back | sort >back' - "$PORT"
	finished $!
	[ "$STATUS" -eq 0 ]
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
	[ "$(<server.out)" = $'a\nb' ]
}

@test "a listener with /dev/null for input sends no early FIN" {
	fifo in 8
	traced ncx -l -v -n 127.0.0.1 0 </dev/null >server.out 2>server.err
	SERVER=$!
	await server.err '^Listening on 127.0.0.1 ([0-9]+)$'
	start ncx 127.0.0.1 "${BASH_REMATCH[1]}" <in
	echo here >&8
	await server.out '^here$'
	run -1 grep -q '^shutdown' trace
	exec 8>&-
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
	grep -q '^shutdown(.*SHUT_WR) *= 0' trace
}

@test "a listener whose input was closed at the start sends no early FIN" {
	fifo in 8
	start sh -c 'exec strace -E ASAN_OPTIONS=detect_leaks=0 -o trace -e trace=shutdown \
		ncx -l -v -n 127.0.0.1 0 <&-' >server.out 2>server.err
	SERVER=$!
	await server.err '^Listening on 127.0.0.1 ([0-9]+)$'
	start ncx 127.0.0.1 "${BASH_REMATCH[1]}" <in
	echo here >&8
	await server.out '^here$'
	run -1 grep -q '^shutdown' trace
	exec 8>&-
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
	grep -q '^shutdown(.*SHUT_WR) *= 0' trace
}

@test "a client with /dev/null for input ends its direction at once" {
	fifo in 8
	start sh -c 'ncx -lvn 127.0.0.1 0 | { cat; echo ended; }' \
		<in >server.out 2>server.err
	await server.err '^Listening on 127.0.0.1 ([0-9]+)$'
	start ncx 127.0.0.1 "${BASH_REMATCH[1]}" </dev/null >client.out
	await server.out '^ended$'
	echo 'one more thing' >&8
	await client.out '^one more thing$'
}

@test "a client whose input is closed reads the reply and reflects nothing" {
	listener 127.0.0.1 <<<'from the server' >server.out
	run -0 sh -c 'ncx 127.0.0.1 "$1" <&-' - "$PORT"
	[ "$output" = 'from the server' ]
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
	[ ! -s server.out ]
}

@test "-d leaves the input to others" {
	listener 127.0.0.1 <<<'from the server' >server.out
	run -0 sh -c 'ncx -d 127.0.0.1 "$1" && cat' - "$PORT" <<<'for cat'
	[ "$output" = $'from the server\nfor cat' ]
	finished "$SERVER"
	[ ! -s server.out ]
}

@test "--recv-only is -d, and a listener knows it as well" {
	listener --recv-only 127.0.0.1 <<<'not sent' >server.out
	run -0 ncx 127.0.0.1 "$PORT" <<<'from the client'
	[ -z "$output" ]
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
	[ "$(<server.out)" = 'from the client' ]
}

@test "-d alone does not end our direction before the peer does" {
	fifo in 8
	listener 127.0.0.1 <in >server.out
	traced ncx -d 127.0.0.1 "$PORT" >client.out
	local client=$!
	echo here >&8
	await client.out '^here$'
	run -1 grep -q '^shutdown' trace
	exec 8>&-
	finished "$client"
	[ "$STATUS" -eq 0 ]
	grep -q '^connect' trace
}

@test "-d -N ends our direction at once and goes on reading" {
	fifo in 8
	start sh -c 'ncx -lvn 127.0.0.1 0 | { cat; echo ended; }' \
		<in >server.out 2>server.err
	await server.err '^Listening on 127.0.0.1 ([0-9]+)$'
	start ncx -d -N 127.0.0.1 "${BASH_REMATCH[1]}" >client.out
	local client=$!
	await server.out '^ended$'
	echo late >&8
	await client.out '^late$'
	exec 8>&-
	finished "$client"
	[ "$STATUS" -eq 0 ]
}

@test "--no-shutdown keeps our direction open at the end of input" {
	fifo in 8
	listener 127.0.0.1 <in >server.out
	traced ncx --no-shutdown 127.0.0.1 "$PORT" <<<hello >client.out
	local client=$!
	await server.out '^hello$'
	echo welcome >&8
	await client.out '^welcome$'
	exec 8>&-
	finished "$client"
	[ "$STATUS" -eq 0 ]
	run -1 grep '^shutdown' trace
}

@test "the default, and -N, end it" {
	for option in -v -N --shutdown; do
		listener 127.0.0.1 <<<'from the server' >server.out
		traced ncx "$option" 127.0.0.1 "$PORT" <<<hello >client.out 2>err
		finished $!
		[ "$STATUS" -eq 0 ]
		grep '^shutdown(.*SHUT_WR) *= 0' trace
	done
}

# at_terminal SCRIPT: run it by a shell whose stdin is a terminal where nobody
# types.
at_terminal() {
	[ -p nobody ] || fifo nobody 9
	start script -qec "$1" /dev/null <nobody >screen
}

@test "at a terminal the session ends with the peer, at once" {
	listener 127.0.0.1 <<<'from the server' >server.out
	at_terminal "ncx --linger 1h 127.0.0.1 $PORT"
	finished $!
	[ "$STATUS" -eq 0 ]
	grep -q '^from the server' screen
}

@test "at a terminal a listener ends with its client, at once" {
	: >server.err
	at_terminal 'ncx --linger 1h -lvn 127.0.0.1 0 2>server.err'
	local server=$!
	await server.err '^Listening on 127.0.0.1 ([0-9]+)$'
	ncx 127.0.0.1 "${BASH_REMATCH[1]}" <<<'from the client'
	finished "$server"
	[ "$STATUS" -eq 0 ]
	grep -q '^from the client' screen
}

@test "a silent input gets --linger after the peer's end, and no more" {
	fifo in 8
	listener 127.0.0.1 <<<'from the server' >server.out
	local begin=$EPOCHREALTIME took
	run -0 ncx --linger 300ms 127.0.0.1 "$PORT" <in
	took=$(ms_since "$begin")
	[ "$output" = 'from the server' ]
	((took >= 300 && took < 20000))
}

@test "--linger is a second if nothing else is said" {
	fifo in 8
	listener 127.0.0.1 <<<'from the server' >server.out
	local begin=$EPOCHREALTIME took
	run -0 ncx 127.0.0.1 "$PORT" <in
	took=$(ms_since "$begin")
	((took >= 1000 && took < 20000))
}

@test "a word during --linger makes the session go on" {
	fifo in 8
	listener 127.0.0.1 <<<'from the server' >server.out
	start ncx --linger 1h 127.0.0.1 "$PORT" <in >client.out
	local client=$!
	await client.out '^from the server$'
	for i in 1 2 3; do
		echo "answer $i" >&8
		await server.out "^answer $i\$"
	done
	kill -0 "$client"
	exec 8>&-
	finished "$client"
	[ "$STATUS" -eq 0 ]
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
}

@test "input that has spoken is sent to its end after the peer's end" {
	fifo in 8
	listener 127.0.0.1 <in >server.out
	fifo in2 9
	start sh -c 'ncx --linger 1ms 127.0.0.1 "$1" | { cat; echo ended; }' \
		- "$PORT" <in2 >client.out
	echo first >&9
	await server.out '^first$'
	echo second >&8
	exec 8>&-
	await client.out '^ended$'
	echo third >&9
	await server.out '^third$'
	exec 9>&-
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
}

@test "a peer that said nothing and ended still gets our input" {
	fifo in 8
	start sh -c 'ncx --linger 1ms -lvn 127.0.0.1 0 |
		{ cat; echo ended; }' <in >server.out 2>server.err
	await server.err '^Listening on 127.0.0.1 ([0-9]+)$'
	start ncx 127.0.0.1 "${BASH_REMATCH[1]}" </dev/null >client.out
	local client=$!
	await server.out '^ended$'
	echo 'as ordered' >&8
	exec 8>&-
	finished "$client"
	[ "$(<client.out)" = 'as ordered' ]
}

@test "-q leaves so long after the end of input, whatever the peer does" {
	fifo in 8
	listener 127.0.0.1 <in >server.out
	local begin=$EPOCHREALTIME took
	run -0 ncx -q 0.4 127.0.0.1 "$PORT" <<<hello
	took=$(ms_since "$begin")
	((took >= 400 && took < 20000))
	finished "$SERVER"
	[ "$(<server.out)" = hello ]
}

@test "-q delivers what arrives until then" {
	fifo in 8
	listener -i 100ms 127.0.0.1 <in >server.out
	printf '%s\n' one two three >&8
	run -0 ncx -q 1.5 127.0.0.1 "$PORT" <<<hello
	[ "$output" = $'one\ntwo\nthree' ]
}

@test "-q 0 leaves when all is sent and acknowledged" {
	head -c 20000000 /dev/urandom >big
	fifo in 8
	fifo out 9
	listener 127.0.0.1 <in >out
	start ncx -q 0 127.0.0.1 "$PORT" <big
	local client=$!
	await server.err '^Connection received'
	start cat <out >copy
	local copier=$!
	exec 9>&-
	finished "$client"
	[ "$STATUS" -eq 0 ]
	exec 8>&-
	finished "$SERVER"
	finished "$copier"
	cmp big copy
}

@test "a negative -q never leaves before the peer has ended" {
	fifo in 8
	listener 127.0.0.1 <in >server.out
	start ncx -q -1 127.0.0.1 "$PORT" <<<hello >client.out
	local client=$!
	await server.out '^hello$'
	echo welcome >&8
	await client.out '^welcome$'
	echo 'and more' >&8
	await client.out '^and more$'
	exec 8>&-
	finished "$client"
	[ "$STATUS" -eq 0 ]
}

@test "-w leaves after so much silence with status 0, as nc" {
	fifo in 8
	fifo in2 9
	listener 127.0.0.1 <in >server.out
	local begin=$EPOCHREALTIME took
	run -0 ncx -w 0.3 127.0.0.1 "$PORT" <in2
	took=$(ms_since "$begin")
	[ -z "$output" ]
	((took >= 300 && took < 20000))
}

@test "-w does not cut while there is something to hear" {
	fifo in 8
	fifo in2 9
	listener -i 200ms 127.0.0.1 <in >server.out
	seq 12 >&8
	run -0 ncx -w 1.5 127.0.0.1 "$PORT" <in2
	[ "$output" = "$(seq 12)" ]
}

@test "a listener's -w counts from its client" {
	fifo in 8
	listener -w 300ms 127.0.0.1 <in
	local begin=$EPOCHREALTIME took
	run -0 ncx -d 127.0.0.1 "$PORT"
	took=$(ms_since "$begin")
	((took >= 300 && took < 20000))
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
}

@test "--idle-timeout leaves after so much silence with status 4" {
	fifo in 8
	fifo in2 9
	listener 127.0.0.1 <in >server.out
	local begin=$EPOCHREALTIME took
	run -4 ncx --idle-timeout 300ms 127.0.0.1 "$PORT" <in2
	took=$(ms_since "$begin")
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == "ncx: "*" 127.0.0.1 port $PORT (tcp) failed: "* ]]
	((took >= 300 && took < 20000))
}

@test "-W leaves after so many reads" {
	fifo in 8
	fifo in2 9
	listener 127.0.0.1 <in >server.out
	start ncx -W 2 127.0.0.1 "$PORT" <in2 >client.out
	local client=$!
	echo one >&8
	await client.out '^one$'
	kill -0 "$client"
	echo two >&8
	finished "$client"
	[ "$STATUS" -eq 0 ]
	[ "$(<client.out)" = $'one\ntwo' ]
}

@test "--send-only leaves when all is sent, and says nothing of a reply" {
	fifo in 8
	echo 'not asked for' >&8
	listener 127.0.0.1 <in >server.out
	run -0 ncx --send-only 127.0.0.1 "$PORT" <<<'one way'
	[ -z "$output" ]
	await server.out '^one way$'
}

@test "ncx -l | tar x ends by itself though its input stays open" {
	mkdir dir there
	seq 1000 >dir/file
	fifo in 8
	start sh -c 'ncx -lvn 127.0.0.1 0 | tar x -C there' <in 2>server.err
	SERVER=$!
	await server.err '^Listening on 127.0.0.1 ([0-9]+)$'
	tar c dir | ncx 127.0.0.1 "${BASH_REMATCH[1]}"
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
	cmp dir/file there/dir/file
}

@test "-k: the rules hold for each client, and the listener stays" {
	fifo in 8
	listener -k --linger 1ms 127.0.0.1 <in >server.out
	for n in 1 2; do
		run -0 ncx 127.0.0.1 "$PORT" <<<"client $n"
		await server.out "^client $n\$"
	done
	kill -0 "$SERVER"
}
