#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# talk.bats - two ncx talk, over every kind of socket and address
load helper

# The client says a line, hears the server's, and both are content.
talk() {
	run -0 ncx "$@" <<<'from the client'
	[ "$output" = 'from the server' ]
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
	[ "$(<server.out)" = 'from the client' ]
}

# The same with a server started here, whose words are given, and that is
# ready when it says so.
server() {
	start ncx -v "$@" <<<'from the server' >server.out 2>server.err
	SERVER=$!
	await server.err '^Listening on .*[^0-9]([0-9]*)$'
	PORT=${BASH_REMATCH[1]}
}

@test "TCP over IPv4" {
	listener 127.0.0.1 <<<'from the server' >server.out
	talk 127.0.0.1 "$PORT"
}

@test "TCP over IPv6" {
	listener ::1 <<<'from the server' >server.out
	talk ::1 "$PORT"
}

@test "TCP to localhost by name, the server listens on any address" {
	server -l 0
	talk localhost "$PORT"
}

@test "ncx -l P hears IPv4 and IPv6 on one port" {
	for host in 127.0.0.1 ::1; do
		server -l 0
		grep -qx "Listening on 0.0.0.0 $PORT" server.err
		await server.err "^Listening on :: $PORT\$"
		talk "$host" "$PORT"
	done
}

@test "ncx -4 -l and -6 -l hear one family" {
	listener -4 <<<'from the server' >server.out
	run -1 ncx ::1 "$PORT" </dev/null
	talk 127.0.0.1 "$PORT"
	listener -6 <<<'from the server' >server.out
	run -1 ncx 127.0.0.1 "$PORT" </dev/null
	talk ::1 "$PORT"
}

@test "of -4 and -6 the last one wins" {
	listener -6 -4 127.0.0.1 <<<'from the server' >server.out
	talk -6 -4 127.0.0.1 "$PORT"
	listener -4 -6 ::1 <<<'from the server' >server.out
	talk -4 -6 ::1 "$PORT"
	run -3 ncx -4 -6 127.0.0.1 "$PORT"
	run -3 ncx -6 -4 ::1 "$PORT"
}

@test "listen form: -l HOST PORT" {
	server -l 127.0.0.1 0
	talk 127.0.0.1 "$PORT"
}

@test "listen form: -l -p PORT" {
	server -l -p 0
	talk 127.0.0.1 "$PORT"
}

@test "listen form: -lp PORT, and options behind the words" {
	server -lp 0 -4
	talk 127.0.0.1 "$PORT" -n
}

@test "listen form: -l -s HOST -p PORT" {
	server -l -s 127.0.0.1 -p 0
	grep -q '^Listening on .* '"$PORT"'$' server.err
	run -1 ncx ::1 "$PORT" </dev/null
	talk 127.0.0.1 "$PORT"
}

@test "listen form: -l -s HOST PORT" {
	server -l -s 127.0.0.1 0
	talk 127.0.0.1 "$PORT"
}

@test "-- ends the options" {
	server -l -- 127.0.0.1 0
	talk -n -- 127.0.0.1 "$PORT"
}

@test "Unix stream: -lU PATH and -U PATH" {
	server -lU sock
	[ -S sock ]
	talk -U sock
}

@test "Unix stream: -lU -s PATH" {
	server -lU -s sock
	talk -U sock
}

@test "Unix stream with an abstract name, which makes no file" {
	server -lU "@ncx-$$-$BATS_TEST_NUMBER"
	talk -U "@ncx-$$-$BATS_TEST_NUMBER"
	[ -z "$(find . -type s -o -name "@*")" ]
}

@test "Unix seqpacket" {
	server -lU --seqpacket sock
	talk -U --seqpacket sock
}

# datagrams WORDS...: a client's line reaches the server, and the server's
# comes back to it.
datagrams() {
	: >client.out
	start ncx -W 1 "$@" <<<'from the client' >client.out
	local client=$!
	await server.out '^from the client$'
	echo 'from the server' >&8
	finished "$client"
	[ "$STATUS" -eq 0 ]
	[ "$(<client.out)" = 'from the server' ]
}

