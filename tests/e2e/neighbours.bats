#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# neighbours.bats - ncx -lk among clients that behave badly, 500 of each kind
load helper
load people

KINDS=(mute deaf drip reset half leave spray)

# crowd WHERE KIND...: so many of each have come; see crowd.py.  A line to
# descriptor 9 makes them leave.
COUNT=500
crowd() {
	: >crowd.out
	fifo crowd.in 9
	start python3 "$BATS_TEST_DIRNAME/crowd.py" "$COUNT" "$@" <crowd.in >crowd.out
	CROWD=$!
	await crowd.out '^there$'
}

crowd_leaves() {
	echo >&9
	finished "$CROWD"
	[ "$STATUS" -eq 0 ]
	exec 9>&-
}

# server COMMAND...: ncx as told, its descriptors and its memory before the
# clients; its stdin is descriptor 8.
server() {
	ulimit -n "$(ulimit -Hn)"
	fifo in 8
	: >server.err
	start ncx -v -n --max-conns 4000 "$@" <in >server.out 2>server.err
	SERVER=$!
	await server.err '^(Bound|Listening) on .*[^0-9]([0-9]*)$'
	PORT=${BASH_REMATCH[2]}
	SERVER_PID=$(program "$SERVER")
	BEFORE=$(descriptors "$SERVER_PID")
}

# serves: a good client is served, there and back.  The others are of no
# interest, whatever they say.
serves() {
	: >good.out
	start ncx --no-shutdown "$@" <<<$'\nthis is good' >good.out
	local good=$!
	await server.out 'this is good$'
	printf '\nthe answer\n' >&8
	await good.out 'the answer$'
	kill "$good"
	finished "$good"
}

# nothing_left: the descriptors are as before once all have left.  Who has heard
# us may be gone without our knowing, so we say something; and it
# has never needed much memory.
nothing_left() {
	local limit=$((SECONDS + LIMIT / 2))
	until (($(descriptors "$SERVER_PID") == BEFORE)); do
		echo 'is anybody there?' >&8
		((SECONDS < limit)) || { ls -l "/proc/$SERVER_PID/fd" && return 1; }
	done
	(($(memory "$SERVER_PID") < MEMORY_MAX)) || { memory "$SERVER_PID" && false; }
}

@test "all kinds at once over TCP" {
	server -lk 127.0.0.1 0
	crowd "tcp:$PORT" "${KINDS[@]}"
	serves 127.0.0.1 "$PORT"
	crowd_leaves
	nothing_left
	serves 127.0.0.1 "$PORT"
}

@test "all kinds at once over a Unix socket" {
	server -lkU sock
	crowd unix:sock "${KINDS[@]}"
	serves -U sock
	crowd_leaves
	nothing_left
	serves -U sock
}

@test "all kinds at once over UDP: there is room for so many, no more" {
	server -luk --max-conns 300 127.0.0.1 0
	crowd "udp:$PORT" deaf drip spray
	await server.err '^no room for another peer$'
	grep -q . server.out
	(($(grep -c '^Connection received on ' server.err) <= 300))
	(($(descriptors "$SERVER_PID") < BEFORE + 10))
	kill "$SERVER"
	finished "$SERVER"
	[ "$STATUS" -eq 143 ]
}

@test "all kinds at once at --max-conns 100: each has its turn" {
	server -lk --max-conns 100 --idle-timeout 100ms 127.0.0.1 0
	crowd "tcp:$PORT" reset half leave spray
	lines 2000 server.err ' closed after '
	crowd_leaves
	nothing_left
}

@test "a broker among those that never read, and one that does" {
	server --broker --stall-timeout 500ms 127.0.0.1 0
	crowd "tcp:$PORT" deaf reset leave drip
	serves 127.0.0.1 "$PORT"
	start ncx -d 127.0.0.1 "$PORT" >/dev/null
	head -c 32M /dev/zero >&8
	lines 500 server.err ' took nothing for too long$'
	serves 127.0.0.1 "$PORT"
	crowd_leaves
}

@test "100 of each kind at a chat" {
	COUNT=100
	server --chat --stall-timeout 500ms 127.0.0.1 0
	crowd "tcp:$PORT" "${KINDS[@]}"
	serves 127.0.0.1 "$PORT"
	crowd_leaves
	nothing_left
}

@test "500 that never read, and one that does, of a long input" {
	server -lk --stall-timeout 500ms 127.0.0.1 0
	crowd "tcp:$PORT" deaf
	lines 500 server.err '^Connection received on '
	start ncx -d 127.0.0.1 "$PORT" >good.out
	local good=$!
	lines 501 server.err '^Connection received on '
	seq 9000000 >numbers
	cat numbers >&8
	exec 8>&-
	lines 500 server.err ' took nothing for too long$'
	finished "$good"
	[ "$STATUS" -eq 0 ]
	cmp numbers good.out
	crowd_leaves
	lines 501 server.err ' closed after '
}
