#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# status.bats - the exit status tells what happened, and one line says it
load helper

@test "0: the work was done, and nothing is said" {
	listener 127.0.0.1 </dev/null >server.out
	says 0 '' ncx 127.0.0.1 "$PORT" <<<hello
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
}

@test "1: refused" {
	says 1 'ncx: connect to 127.0.0.1 port 1 (tcp) failed: Connection refused' \
		ncx 127.0.0.1 1 </dev/null
	says 1 'ncx: connect to ::1 port 1 (tcp) failed: Connection refused' \
		ncx ::1 1 </dev/null
}

@test "1: refused, and the line has the name and what it meant" {
	says 1 'ncx: connect to localhost (127.0.0.1) port 1 (tcp) failed: Connection refused' \
		ncx -4 localhost 1 </dev/null
}

@test "1: unreachable" {
	network alone
	says 1 'ncx: connect to 192.0.2.1 port 80 (tcp) failed: Network is unreachable' \
		"${NETWORK[@]}" ncx 192.0.2.1 80 </dev/null
}

@test "1: one line for each address tried" {
	network hosts
	echo '127.0.0.2 both' >hosts
	echo '::1 both' >>hosts
	"${NETWORK[@]}" mount --bind hosts /etc/hosts
	run -1 --separate-stderr "${NETWORK[@]}" ncx both 1 </dev/null
	[ "${#stderr_lines[@]}" -eq 2 ]
	[[ $stderr == *'ncx: connect to both (127.0.0.2) port 1 (tcp) failed: Connection refused'* ]]
	[[ $stderr == *'ncx: connect to both (::1) port 1 (tcp) failed: Connection refused'* ]]
}

@test "0: one of two addresses answers" {
	network hosts
	echo '127.0.0.2 both' >hosts
	echo '::1 both' >>hosts
	"${NETWORK[@]}" mount --bind hosts /etc/hosts
	for host in 127.0.0.2 ::1; do
		start "${NETWORK[@]}" ncx -lvn "$host" 7777 <<<hello 2>server.err
		await server.err '^Listening on'
		run -0 --separate-stderr "${NETWORK[@]}" ncx both 7777 </dev/null
		[ "$output" = hello ]
	done
}

@test "1: no such Unix socket, or nobody behind it" {
	says 1 'ncx: connect to sock (unix) failed: No such file or directory' \
		ncx -U sock </dev/null
	start ncx -lU -v sock </dev/null 2>server.err
	SERVER=$!
	await server.err '^Listening on sock$'
	kill -KILL "$(program "$SERVER")"
	finished "$SERVER"
	says 1 'ncx: connect to sock (unix) failed: Connection refused' \
		ncx -U sock </dev/null
}

@test "1: an address that is not ours, to listen on or to come from" {
	says 1 'ncx: listen on 192.0.2.1 port 4567 (tcp) failed: Cannot assign requested address' \
		ncx -l 192.0.2.1 4567
	says 1 'ncx: bind to 192.0.2.1 port 0 (tcp) failed: Cannot assign requested address' \
		ncx -s 192.0.2.1 127.0.0.1 1
}

@test "1: a port that is taken" {
	listener 127.0.0.1
	says 1 "ncx: listen on 127.0.0.1 port $PORT (tcp) failed: Address already in use" \
		ncx -l 127.0.0.1 "$PORT"
	listener -u 127.0.0.1
	says 1 "ncx: listen on 127.0.0.1 port $PORT (udp) failed: Address already in use" \
		ncx -lu 127.0.0.1 "$PORT"
}

@test "--reuse-port shares a port" {
	listener --reuse-port 127.0.0.1
	start ncx --reuse-port -lvn 127.0.0.1 "$PORT" 2>second.err
	await second.err "^Listening on 127.0.0.1 $PORT\$"
	says 1 "ncx: listen on 127.0.0.1 port $PORT (tcp) failed: Address already in use" \
		ncx -l 127.0.0.1 "$PORT"
}

@test "1: a port below 1024 without the right to it" {
	network strict
	says 1 'ncx: listen on 127.0.0.1 port 80 (tcp) failed: Permission denied' \
		"${NETWORK[@]}" setpriv --inh-caps -net_bind_service \
		--bounding-set -net_bind_service "$NCX" -l 127.0.0.1 80
}

