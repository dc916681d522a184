#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# dropin.bats - ncx under the name nc: what scripts write, with nc.openbsd as
# the other side, in both roles
load helper

# pairs FUNCTION: call it with ncx for the client and nc.openbsd for the server,
# and the other way; their names are $CLIENT and $SERVES.
pairs() {
	mkdir bin
	ln -s "$NCX" bin/nc
	PATH=$PWD/bin:$PATH
	CLIENT=nc SERVES=nc.openbsd
	"$1"
	CLIENT=nc.openbsd SERVES=nc
	"$1"
}

# serves WORDS...: a server on port 5000, with its input, and its output in
# received
serves() {
	server "$SERVES" "$@" >received
}

serves_datagrams() {
	datagram_server "$SERVES" "$@" >received
}

# ends STATUS WORDS...: a client, with its input; its output is in out and err
ends() {
	ip_start "$CLIENT" "${@:2}" >out 2>err
	finished "$!"
	[ "$STATUS" -eq "$1" ] || { echo "status $STATUS" && cat err && false; }
}

# The end of a server that has none of its own
stops() {
	kill "$SERVER"
	finished "$SERVER"
}

probes() {
	serves -lk 5000 </dev/null
	ends 0 -zv 127.0.0.1 5000
	grep -qxF 'Connection to 127.0.0.1 5000 port [tcp/*] succeeded!' err
	ends 0 -zvn 127.0.0.1 5000
	for words in '-z -w 5' '-w 5 -z' -zw5; do
		# shellcheck disable=SC2086 # words
		ends 0 $words 127.0.0.1 5000
		[ ! -s err ]
		# shellcheck disable=SC2086 # words
		ends 1 $words 127.0.0.1 4999
		[ ! -s err ]
	done
	ends 0 -z 127.0.0.1 4999-5001
	stops
	[ ! -s received ]
}

@test "nc -zv host port, nc -z -w 5 host port, nc -z host range" {
	pairs probes
}

# The server has words for its client, and ends: a client without -N waits for
# that.
paths() {
	unix_server "$PWD/sock" "$SERVES" -lUN "$PWD/sock" <<<answer >received
	unix_client "$CLIENT" -U sock <<<question >out
	succeeds "$SERVER"
	[ "$(<out)" = answer ]
	[ "$(<received)" = question ]
	rm -f sock
}

@test "nc -U sock" {
	pairs paths
}

libvirt() {
	unix_server "$PWD/sock" "$SERVES" -lU "$PWD/sock" </dev/null >received
	start sh -c '
		nc() { command "$0" "$@"; }
		nc -q 2>&1 | grep "requires an argument" >/dev/null
		if [ $? -eq 0 ]; then CMD="nc -q 0 -U $1"; else CMD="nc -U $1"; fi
		eval "$CMD"' "$CLIENT" sock <<<question
	succeeds "$!"
	succeeds "$SERVER"
	[ "$(<received)" = question ]
	rm -f sock
}

@test "libvirt's probe, and nc -q 0 -U sock" {
	pairs libvirt
}

metrics() {
	for words in -q0 -q1 -w1 '-q 1 -w 1'; do
		serves -l 5000 </dev/null
		# shellcheck disable=SC2086 # words
		ends 0 $words 127.0.0.1 5000 <<<metric
		succeeds "$SERVER"
		[ "$(<received)" = metric ]
	done
}

@test "nc -q0, -q1, -w1 host port" {
	pairs metrics
}

datagrams() {
	for words in -q0 -q1 -w0 -w1; do
		serves_datagrams -lu 5000 </dev/null
		ends 0 -u $words 127.0.0.1 5000 <<<metric
		arrived received 7
		stops
		[ "$(<received)" = metric ]
	done
}

@test "nc -u -q0, -q1, -w0, -w1 host port" {
	pairs datagrams
}

