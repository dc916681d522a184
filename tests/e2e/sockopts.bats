#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# sockopts.bats - options of sockets, as the system sees them
load helper

# traced WORDS...: what ncx asks of its sockets is in trace.  The port 1 that
# it connects to is closed.
traced() {
	run timeout -k 1 "$LIMIT" strace -E ASAN_OPTIONS=detect_leaks=0 -o trace \
		-e trace=setsockopt,bind,listen,connect ncx "$@" </dev/null 3>&-
}

# The same of one that listens
traced_listener() {
	: >trace
	start strace -E ASAN_OPTIONS=detect_leaks=0 -o trace \
		-e trace=setsockopt,bind,listen,connect \
		ncx -l -v -n "$@" 0 </dev/null 2>server.err
	SERVER=$!
	await server.err '^(Listening|Bound) on .* ([0-9]+)$'
	kill "$SERVER"
	finished "$SERVER"
}

# asked OPTION CALL: it was set, before such a call
asked() {
	sed "/^$2(/q" trace | grep "^setsockopt([0-9]*, $1, 4) *= 0\$" ||
		{ cat trace && false; }
}

# both OPTION V4 V6: on sockets that connect and that listen, TCP and UDP
both() {
	read -ra option <<<"$1"
	for protocol in '' -u; do
		for host in "127.0.0.1=$2" "::1=$3"; do
			traced ${protocol:+"$protocol"} -z -w 1 "${option[@]}" "${host%%=*}" 1
			asked "${host#*=}" connect
			traced_listener ${protocol:+"$protocol"} "${option[@]}" "${host%%=*}"
			asked "${host#*=}" bind
		done
	done
}

@test "-b" {
	both -b 'SOL_SOCKET, SO_BROADCAST, \[1\]' 'SOL_SOCKET, SO_BROADCAST, \[1\]'
}

@test "-D" {
	traced -D 127.0.0.1 1
	grep -q 'SO_DEBUG, \[1\], 4) *= -1 EACCES' trace ||
		both -D 'SOL_SOCKET, SO_DEBUG, \[1\]' 'SOL_SOCKET, SO_DEBUG, \[1\]'
}

@test "-I and -O" {
	both '-I 8192 -O 16k' 'SOL_SOCKET, SO_RCVBUF, \[8192\]' \
		'SOL_SOCKET, SO_SNDBUF, \[16384\]'
	both '-I 8192 -O 16k' 'SOL_SOCKET, SO_SNDBUF, \[16384\]' \
		'SOL_SOCKET, SO_RCVBUF, \[8192\]'
}

@test "-M" {
	both '-M 77' 'SOL_IP, IP_TTL, \[77\]' 'SOL_IPV6, IPV6_UNICAST_HOPS, \[77\]'
}

@test "-m" {
	both '-m 7' 'SOL_IP, IP_MINTTL, \[7\]' 'SOL_IPV6, IPV6_MINHOPCOUNT, \[7\]'
}

@test "-T" {
	both '-T ef' 'SOL_IP, IP_TOS, \[184\]' 'SOL_IPV6, IPV6_TCLASS, \[184\]'
}

@test "-T: every keyword of nc, decimal, and hexadecimal" {
	for pair in critical:160 inetcontrol:192 lowcost:2 lowdelay:16 \
		netcontrol:224 throughput:8 reliability:4 ef:184 af11:40 af12:48 \
		af13:56 af21:72 af22:80 af23:88 af31:104 af32:112 af33:120 \
		af41:136 af42:144 af43:152 cs0:0 cs1:32 cs2:64 cs3:96 cs4:128 \
		cs5:160 cs6:192 cs7:224 0:0 255:255 0x10:16 0xff:255; do
		traced -z -T "${pair%:*}" 127.0.0.1 1
		asked "SOL_IP, IP_TOS, \[${pair#*:}\]" connect
	done
}

@test "none of them unless asked for" {
	for words in 127.0.0.1 ::1 '-u 127.0.0.1'; do
		# shellcheck disable=SC2086 # words
		traced -z -w 1 $words 1
		run -1 grep -E 'SO_BROADCAST|SO_DEBUG|SO_RCVBUF|SO_SNDBUF|TTL|HOP|TOS|TCLASS|MD5|REUSE' trace
	done
	traced_listener 127.0.0.1
	run -1 grep -E 'SO_BROADCAST|SO_DEBUG|SO_RCVBUF|SO_SNDBUF|TTL|HOP|TOS|TCLASS|MD5|REUSEPORT' trace
}