@test "2: the command line was wrong" {
	says 2 'ncx: missing port number; see ncx --help' ncx localhost
}

@test "3: a name that is none" {
	network files
	echo 'hosts: files' >nsswitch.conf
	"${NETWORK[@]}" mount --bind nsswitch.conf /etc/nsswitch.conf
	for mode in "" -u -l; do
		says 3 'ncx: lookup of "no.such.name" failed: Name or service not known' \
			"${NETWORK[@]}" ncx $mode no.such.name 7777 </dev/null
	done
}

@test "3: with -n only addresses are known" {
	says 3 'ncx: lookup of "localhost" failed: Name or service not known' \
		ncx -n localhost 1 </dev/null
	says 3 'ncx: lookup of "localhost" failed: Name or service not known' \
		ncx -n -s localhost 127.0.0.1 1 </dev/null
}

@test "3: an address of the other family" {
	run -3 --separate-stderr ncx -4 ::1 1 </dev/null
	[[ $stderr == 'ncx: lookup of "::1" failed: '* ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
}

# A machine that nobody answers: its neighbour swallows everything.
swallowing() {
	network silence
	"${NETWORK[@]}" ip link add d0 type veth peer name d1
	"${NETWORK[@]}" ip link set d1 up
	"${NETWORK[@]}" ip link set d0 up
	"${NETWORK[@]}" ip addr add 10.0.0.1/24 dev d0
	for n in 2 3; do
		"${NETWORK[@]}" ip neigh add 10.0.0.$n dev d0 \
			lladdr 02:00:00:00:00:0$n nud permanent
	done
}

@test "4: -w and --connect-timeout limit the time to get connected" {
	swallowing
	for option in -w --connect-timeout; do
		local begin=$EPOCHREALTIME took
		says 4 'ncx: connect to 10.0.0.2 port 80 (tcp) failed: Connection timed out' \
			"${NETWORK[@]}" ncx "$option" 300ms 10.0.0.2 80 </dev/null
		took=$(ms_since "$begin")
		((took >= 300 && took < 20000))
	done
}

@test "4: the limit is for all addresses and ports together" {
	swallowing
	printf '10.0.0.%d two\n' 2 3 >hosts
	"${NETWORK[@]}" mount --bind hosts /etc/hosts
	local begin=$EPOCHREALTIME took
	run -4 "${NETWORK[@]}" ncx -w 1 two 80 81 82 83 </dev/null
	took=$(ms_since "$begin")
	((took >= 1000 && took < 3500))
}

@test "0: an address that does not answer does not keep ncx from the next" {
	swallowing
	printf '%s two\n' 10.0.0.2 10.0.0.1 >hosts
	"${NETWORK[@]}" mount --bind hosts /etc/hosts
	start "${NETWORK[@]}" ncx -lvn 10.0.0.1 7777 <<<hello 2>server.err
	await server.err '^Listening on'
	run -0 "${NETWORK[@]}" ncx -w 20 two 7777 </dev/null
	[ "$output" = hello ]
}

# The client has said that, in one line: whichever of the two noticed it first.
broken() {
	cat client.err
	[ "$(wc -l <client.err)" -eq 1 ]
	[[ $(<client.err) =~ ^ncx:\ (send\ to|receive\ from)\ 127\.0\.0\.1\ port ]]
	[[ $(<client.err) =~ failed:\ (Connection\ reset\ by\ peer|Broken\ pipe)$ ]]
}

@test "5: the connection is reset while we send" {
	head -c 20000000 /dev/zero | tr '\0' x >bytes
	fifo out 9
	listener 127.0.0.1 </dev/null >out
	start ncx 127.0.0.1 "$PORT" <bytes 2>client.err
	CLIENT=$!
	read -rN 1 -t "$LIMIT" -u 9
	kill -KILL "$(program "$SERVER")"
	finished "$CLIENT"
	[ "$STATUS" -eq 5 ]
	broken
}

@test "5: the connection is reset while we wait for the peer" {
	fifo in 8
	listener 127.0.0.1 </dev/null
	start ncx 127.0.0.1 "$PORT" <in 2>client.err
	CLIENT=$!
	await server.err '^Connection received'
	kill -STOP "$(program "$SERVER")"
	echo 'never read' >&8
	exec 8>&-
	kill -KILL "$(program "$SERVER")"
	finished "$CLIENT"
	[ "$STATUS" -eq 5 ]
	broken
}

@test "5: a datagram is refused" {
	run -5 --separate-stderr ncx -u 127.0.0.1 1 <<<hello
	[[ $stderr =~ ^ncx:\ (send\ to|receive\ from)\ 127.0.0.1\ port\ 1\ \(udp\)\ failed:\ Connection\ refused$ ]]
}

@test "5: bytes that nobody has acknowledged" {
	fifo in 8
	network cable
	start "${NETWORK[@]}" ncx -lvn 127.0.0.1 7777 </dev/null >server.out 2>server.err
	await server.err '^Listening on'
	start "${NETWORK[@]}" ncx -w 1 127.0.0.1 7777 <in 2>client.err
	CLIENT=$!
	echo arrives >&8
	await server.out '^arrives$'
	"${NETWORK[@]}" ip link set lo down
	echo lost >&8
	finished "$CLIENT"
	[ "$STATUS" -eq 5 ]
	grep -qx 'ncx: send to 127.0.0.1 port 7777 (tcp) failed: .*not acknowledged' client.err
	[ "$(wc -l <client.err)" -eq 1 ]
}

@test "5: bytes that nobody has acknowledged when -q says leave" {
	fifo in 8
	network cable
	start "${NETWORK[@]}" ncx -lvn 127.0.0.1 7777 </dev/null >server.out 2>server.err
	await server.err '^Listening on'
	start "${NETWORK[@]}" ncx -q 300ms 127.0.0.1 7777 <in 2>client.err
	CLIENT=$!
	echo arrives >&8
	await server.out '^arrives$'
	"${NETWORK[@]}" ip link set lo down
	echo lost >&8
	exec 8>&-
	finished "$CLIENT"
	[ "$STATUS" -eq 5 ]
	grep -qx 'ncx: send to 127.0.0.1 port 7777 (tcp) failed: .*not acknowledged' client.err
}

@test "6: stdout is full" {
	listener 127.0.0.1 <<<hello
	run -6 --separate-stderr sh -c 'ncx 127.0.0.1 "$1" >/dev/full' - "$PORT"
	[ "$stderr" = 'ncx: write to stdout failed: No space left on device' ]
}

@test "6: stdout is full, in help" {
	run -6 --separate-stderr sh -c 'ncx --help >/dev/full'
	[ "$stderr" = 'ncx: write to stdout failed: No space left on device' ]
}

@test "6: stdin cannot be read" {
	listener 127.0.0.1 </dev/null
	says 6 'ncx: read from stdin failed: Is a directory' \
		ncx 127.0.0.1 "$PORT" <.
}

@test "6: a program behind stdout has seen enough; ncx leaves at once, quietly" {
	fifo in 8
	fifo in2 9
	listener 127.0.0.1 <in
	echo hello >&8
	start sh -c '{ ncx 127.0.0.1 "$1" 2>err; echo $? >status; } | head -c 3 >out' \
		- "$PORT" <in2
	finished $!
	[ "$(<status)" -eq 6 ]
	[ "$(<out)" = hel ]
	[ ! -s err ]
}

@test "130, 143 and 129: ended by INT, TERM or HUP" {
	fifo in 8
	for signal in INT:130 TERM:143 HUP:129; do
		listener 127.0.0.1 <in
		start ncx -v 127.0.0.1 "$PORT" <in 2>client.err
		CLIENT=$!
		await client.err succeeded
		kill "-${signal%:*}" "$(program "$CLIENT")"
		finished "$CLIENT"
		[ "$STATUS" -eq "${signal#*:}" ]
		listener 127.0.0.1
		kill "-${signal%:*}" "$(program "$SERVER")"
		finished "$SERVER"
		[ "$STATUS" -eq "${signal#*:}" ]
	done
}

@test "nohup ncx stays when the terminal goes" {
	fifo in 8
	start nohup ncx -lvn 127.0.0.1 0 <in >server.out 2>server.err
	SERVER=$!
	await server.err '^Listening on 127.0.0.1 ([0-9]+)$'
	kill -HUP "$(program "$SERVER")"
	ncx -q 0 127.0.0.1 "${BASH_REMATCH[1]}" <<<'still there'
	await server.out '^still there$'
}