# A proxy takes the end of one direction for that of both, so each has its own
# session.
through_proxy() {
	for words in "${THROUGH[@]}"; do
		serves -l 5000 </dev/null
		# shellcheck disable=SC2086 # words
		ends 0 -N $words 127.0.0.1:5001 127.0.0.1 5000 <<<question
		succeeds "$SERVER"
		[ "$(<received)" = question ]
		serves -lN 5000 <<<answer
		# shellcheck disable=SC2086 # words
		ends 0 -d $words 127.0.0.1:5001 127.0.0.1 5000
		succeeds "$SERVER"
		[ "$(<out)" = answer ]
	done
}

@test "nc -X 5 -x proxy host port, and without -X" {
	ip_start microsocks -i 127.0.0.1 -p 5001 </dev/null 2>proxy.log
	listens "$!" tcp ':1389 0+:0000 0A '
	THROUGH=('-X 5 -x' '-x' '-X5 -x')
	pairs through_proxy
}

@test "nc -X connect -x proxy host port" {
	printf '%s\n' 'Port 5001' 'Listen 127.0.0.1' 'Timeout 60' >tinyproxy.conf
	ip_start tinyproxy -d -c tinyproxy.conf </dev/null >proxy.log 2>&1
	listens "$!" tcp ':1389 0+:0000 0A '
	THROUGH=('-X connect -x' '-X CONNECT -x' '-Xconnect -x')
	pairs through_proxy
}

uploads() {
	serves -l 5000 </dev/null
	ends 0 -N 127.0.0.1 5000 <"$BATS_FILE_TMPDIR/file"
	succeeds "$SERVER"
	cmp received "$BATS_FILE_TMPDIR/file"
}

@test "nc -N host port < file, nc -l port > file" {
	pairs uploads
}

# To nc -l the end of our direction is that of both, so it may not come early.
downloads() {
	for words in -d '-d -w 5' -dN '-dN -w 5'; do
		[[ "$SERVES $words" != 'nc.openbsd -dN'* ]] || continue
		serves -lN 5000 <"$BATS_FILE_TMPDIR/file"
		# shellcheck disable=SC2086 # words
		ends 0 $words 127.0.0.1 5000
		succeeds "$SERVER"
		cmp out "$BATS_FILE_TMPDIR/file"
	done
}

@test "nc -d host port > file, nc -dN, nc -lN port < file" {
	pairs downloads
}

stays() {
	for words in '-lk 5000' '-k -l -p 5000' '-lkp 5000' \
		'-k -l -p 5000 -s 127.0.0.1'; do
		# shellcheck disable=SC2086 # words
		serves $words </dev/null
		ends 0 -N 127.0.0.1 5000 <<<one
		ends 0 -N 127.0.0.1 5000 <<<two
		arrived received 8
		stops
		[ "$(<received)" = $'one\ntwo' ]
	done
}

@test "nc -lk port, nc -k -l -p port" {
	pairs stays
}

listens_once() {
	for words in '-l -p 5000' '-lp 5000' '-l -p 5000 -s 127.0.0.1' \
		'-l -s 127.0.0.1 -p 5000' '-l 127.0.0.1 5000'; do
		# shellcheck disable=SC2086 # words
		serves $words </dev/null
		ends 0 -N 127.0.0.1 5000 <<<hello
		succeeds "$SERVER"
		[ "$(<received)" = hello ]
	done
}

@test "nc -l -p port, nc -l -p port -s address" {
	pairs listens_once
}

# A server of datagrams that says nothing may be there, or not: nc says it is,
# ncx that it does not know.  To nc -lu without -k the empty datagram of ncx is
# the end.
probes_datagrams() {
	ends 1 -vnzu 127.0.0.1 5000
	serves_datagrams -luk 5000 </dev/null
	if [ "$CLIENT" = nc ]; then
		ends 4 -vnzu -w 1 127.0.0.1 5000
		grep -q '^open|filtered: 5000 ' err
	else
		ends 0 -vnzu -w 1 127.0.0.1 5000
		grep -qF 'Connection to 127.0.0.1 5000 port [udp/*] succeeded!' err
	fi
	stops
}

