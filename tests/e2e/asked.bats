#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# asked.bats - SIGUSR1: what is open, and what is under way
load helper
load asked
load lonely
load processes

# answer FILE REGEX: the first answer with such a line, up to that one, without
# its head
answer() {
	awk -v "line=$2" '
		/^State / { text = ""; next }
		{ text = text $0 "\n" }
		$0 ~ line { printf "%s", text; exit }' "$1"
}

@test "a listener that waits: its sockets" {
	listener </dev/null
	pid=$(program "$SERVER")
	ask "$pid" server.err "^LISTEN +0 +[0-9]+ +(\[::\]|\*):$PORT +(\[::\]|\*):\* +- +- +- +-\$"
	[ "$(grep -cE "$HEAD" server.err)" -ge 1 ]
	kill "$pid"
	finished "$SERVER"
	[ "$STATUS" -eq 143 ]
}

@test "both ends of a conversation, and the bytes of each direction" {
	fifo in 8
	fifo in2 9
	listener 127.0.0.1 <in >server.out
	start ncx 127.0.0.1 "$PORT" <in2 >client.out 2>client.err
	CLIENT=$!
	echo hello >&8
	echo hi >&9
	await server.out '^hi$'
	await client.out '^hello$'
	address="127\.0\.0\.1:[0-9]+ +127\.0\.0\.1:[0-9]+"
	ask "$(program "$SERVER")" server.err \
		"^ESTAB +0 +0 +$address +3 +6 +[0-9.]+B/s +[0-9.]+ms\$"
	ask "$(program "$CLIENT")" client.err \
		"^ESTAB +0 +0 +$address +6 +3 +[0-9.]+B/s +[0-9.]+ms\$"
	exec 8>&- 9>&-
	finished "$CLIENT"
	[ "$STATUS" -eq 0 ]
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
}

@test "the state changes with the connection" {
	fifo in 8
	listener 127.0.0.1 <in >server.out
	echo hello >&8
	start ncx 127.0.0.1 "$PORT" <<<hi >client.out 2>client.err
	CLIENT=$!
	await client.out '^hello$'
	ask "$(program "$SERVER")" server.err '^CLOSE-WAIT '
	ask "$(program "$CLIENT")" client.err '^FIN-WAIT-2 '
	exec 8>&-
	finished "$CLIENT"
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
}

@test "while connecting: each attempt, and where it goes" {
	lonely
	start "${NETWORK[@]}" ncx dead 7777 </dev/null 2>client.err
	CLIENT=$!
	inside "$CLIENT"
	ready "$NCX_PID"
	ask "$NCX_PID" client.err \
		'^SYN-SENT +0 +[0-9]+ +\[fd00::1\]:[0-9]+ +\[fd00::2\]:7777 +- +- +- +- connect$'
	ask "$NCX_PID" client.err \
		'^SYN-SENT +0 +[0-9]+ +10\.0\.0\.1:[0-9]+ +10\.0\.0\.2:7777 +- +- +- +- connect$'
	kill "$NCX_PID"
	finished "$CLIENT"
	[ "$STATUS" -eq 143 ]
}

@test "while a name is looked up" {
	lonely
	start "${NETWORK[@]}" ncx somewhere.example 7777 </dev/null 2>client.err
	CLIENT=$!
	inside "$CLIENT"
	ready "$NCX_PID"
	ask "$NCX_PID" client.err \
		'^- +- +- +\* +somewhere\.example:7777 +- +- +- +- lookup$'
	kill "$NCX_PID"
	finished "$CLIENT"
	[ "$STATUS" -eq 143 ]
}

@test "between two tries" {
	listener 127.0.0.1 </dev/null
	kill "$(program "$SERVER")"
	finished "$SERVER"
	start ncx -v --retry forever --retry-delay 1h 127.0.0.1 "$PORT" \
		</dev/null 2>client.err
	CLIENT=$!
	await client.err 'Connection refused'
	pid=$(program "$CLIENT")
	ask "$pid" client.err \
		"^- +- +- +\* +127\.0\.0\.1:$PORT +- +- +- +- waiting to try again\$"
	kill "$pid"
	finished "$CLIENT"
	[ "$STATUS" -eq 143 ]
}

@test "--relay: both connections of a client, and a target that is away" {
	fifo in 9
	listener 127.0.0.1 <in >target.out
	TARGET=$PORT
	listener -k --relay "127.0.0.1:$TARGET" 127.0.0.1
	dial
	echo hello >&8
	await target.out '^hello$'
	pid=$(program "$SERVER")
	ask "$pid" server.err "^ESTAB +0 +0 +127\.0\.0\.1:$PORT +127\.0\.0\.1:[0-9]+ +6 +0 "
	ask "$pid" server.err "^ESTAB +0 +0 +127\.0\.0\.1:[0-9]+ +127\.0\.0\.1:$TARGET +0 +6 "
}

