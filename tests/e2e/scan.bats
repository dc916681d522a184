#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# scan.bats - which ports are open, and how that is said
load helper

# In $NETWORK, at 127.0.0.1: 5001 and 5003 are open, and 5005 drops what comes
# to it, for it has not come far enough to have 255 hops left.
scanned() {
	network scanned
	opens 5001 -k
	opens 5003 -k
	opens 5005 -m 255
}

# opens PORT OPTION...: its stderr is PORT.err, its stdout PORT.out
opens() {
	start "${NETWORK[@]}" ncx -lvn "${@:2}" 127.0.0.1 "$1" \
		</dev/null >"$1.out" 2>"$1.err"
	SERVER=$!
	await "$1.err" '^(Listening|Bound) on '
}

# scan STATUS OPTION...: what it says is $output, without the times
scan() {
	run "-$1" "${NETWORK[@]}" ncx -z "${@:2}" </dev/null
	output=$(sed -E 's/ \([0-9.]+( to [0-9.]+)? ms\)$/ (TIME)/' <<<"$output")
}

refused() {
	echo "ncx: connect to 127.0.0.1 port $1 (${2-tcp}) failed: Connection refused"
}

succeeded() {
	echo "Connection to 127.0.0.1 $1 port [${2-tcp/*}] succeeded!"
}

dropped() {
	echo "ncx: connect to 127.0.0.1 port $1 (${2-tcp}) failed: Connection timed out"
}

@test "without -v only the status tells" {
	scanned
	for ports in 5001 5000-5004 5004-5000 "1 5001" 5000,5003; do
		# shellcheck disable=SC2086 # a list of words
		scan 0 127.0.0.1 $ports
		[ -z "$output" ]
	done
	scan 1 127.0.0.1 5002
	[ -z "$output" ]
	scan 4 -w 300ms 127.0.0.1 5005
	[ -z "$output" ]
}

@test "under -v each port has its sentence, and then there is a summary" {
	scanned
	scan 0 -v 127.0.0.1 5000-5003
	diff - <(refused 5000 && succeeded 5001 && refused 5002 &&
		succeeded 5003 && echo 'open: 5001 5003 (TIME)' &&
		echo 'closed: 5000 5002 (TIME)') <<<"$output"
}

@test "the order is that of the list: arguments, commas, ranges, names" {
	scanned
	scan 0 -v 127.0.0.1 5003,4000 5002-5000 http
	diff - <(succeeded 5003 && refused 4000 && refused 5000 &&
		succeeded 5001 && refused 5002 && refused 80 &&
		echo 'open: 5003 5001 (TIME)' &&
		echo 'closed: 4000 5000 5002 80 (TIME)') <<<"$output"
}

@test "the order is that of the list, whichever port ends first" {
	scanned
	scan 0 -v -w 500ms 127.0.0.1 5005,5001,5002
	diff - <(dropped 5005 && succeeded 5001 && refused 5002 &&
		echo 'open: 5001 (TIME)' && echo 'closed: 5002 (TIME)' &&
		echo 'filtered: 5005 (TIME)') <<<"$output"
}

@test "the time is that of the port" {
	scanned
	run -4 "${NETWORK[@]}" ncx -zv -w 300ms 127.0.0.1 5005
	[[ ${lines[1]} =~ ^filtered:\ 5005\ \(([0-9]+)\.[0-9]\ ms\)$ ]]
	((BASH_REMATCH[1] >= 298 && BASH_REMATCH[1] < 20000))
}

@test "-r asks in another order, and prints in that of the list" {
	network shuffled
	run -1 "${NETWORK[@]}" ncx -z -vv -r --parallel 1 127.0.0.1 1-100
	asked=$(sed -n 's/.*trying 127.0.0.1 port \([0-9]*\) .*/\1/p' <<<"$output")
	[ "$asked" != "$(seq 100)" ]
	diff <(sort -n <<<"$asked") <(seq 100)
	diff <(grep failed <<<"$output") <(
		for port in {1..100}; do refused "$port"; done
	)
}