@test "UDP over IPv4, both ways" {
	fifo in 8
	listener -u 127.0.0.1 <in >server.out
	datagrams -u 127.0.0.1 "$PORT"
}

@test "UDP over IPv6, both ways" {
	fifo in 8
	listener -u ::1 <in >server.out
	datagrams -u ::1 "$PORT"
}

@test "UDP to localhost; ncx -lu hears both families" {
	fifo in 8
	listener -u <in >server.out
	datagrams -u localhost "$PORT"
	kill "$SERVER" && finished "$SERVER"
	listener -u <in >server.out
	datagrams -u ::1 "$PORT"
}

@test "Unix datagrams, both ways, without a path of the client's own" {
	fifo in 8
	start ncx -luU -v sock <in >server.out 2>server.err
	await server.err '^Bound on sock$'
	datagrams -uU sock
	[ "$(find . -type s)" = ./sock ]
}

@test "Unix datagrams, both ways, the client's path given by -s" {
	fifo in 8
	start ncx -luU -v sock <in >server.out 2>server.err
	await server.err '^Bound on sock$'
	datagrams -uU -s mine sock
	grep -qx 'Connection received on mine' server.err
	[ ! -e mine ]
}

@test "Unix datagrams with abstract names" {
	fifo in 8
	start ncx -luU -v "@ncx-$$-udp" <in >server.out 2>server.err
	await server.err "^Bound on @ncx-$$-udp\$"
	datagrams -uU "@ncx-$$-udp"
}

@test "port 0 is a free port, and another one each time" {
	listener 127.0.0.1 </dev/null
	local first=$PORT
	listener 127.0.0.1 </dev/null
	[ "$first" -gt 0 ]
	[ "$PORT" -gt 0 ]
	[ "$first" -ne "$PORT" ]
}

@test "a port may be the name of a service" {
	network services
	start "${NETWORK[@]}" ncx -l -v -n 127.0.0.1 http \
		<<<'from the server' >server.out 2>server.err
	SERVER=$!
	await server.err '^Listening on 127.0.0.1 80$'
	run -0 --separate-stderr "${NETWORK[@]}" ncx -n -v 127.0.0.1 www <<<'from the client'
	[ "$output" = 'from the server' ]
	finished "$SERVER"
	[ "$(<server.out)" = 'from the client' ]
}

@test "an address of a link: fe80::1%INTERFACE" {
	network link
	"${NETWORK[@]}" ip link add d0 type veth peer name d1
	"${NETWORK[@]}" ip link set d1 up
	"${NETWORK[@]}" ip link set d0 up
	"${NETWORK[@]}" ip addr add fe80::1/64 dev d0 nodad
	start "${NETWORK[@]}" ncx -l -v -n fe80::1%d0 0 \
		<<<'from the server' >server.out 2>server.err
	SERVER=$!
	await server.err '^Listening on fe80::1%d0 ([0-9]+)$'
	run -0 "${NETWORK[@]}" ncx fe80::1%d0 "${BASH_REMATCH[1]}" \
		<<<'from the client'
	[ "$output" = 'from the server' ]
	finished "$SERVER"
	[ "$(<server.out)" = 'from the client' ]
}

@test "-s and -p say where the connection comes from" {
	network source
	start "${NETWORK[@]}" ncx -l -v -n 127.0.0.1 7777 \
		</dev/null >server.out 2>server.err
	SERVER=$!
	await server.err '^Listening on 127.0.0.1 7777$'
	"${NETWORK[@]}" ncx -s 127.0.0.5 -p 6666 127.0.0.1 7777 <<<hi
	grep -qx 'Connection received on 127.0.0.5 6666' server.err
}