@test "--relay: who waits for his target" {
	lonely
	start "${NETWORK[@]}" ncx -lkv -n --relay 10.0.0.2:7777 127.0.0.1 5000 \
		2>server.err
	SERVER=$!
	await server.err '^Listening'
	fifo in 9
	start "${NETWORK[@]}" ncx 127.0.0.1 5000 <in
	CLIENT=$!
	inside "$SERVER"
	ask "$NCX_PID" server.err \
		'^ESTAB .* - +- +- +[0-9.]+ms connect to 10\.0\.0\.2 port 7777 \(tcp\)$'
	exec 9>&-
	kill "$NCX_PID"
	finished "$SERVER"
	finished "$CLIENT"
}

@test "datagrams: the socket, and each peer of it" {
	listener -k -u 127.0.0.1 </dev/null >server.out
	for name in me you; do
		ncx -u -q 0 127.0.0.1 "$PORT" <<<"$name"
		await server.out "^$name\$"
	done
	pid=$(program "$SERVER")
	ask "$pid" server.err "^UNCONN +0 +0 +127\.0\.0\.1:$PORT +0\.0\.0\.0:\* "
	ask "$pid" server.err "^- +- +- +127\.0\.0\.1:$PORT +127\.0\.0\.1:[0-9]+ +3 +0 "
	ask "$pid" server.err "^- +- +- +127\.0\.0\.1:$PORT +127\.0\.0\.1:[0-9]+ +4 +0 "
}

@test "a Unix socket" {
	fifo in 8
	start ncx -lUv path <in >server.out 2>server.err
	SERVER=$!
	await server.err '^Listening on path$'
	start ncx -U path <<<hello
	CLIENT=$!
	await server.out '^hello$'
	ask "$(program "$SERVER")" server.err '^ESTAB +0 +0 +path +\* +6 +0 '
	exec 8>&-
	finished "$CLIENT"
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
}

@test "a hundred clients, in the order in which they came" {
	fifo in 9
	listener -k 127.0.0.1 <in >server.out
	local fds=()
	for n in {1..100}; do
		exec {fd}<>"/dev/tcp/127.0.0.1/$PORT"
		fds+=("$fd")
		printf '%0*d\n' "$n" 0 >&"$fd"
	done
	pid=$(program "$SERVER")
	ask "$pid" server.err '^ESTAB .* 101 +0 '
	for fd in "${fds[@]}"; do
		exec {fd}>&-
	done
	answer server.err ' 101 +0 ' | awk '/^ESTAB/ { print $6 }' >bytes
	diff bytes <(seq 2 101)
}

@test "during --drain" {
	listener -k --drain 1h 127.0.0.1 </dev/null >/dev/null
	dial
	await server.err '^Connection received'
	pid=$(program "$SERVER")
	kill -TERM "$pid"
	while (exec 7<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; do :; done
	ask "$pid" server.err '^ESTAB '
	run ! grep LISTEN server.err
	exec 8>&-
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
}

@test "asked all the time, a transfer is what it was, and so is the status" {
	head -c 3000000 /dev/urandom >part
	fifo in 8
	listener 127.0.0.1 </dev/null >copy
	pid=$(program "$SERVER")
	start ncx 127.0.0.1 "$PORT" <in 2>client.err
	CLIENT=$!
	until client=$(program "$CLIENT"); do :; done
	ready "$client"
	for n in {1..20}; do
		kill -USR1 "$pid" "$client"
		cat part >&8
		cat part >>file
	done
	exec 8>&-
	while kill -USR1 "$pid" 2>/dev/null; do
		kill -USR1 "$client" 2>/dev/null || :
	done
	finished "$CLIENT"
	[ "$STATUS" -eq 0 ]
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
	cmp file copy
	grep -Eq "$HEAD" server.err
	grep -Eq "$HEAD" client.err
}

@test "who was told to ignore the signal ignores it" {
	fifo in 8
	start sh -c 'trap "" USR1 && exec ncx -lvn 127.0.0.1 0' \
		<in >server.out 2>server.err
	SERVER=$!
	await server.err '^Listening on .* ([0-9]+)$'
	PORT=${BASH_REMATCH[1]}
	kill -USR1 "$(program "$SERVER")"
	exec 8>&-
	ncx 127.0.0.1 "$PORT" <<<hello
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
	[ "$(<server.out)" = hello ]
	run ! grep State server.err
}