@test "nc -vnzu host port" {
	pairs probes_datagrams
}

# What ncx says is wrong with a command line is 2, what nc says is 1.
of_macos() {
	run "$CLIENT" -z -G 1 127.0.0.1 5000
	[ "${lines[0]}" = "$CLIENT: invalid option -- 'G'" ]
	[ "$status" -eq "$([ "$CLIENT" = nc ] && echo 2 || echo 1)" ]
}

@test "nc -z -G 1 host port: neither knows macOS' letter" {
	pairs of_macos
}

line_ends() {
	serves -lN -C 5000 < <(printf 'x\r\ny\n')
	ends 0 -N -C 127.0.0.1 5000 < <(printf 'a\nb\r\n\nc')
	succeeds "$SERVER"
	cmp received <(printf 'a\r\nb\r\n\r\nc')
	cmp out <(printf 'x\r\ny\r\n')
}

@test "nc -C, on both sides" {
	pairs line_ends
}

from_where() {
	local port=6666
	[ "$CLIENT" = nc ] || port=6667
	server "$SERVES" -lvn -s 127.0.0.9 -p 5000 </dev/null 2>server.err
	ends 0 -N -s 127.0.0.5 -p "$port" 127.0.0.9 5000 </dev/null
	succeeds "$SERVER"
	diff server.err <(printf '%s\n' 'Listening on 127.0.0.9 5000' \
		"Connection received on 127.0.0.5 $port")
}

@test "nc -s address -p port, and what nc -lv says of it" {
	pairs from_where
}

hops() {
	serves -l -m 255 5000 </dev/null
	ip_start "$CLIENT" -z -w 1 127.0.0.1 5000
	finished "$!"
	[ "$STATUS" -ne 0 ]
	ends 0 -N -M 255 -T ef -I 8192 -O 8192 -b 127.0.0.1 5000 <<<hello
	succeeds "$SERVER"
	[ "$(<received)" = hello ]
}

@test "nc -M 255 reaches nc -l -m 255; so do its other socket options" {
	pairs hops
}

replies() {
	datagram_server "$SERVES" -lu 5000 <<<reply >received
	ends 0 -u -W 1 127.0.0.1 5000 <<<question
	[ "$(<out)" = reply ]
	stops
	[ "$(<received)" = question ]
}

@test "nc -u -W 1: a datagram and its reply" {
	pairs replies
}

unix_replies() {
	unix_server "$PWD/sock" "$SERVES" -luU "$PWD/sock" <<<reply >received
	unix_client "$CLIENT" -uU -s mine -W 1 sock <<<question >out
	[ "$(<out)" = reply ]
	stops
	[ "$(<received)" = question ]
	rm -f sock mine
}

@test "nc -uU -s path -W 1: the same over a path" {
	pairs unix_replies
}

# signs NAME WORDS...: the netcat on a terminal of its own, where the password
# is typed; what it shows is in NAME.screen, and $SIGNER is its start
signs() {
	: >"$1.screen"
	rm -f "$1.keys"
	mkfifo "$1.keys"
	ip_start script -qec "exec ${*:2}" /dev/null <>"$1.keys" >"$1.screen"
	SIGNER=$!
	await "$1.screen" 'TCP MD5SIG password$' :
	echo geheim >"$1.keys"
}

signatures() {
	signs server "$SERVES -S -lvn 127.0.0.1 5000"
	SERVER=$SIGNER
	await server.screen 'Listening on 127.0.0.1 5000'
	ip_start "$CLIENT" -z -w 1 127.0.0.1 5000
	finished "$!"
	[ "$STATUS" -ne 0 ]
	signs client "$CLIENT -S -vn 127.0.0.1 5000"
	await client.screen 'succeeded!'
	await server.screen 'Connection received on 127.0.0.1'
	stops
}

@test "nc -S: the same password on both sides" {
	pairs signatures
}