@test "-s and -p work over UDP, too" {
	network source
	start "${NETWORK[@]}" ncx -lu -v -n 127.0.0.1 7777 \
		</dev/null >server.out 2>server.err
	await server.err '^Bound on 127.0.0.1 7777$'
	"${NETWORK[@]}" ncx -u -q 0 -s 127.0.0.5 -p 6666 127.0.0.1 7777 <<<hi
	await server.out '^hi$'
	grep -qx 'Connection received on 127.0.0.5 6666' server.err
}

@test "of several ports the first that connects is used" {
	listener 127.0.0.1 <<<'from the server' >server.out
	run -0 --separate-stderr ncx 127.0.0.1 1 2 "$PORT" <<<'from the client'
	[ "$output" = 'from the server' ]
	[ "${stderr_lines[0]}" = 'ncx: connect to 127.0.0.1 port 1 (tcp) failed: Connection refused' ]
	[ "${stderr_lines[1]}" = 'ncx: connect to 127.0.0.1 port 2 (tcp) failed: Connection refused' ]
	[ "${#stderr_lines[@]}" -eq 2 ]
}

@test "ports come as lists and ranges, from either end" {
	for ports in "1,2,%" "1-3,%" "3-1,%" "1,2-3,%"; do
		listener 127.0.0.1 <<<'from the server' >server.out
		run -0 --separate-stderr ncx 127.0.0.1 "${ports/\%/$PORT}" \
			<<<'from the client'
		[ "$output" = 'from the server' ]
		finished "$SERVER"
		[ "$(<server.out)" = 'from the client' ]
	done
}

@test "a range finds its open port" {
	network range
	for range in 7770-7779 7779-7770; do
		start "${NETWORK[@]}" ncx -l -v -n 127.0.0.1 7775 \
			<<<'from the server' >server.out 2>server.err
		SERVER=$!
		await server.err '^Listening on '
		run -0 --separate-stderr "${NETWORK[@]}" \
			ncx 127.0.0.1 "$range" <<<'from the client'
		[ "$output" = 'from the server' ]
		[ "${#stderr_lines[@]}" -ge 4 ]
		finished "$SERVER"
	done
}

@test "the session ends with one client: the next is refused" {
	fifo in 8
	listener 127.0.0.1 <in >server.out
	start ncx 127.0.0.1 "$PORT" <in >client.out
	await server.err '^Connection received on 127.0.0.1 '
	run -1 ncx 127.0.0.1 "$PORT" </dev/null
	[[ $output == *'Connection refused' ]]
}

@test "-k serves client after client" {
	listener -k 127.0.0.1 </dev/null >server.out
	for i in 1 2 3; do
		ncx 127.0.0.1 "$PORT" <<<"client $i"
		await server.out "^client $i\$"
	done
	kill -0 "$SERVER"
	[ "$(grep -c '^Connection received' server.err)" -eq 3 ]
}

@test "-k -q 0 without input serves client after client as well" {
	listener -k -q 0 127.0.0.1 </dev/null >server.out
	for i in 1 2; do
		ncx -q 0 127.0.0.1 "$PORT" <<<"client $i"
		await server.out "^client $i\$"
	done
	kill -0 "$SERVER"
}

@test "-k -W 2 counts for each client" {
	listener -k -W 2 127.0.0.1 </dev/null >server.out
	for i in 1 2 3; do
		fifo "in$i" 8
		start ncx 127.0.0.1 "$PORT" <"in$i"
		CLIENT=$!
		echo "a$i" >&8
		await server.out "^a$i\$"
		echo "b$i" >&8
		await server.out "^b$i\$"
		exec 8>&-
		finished "$CLIENT"
		[ "$STATUS" -eq 0 ]
	done
	[ "$(<server.out)" = $'a1\nb1\na2\nb2\na3\nb3' ]
}

@test "a listener has a backlog of 128" {
	listener -k 127.0.0.1 </dev/null
	read -r _ _ backlog _ < <(ss -Hltn "sport = :$PORT")
	[ "$backlog" -ge 128 ]
}