@test "--parallel 1 asks one after the other" {
	scanned
	run -0 "${NETWORK[@]}" ncx -z -vv --parallel 1 127.0.0.1 5000-5002
	diff <(sed -nE 's/.* trying .* port ([0-9]+) .*/\1/p; s/.* port (.*) \(tcp\).*/no \1/p
		s/^Connection to [^ ]* ([0-9]+) .*/yes \1/p' <<<"$output") \
		<(printf '%s\n' 5000 'no 5000' 5001 'yes 5001' 5002 'no 5002')
}

@test "few descriptors lose no port" {
	scanned
	for limit in 32 16 8; do
		run -0 "${NETWORK[@]}" prlimit --nofile="$limit:$limit" \
			ncx -zv 127.0.0.1 4901-5003 3>&-
		[ "${#lines[@]}" -eq 105 ]
		[ "$(grep -c ' failed: Connection refused$' <<<"$output")" -eq 101 ]
		[[ ${lines[103]} == 'open: 5001 5003 ('* ]]
		[[ ${lines[104]} == 'closed: 4901-5000 5002 ('* ]]
	done
}

@test "a soft limit of descriptors is raised" {
	scanned
	run -0 "${NETWORK[@]}" prlimit --nofile=32: \
		ncx -zv -w 1 127.0.0.1 5001,5005 4000-5000
	[[ $output == *$'\nopen: 5001 ('* ]]
	[[ $output == *$'\nclosed: 4000-5000 ('* ]]
}

@test "what fails on our side is not said to be filtered" {
	scanned
	run -1 "${NETWORK[@]}" ncx -zv -s 192.0.2.1 127.0.0.1 5001
	[[ ${lines[0]} == 'ncx: bind to 192.0.2.1 port 0 (tcp) failed: '* ]]
	[[ ${lines[1]} == 'not known: 5001 ('* ]]
	run -1 "${NETWORK[@]}" prlimit --nofile=4:4 \
		ncx -zv 127.0.0.1 5001-5003 3>&-
	[[ ${lines[0]} == *' port 5001 (tcp) failed: Too many open files' ]]
	[[ ${lines[3]} == 'not known: 5001-5003 ('* ]]
}

@test "all 65535 ports" {
	scanned
	scan 0 -v -w 1 127.0.0.1 1-65535
	[ "$(wc -l <<<"$output")" -eq 65538 ]
	diff - <(echo 'open: 5001 5003 (TIME)
closed: 1-5000 5002 5004 5006-65535 (TIME)
filtered: 5005 (TIME)') < <(tail -n 3 <<<"$output")
}

@test "0, 1 or 4: one is open, all said no, or nobody said anything" {
	scanned
	scan 0 -w 300ms 127.0.0.1 5001,5002,5005
	scan 1 -w 300ms 127.0.0.1 5002,5005
	scan 1 -w 300ms 127.0.0.1 5000,5002
	scan 4 -w 300ms 127.0.0.1 5005,5005
}

@test "3: the host is looked up once, and not known" {
	network nobody
	run -3 "${NETWORK[@]}" ncx -zvn no.such.name 1-9
	[ "$output" = 'ncx: lookup of "no.such.name" failed: Name or service not known' ]
	run -3 "${NETWORK[@]}" ncx -zn no.such.name 1-9
	[ "$output" = 'ncx: lookup of "no.such.name" failed: Name or service not known' ]
}

@test "2: a wrong port in the list, and nobody is asked" {
	listener -k 127.0.0.1 </dev/null >server.out
	for bad in 70000 0 nosuch 5-x '' 80x; do
		run -2 ncx -z 127.0.0.1 "$PORT" "$PORT,$bad"
		[[ $output == 'ncx: port "'*'": expected a number from 1 to 65535 '* ]]
	done
	ncx 127.0.0.1 "$PORT" <<<last
	await server.out '^last$'
	[ "$(grep -c '^Connection received' server.err)" -eq 1 ]
}

@test "nothing is sent, and nothing is read from stdin" {
	listener 127.0.0.1 </dev/null >server.out
	run -0 sh -c 'ncx -z 127.0.0.1 "$1" && cat' - "$PORT" <<<'our input'
	[ "$output" = 'our input' ]
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
	[ ! -s server.out ]
}

@test "a name that means two addresses: one of them is enough" {
	scanned
	printf '%s both\n' ::1 127.0.0.1 >hosts
	"${NETWORK[@]}" mount --bind hosts /etc/hosts
	scan 0 -v both 5001-5002
	grep -qx 'Connection to both (127.0.0.1) 5001 port .* succeeded!' <<<"$output"
	for host in ::1 127.0.0.1; do
		grep -q "^ncx: connect to both ($host) port 5002 " <<<"$output"
	done
	[[ $output == *$'\nopen: 5001 (TIME)\nclosed: 5002 (TIME)' ]]
}

@test "200 filtered ports end with the first" {
	network silence
	"${NETWORK[@]}" ip link add d0 type veth peer name d1
	"${NETWORK[@]}" ip link set d1 up
	"${NETWORK[@]}" ip link set d0 up
	"${NETWORK[@]}" ip addr add 10.0.0.1/24 dev d0
	"${NETWORK[@]}" ip neigh add 10.0.0.2 dev d0 \
		lladdr 02:00:00:00:00:02 nud permanent
	local begin=$EPOCHREALTIME took
	run -4 "${NETWORK[@]}" ncx -zv -w 1 10.0.0.2 1-200
	took=$(ms_since "$begin")
	((took >= 1000 && took < 20000))
	[ "${#lines[@]}" -eq 201 ]
	[[ ${lines[200]} == 'filtered: 1-200 ('* ]]
}

@test "-w is for each port" {
	scanned
	local begin=$EPOCHREALTIME
	scan 4 -w 300ms --parallel 1 127.0.0.1 5005,5005,5005
	(($(ms_since "$begin") >= 900))
}

@test "UDP: closed is 1, silence is open|filtered and 4" {
	network datagrams
	opens 5005 -u -k
	scan 1 -uv 127.0.0.1 5000
	[ "$output" = "$(refused 5000 udp && echo 'closed: 5000 (TIME)')" ]
	scan 4 -uv -w 300ms 127.0.0.1 5000,5005
	[ "$output" = "$(refused 5000 udp && dropped 5005 udp &&
		echo 'closed: 5000 (TIME)' && echo 'open|filtered: 5005 (TIME)')" ]
	scan 4 -u -w 300ms 127.0.0.1 5005
	[ -z "$output" ]
}

@test "UDP: open is who answers an empty datagram" {
	network datagrams
	start "${NETWORK[@]}" ncx -lnuv 127.0.0.1 5001 <<<answer 2>server.err
	await server.err '^Bound on'
	scan 0 -uv -w 20 127.0.0.1 5001
	[ "$output" = "$(succeeded 5001 'udp/*' && echo 'open: 5001 (TIME)')" ]
}

@test "UDP: what asks a port has no payload but for DNS and NTP" {
	network datagrams
	for port in 5001 53 123; do
		opens "$port" -u -W 1
		scan 4 -u -w 300ms 127.0.0.1 "$port"
		finished "$SERVER"
	done
	[ ! -s 5001.out ]
	[ "$(wc -c <53.out)" -eq 17 ]
	[ "$(wc -c <123.out)" -eq 48 ]
}

@test "UDP: servers of DNS and NTP understand what they are asked" {
	network services
	for service in dns:53:domain ntp:123:ntp; do
		IFS=: read -r name port service <<<"$service"
		start "${NETWORK[@]}" "$BATS_TEST_DIRNAME/peers.py" "$name" >"$name.out"
		await "$name.out" '^bound$'
		scan 0 -uv -w 20 127.0.0.1 "$port"
		[ "$output" = "$(succeeded "$port" "udp/$service" &&
			echo "open: $port (TIME)")" ]
	done
}

@test "a Unix path is a port" {
	start ncx -lUkv sock </dev/null >server.out 2>server.err
	SERVER=$!
	await server.err '^Listening on sock$'
	NETWORK=()
	scan 0 -U sock
	[ -z "$output" ]
	scan 0 -Uv sock
	[ "$output" = 'open: (TIME)' ]
	kill -KILL "$(program "$SERVER")"
	finished "$SERVER"
	scan 1 -Uv sock
	[ "$output" = 'ncx: connect to sock (unix) failed: Connection refused
closed: (TIME)' ]
	scan 1 -U nothing
	[ -z "$output" ]
}

@test "with -n a port may be a name, and has none in the sentence" {
	network named
	start "${NETWORK[@]}" ncx -lvn 127.0.0.1 80 </dev/null 2>server.err
	await server.err '^Listening on '
	run -0 --separate-stderr "${NETWORK[@]}" ncx -zvn 127.0.0.1 http
	[ "${stderr_lines[0]}" = 'Connection to 127.0.0.1 80 port [tcp/*] succeeded!' ]
}