@test "the socket to a proxy has them, too" {
	listener 127.0.0.1 </dev/null
	traced -M 77 -T ef -w 1 -x "127.0.0.1:$PORT" host.example 80
	asked 'SOL_IP, IP_TTL, \[77\]' connect
	asked 'SOL_IP, IP_TOS, \[184\]' connect
}

@test "1: an option that the system refuses" {
	says 1 'ncx: set --ttl for 127.0.0.1 port 1 (tcp) failed: Invalid argument' \
		ncx -M 0 127.0.0.1 1
	says 1 'ncx: set --ttl for 127.0.0.1 port 1 (tcp) failed: Invalid argument' \
		ncx -l -M 0 127.0.0.1 1
}

@test "-m 255 hears nobody who is not next to it" {
	listener -m 255 127.0.0.1 </dev/null
	run -4 ncx -z -w 300ms 127.0.0.1 "$PORT"
	run -0 ncx -z -M 255 -w 30 127.0.0.1 "$PORT"
}

@test "-b lets datagrams go to all of a network" {
	network broadcast
	"${NETWORK[@]}" ip link add d0 type veth peer name d1
	"${NETWORK[@]}" ip link set d1 up
	"${NETWORK[@]}" ip addr add 10.0.0.1/24 brd + dev d0
	"${NETWORK[@]}" ip link set d0 up
	says 1 'ncx: connect to 10.0.0.255 port 9 (udp) failed: Permission denied' \
		"${NETWORK[@]}" ncx -u -q 0 10.0.0.255 9 <<<hello
	says 0 '' "${NETWORK[@]}" ncx -b -u -q 0 10.0.0.255 9 <<<hello
}

# signs NAME PASSWORD WORDS...: ncx -S on a terminal that types the password;
# what it shows is in NAME.screen, and $SIGNER is its start.
signs() {
	: >"$1.screen"
	mkfifo "$1.keys"
	start script -qec "ncx -S ${*:3}" /dev/null <>"$1.keys" >"$1.screen"
	SIGNER=$!
	await "$1.screen" 'TCP MD5SIG password$' :
	echo "$2" >"$1.keys"
}

# A listener that has been told the password geheim, on $PORT
signing_listener() {
	signs server geheim "-lvn $1 0"
	SERVER=$SIGNER
	await server.screen 'Listening on .* ([0-9]+).$'
	PORT=${BASH_REMATCH[1]}
}

@test "-S: both have the same password" {
	for host in 127.0.0.1 ::1; do
		signing_listener "$host"
		signs client geheim "-v $host $PORT"
		await client.screen 'succeeded!'
		await server.screen 'Connection received'
		run -1 grep geheim client.screen server.screen
		rm ./*.keys
	done
}

@test "-S: another password, or none, gets no answer" {
	signing_listener 127.0.0.1
	signs client secret "-w 300ms 127.0.0.1 $PORT"
	finished "$SIGNER"
	[ "$STATUS" -eq 4 ]
	grep -q 'failed: Connection timed out' client.screen
	says 4 "ncx: connect to 127.0.0.1 port $PORT (tcp) failed: Connection timed out" \
		ncx -w 300ms 127.0.0.1 "$PORT"
}

@test "-S: who signs gets no answer from a server that does not" {
	listener 127.0.0.1 </dev/null
	signs client geheim "-w 300ms 127.0.0.1 $PORT"
	finished "$SIGNER"
	[ "$STATUS" -eq 4 ]
}

@test "6: -S without a terminal" {
	says 6 'ncx: Unable to read TCP MD5SIG password: Inappropriate ioctl for device' \
		setsid -w ncx -S 127.0.0.1 1
}

@test "-S does not ask for a password when the command line is wrong" {
	says 2 'ncx: port "x": expected a number from 1 to 65535 or the name of a service' \
		setsid -w ncx -S 127.0.0.1 x
}

@test "-V and -Z are not in this system" {
	says 2 'ncx: no alternate routing table support available' ncx -V 1 127.0.0.1 1
	says 2 'ncx: -Z: DCCP is not in this system' ncx -Z 127.0.0.1 1
	says 2 'ncx: -V "x": expected a number from 0 to 2147483647' ncx -V x 127.0.0.1 1
}
