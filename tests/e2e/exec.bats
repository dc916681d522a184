#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# exec.bats - a program as our side of a connection
load helper
load processes

# A listener of OpenBSD's nc on a free port, which is $PORT.
obsd_listener() {
	start nc.openbsd "$@" -lvn 127.0.0.1 0 2>server.err
	SERVER=$!
	await server.err '^(Listening|Bound) on .* ([0-9]+)$'
	PORT=${BASH_REMATCH[2]}
}

@test "-e joins a program to the peer, and its status is ours" {
	listener 127.0.0.1 < <(printf 'b\na\n') >server.out
	run -0 ncx -e sort 127.0.0.1 "$PORT"
	[ -z "$output" ]
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
	[ "$(<server.out)" = $'a\nb' ]
}

@test "-c runs a line by the shell" {
	listener 127.0.0.1 <<<'question' >server.out
	run -7 ncx -c 'read -r line; echo "you said: $line"; exit 7' 127.0.0.1 "$PORT"
	finished "$SERVER"
	[ "$(<server.out)" = 'you said: question' ]
}

@test "the long names do the same, and -e knows blanks and backslashes" {
	listener 127.0.0.1 </dev/null >server.out
	run -0 ncx --exec 'printf [%s] a\ b "c d"' 127.0.0.1 "$PORT"
	finished "$SERVER"
	[ "$(<server.out)" = '[a b]["c][d"]' ]
	listener 127.0.0.1 </dev/null >server.out
	run -3 ncx --sh-exec 'exit 3' 127.0.0.1 "$PORT"
	finished "$SERVER"
}

@test "a program that is ended by a signal is status 128 and the signal" {
	listener 127.0.0.1 </dev/null
	run -138 ncx -c 'kill -USR1 $$' 127.0.0.1 "$PORT"
	finished "$SERVER"
}

@test "what the program says on stderr is not for the peer" {
	listener 127.0.0.1 </dev/null >server.out
	says 0 'for us' ncx -c 'echo for us >&2; echo for the peer' 127.0.0.1 "$PORT"
	finished "$SERVER"
	[ "$(<server.out)" = 'for the peer' ]
}

@test "a program that ends ends the session, though the peer would go on" {
	fifo in 8
	listener 127.0.0.1 <in >server.out
	run -0 ncx -c 'echo done' 127.0.0.1 "$PORT"
	exec 8>&-
	finished "$SERVER"
	[ "$(<server.out)" = 'done' ]
}

@test "a program may leave its input unread" {
	head -c 20000000 /dev/zero >big
	listener 127.0.0.1 <big >server.out
	run -0 ncx -c 'exec <&-; echo no, thanks; exec >&-' 127.0.0.1 "$PORT"
	finished "$SERVER"
	[ "$(<server.out)" = 'no, thanks' ]
}

@test "all that a program says arrives" {
	obsd_listener -N </dev/null >server.out
	run -0 ncx -e 'head -c 20000000 /dev/zero' 127.0.0.1 "$PORT"
	finished "$SERVER"
	[ "$(wc -c <server.out)" -eq 20000000 ]
}

@test "a broken connection is status 5, and ends the program with its group" {
	fifo out 8
	listener 127.0.0.1 </dev/null >out
	start ncx -c 'tail -f /dev/null & echo $! $$; exec yes' 127.0.0.1 "$PORT" 2>client.err
	local client=$! grandchild leader
	read -r grandchild leader <&8
	kill "$(program "$SERVER")"
	finished "$client"
	[ "$STATUS" -eq 5 ]
	[[ $(<client.err) == "ncx: send to 127.0.0.1 port $PORT (tcp) failed: "* ]]
	gone "$grandchild"
	gone "$leader"
}

@test "a signal ends the program with its group" {
	fifo in 8
	listener 127.0.0.1 <in >server.out
	start ncx -c 'tail -f /dev/null & echo $! $$; wait' 127.0.0.1 "$PORT"
	local client=$!
	await server.out '^([0-9]+) ([0-9]+)$'
	local grandchild=${BASH_REMATCH[1]} leader=${BASH_REMATCH[2]}
	kill "$(program "$client")"
	finished "$client"
	[ "$STATUS" -eq 143 ]
	gone "$grandchild"
	gone "$leader"
}

@test "the program knows both sides" {
	listener 127.0.0.1 </dev/null >server.out
	run -0 ncx -c 'echo $NCAT_REMOTE_ADDR $NCX_REMOTE_PORT $NCAT_LOCAL_ADDR $PROTO $TCPREMOTEPORT $TCPCONNNUM' \
		127.0.0.1 "$PORT"
	finished "$SERVER"
	[ "$(<server.out)" = "127.0.0.1 $PORT 127.0.0.1 TCP $PORT 1" ]
}

@test "over UDP the program's output is datagrams" {
	obsd_listener -u -W 2 </dev/null >server.out
	run -0 ncx -u --mtu 4 -e 'printf 12345678' 127.0.0.1 "$PORT"
	finished "$SERVER"
	[ "$(<server.out)" = 12345678 ]
}

@test "over a Unix socket the program knows the path" {
	start ncx -lU -v path </dev/null >server.out 2>server.err
	SERVER=$!
	await server.err '^Listening on path$'
	run -0 ncx -U -c 'echo $PROTO $UNIXREMOTEPATH $NCAT_REMOTE_ADDR $NCAT_LOCAL_ADDR' path
	finished "$SERVER"
	[ "$(<server.out)" = 'UNIX path path localhost' ]
}

@test "-C is for what the program says" {
	listener 127.0.0.1 </dev/null >server.out
	run -0 ncx -C -e 'echo line' 127.0.0.1 "$PORT"
	finished "$SERVER"
	[ "$(od -An -c server.out | tr -d ' ')" = 'line\r\n' ]
}

@test "silence is status 0 for -w and 4 for --idle-timeout, and ends the program" {
	listener -d 127.0.0.1
	run -0 ncx -w 50ms -e cat 127.0.0.1 "$PORT"
	finished "$SERVER"
	listener -d 127.0.0.1
	run -4 ncx --idle-timeout 50ms -e cat 127.0.0.1 "$PORT"
	finished "$SERVER"
}

@test "a program that cannot be run is status 127 or 126" {
	listener -k 127.0.0.1 </dev/null
	says 127 'ncx: run /no/such failed: No such file or directory' \
		ncx -e '/no/such -x' 127.0.0.1 "$PORT"
	says 127 'ncx: run ncx-no-such failed: No such file or directory' \
		ncx -e ncx-no-such 127.0.0.1 "$PORT"
	says 126 'ncx: run /etc failed: Permission denied' \
		ncx -e /etc 127.0.0.1 "$PORT"
}

@test "no command, or two, or another use of our side, is a wrong line" {
	says 2 'ncx: -e "": expected a command' ncx -e '' host 1
	says 2 'ncx: -c " ": expected a command' ncx -c ' ' host 1
	says 2 'ncx: cannot use -e and -c' ncx -e x -c y host 1
	says 2 'ncx: cannot use -e and -d' ncx -d -e x host 1
}
