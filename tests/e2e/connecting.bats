#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# connecting.bats - several addresses, limits, sources, and trying again
load helper
load lonely
load story

# answers HOST PORT: hello to one client; its stderr is server.err
answers() {
	start "${NETWORK[@]}" ncx -lvn "$@" <<<hello >server.out 2>server.err
	SERVER=$!
	await server.err '^Listening on'
}

# tells WORDS...: -vv of ncx on $output, its payload in out
tells() {
	run "-$1" sh -c '"$@" 2>&1 >out' - "${NETWORK[@]}" ncx -vv "${@:2}" </dev/null
}

# The ms since the start at which lines with the words came
at_ms() {
	sed -nE "/$1/s/^ncx: ([0-9]+)\.([0-9]{3})[0-9]{3}s .*/\1\2/p" <<<"$output" |
		sed -E 's/^0+(.)/\1/'
}

# The processes in $NETWORK
people() {
	find /proc -maxdepth 3 -path '/proc/[0-9]*/ns/net' -printf '%l\n' \
		2>/dev/null | grep -cFx "$(readlink "/proc/$MACHINE/ns/net")"
}

@test "an address that does not answer costs 250 ms" {
	lonely
	answers 10.0.0.1 7777
	tells 0 half 7777
	[ "$(<out)" = hello ]
	took=$(at_ms 'connected to')
	((took >= 250 && took < 1000))
	[ "$(at_ms 'trying fd00::2')" -lt 200 ]
	grep -Fqx 'Connection to half (10.0.0.1) 7777 port [tcp/*] succeeded!' <<<"$output"
	[[ $output != *failed* ]]
}

@test "an address that refuses costs nothing" {
	lonely
	answers 127.0.0.1 7777
	tells 0 both 7777
	[ "$(<out)" = hello ]
	(($(at_ms 'trying 127.0.0.1') - $(at_ms 'trying ::1') < 200))
	grep -Fqx 'ncx: connect to both (::1) port 7777 (tcp) failed: Connection refused' <<<"$output"
}

@test "-vv tells of each address what came of it" {
	lonely
	answers 127.0.0.1 7777
	tells 0 both 7777
	cat <<<"$output" >steps
	told steps 'looking up "both"' \
		'looked up "both" in [0-9.]+ ms: ::1, 127\.0\.0\.1' \
		'trying ::1 port 7777 \(a SYN is sent\)' \
		'::1 port 7777 after [0-9.]+ ms: refused: nobody listens there, .* reset \(RST\)' \
		'trying 127\.0\.0\.1 port 7777 \(a SYN is sent\)' \
		'connected to 127\.0\.0\.1 port 7777 from 127\.0\.0\.1 port [0-9]+ in [0-9.]+ ms .*'
	answers 10.0.0.1 7777
	tells 0 half 7777
	cat <<<"$output" >steps
	told steps 'looked up "half" in .* ms: .*' 'trying fd00::2 port 7777 .*' \
		'trying 10\.0\.0\.1 port 7777 .*' 'connected to 10\.0\.0\.1 .*' \
		'fd00::2 port 7777 after [0-9.]+ ms: given up: another address was quicker'
	tells 4 -w 300ms 10.0.0.2 80
	cat <<<"$output" >steps
	told steps 'trying 10\.0\.0\.2 port 80 .*' \
		'10\.0\.0\.2 port 80 after (299|3[0-9]{2})\.[0-9]{3} ms: timed out: no answer' \
		'no session came of it: status 4'
	silent_about steps 'look'
}

@test "-vv tells of a name that nobody answers for" {
	lonely
	tells 4 -w 300ms no.name 80
	cat <<<"$output" >steps
	told steps 'looking up "no\.name"' \
		'looked up "no\.name" in [0-9.]+ ms: Connection timed out' \
		'no session came of it: status 4'
}

@test "the families take turns" {
	lonely
	tells 4 -w 2 dead 80
	mapfile -t tried < <(sed -n 's/.*trying \(.*\) port 80 .*/\1/p' <<<"$output")
	[ "${#tried[@]}" -eq 4 ]
	[[ ${tried[0]} == fd00* && ${tried[1]} == 10* ]]
	[[ ${tried[2]} == fd00* && ${tried[3]} == 10* ]]
}

@test "-4 and -6 leave the other family out" {
	lonely
	answers 10.0.0.1 7777
	tells 0 -4 half 7777
	[[ $output != *trying\ fd00* ]]
	tells 4 -6 -w 300ms half 7777
	[[ $output != *trying\ 10* ]]
}

@test "-w is one limit for all addresses" {
	lonely
	local begin=$EPOCHREALTIME took
	run -4 "${NETWORK[@]}" ncx -w 1 dead 80
	took=$(ms_since "$begin")
	((took >= 1000 && took < 2000))
	[ "${#lines[@]}" -eq 4 ]
	[ "$(grep -c 'failed: Connection timed out$' <<<"$output")" -eq 4 ]
}

@test "-w and a server of names that does not answer" {
	lonely
	for mode in '' -u -z -zv '-s no.name'; do
		local begin=$EPOCHREALTIME took
		# shellcheck disable=SC2086 # words
		says 4 'ncx: lookup of "no.name" failed: Connection timed out' \
			"${NETWORK[@]}" ncx -w 500ms $mode no.name 80
		took=$(ms_since "$begin")
		((took >= 500 && took < 4000))
	done
	[ "$(people)" -eq 1 ]
}

@test "INT ends a lookup at once, and leaves nobody behind" {
	lonely
	for mode in '' -z -l; do
		start "${NETWORK[@]}" ncx $mode no.name 80 2>client.err
		CLIENT=$!
		inside "$CLIENT"
		until pgrep -P "$NCX_PID" >child; do
			kill -0 "$NCX_PID"
		done
		local begin=$EPOCHREALTIME
		kill -INT "$NCX_PID"
		finished "$CLIENT"
		[ "$STATUS" -eq 130 ]
		(($(ms_since "$begin") < 3000))
		[ ! -s client.err ]
		[ ! -d "/proc/$(<child)" ]
	done
	[ "$(people)" -eq 1 ]
}

@test "INT ends a connect that gets no answer, and a wait for the next try" {
	lonely
	for words in '-vv dead 80' '-vv --retry 1 --retry-delay 1h 127.0.0.1 1'; do
		: >client.err
		# shellcheck disable=SC2086 # words
		start "${NETWORK[@]}" ncx $words 2>client.err
		CLIENT=$!
		await client.err 'trying'
		inside "$CLIENT"
		kill -INT "$NCX_PID"
		finished "$CLIENT"
		[ "$STATUS" -eq 130 ]
	done
}

@test "--retry N tries N more times; only the last failure is told" {
	says 1 'ncx: connect to 127.0.0.1 port 1 (tcp) failed: Connection refused' \
		ncx --retry 3 --retry-delay 1ms 127.0.0.1 1
	NETWORK=()
	for tries in 0 1 3; do
		tells 1 --retry "$tries" --retry-delay 1ms 127.0.0.1 1
		[ "$(grep -c trying <<<"$output")" -eq $((tries + 1)) ]
		[ "$(grep -c 'Connection refused$' <<<"$output")" -eq $((tries + 1)) ]
	done
}

@test "--retry ends with the first success" {
	lonely
	start "${NETWORK[@]}" ncx -vv --retry forever --retry-delay 20ms \
		127.0.0.1 7777 </dev/null >client.out 2>client.err
	CLIENT=$!
	await client.err 'refused$'
	answers 127.0.0.1 7777
	finished "$CLIENT"
	[ "$STATUS" -eq 0 ]
	[ "$(<client.out)" = hello ]
	finished "$SERVER"
	[ "$(grep -c '^Connection received' server.err)" -eq 1 ]
	[ "$(grep -c trying client.err)" -eq $(($(grep -c 'refused$' client.err) + 1)) ]
}

@test "--retry says nothing of what failed before it worked" {
	lonely
	start "${NETWORK[@]}" ncx --retry forever --retry-delay 20ms \
		127.0.0.1 7777 </dev/null >client.out 2>client.err
	CLIENT=$!
	inside "$CLIENT"
	answers 127.0.0.1 7777
	finished "$CLIENT"
	[ "$STATUS" -eq 0 ]
	[ "$(<client.out)" = hello ]
	[ ! -s client.err ]
}

@test "--retry connects to a Unix socket that is not there yet" {
	start ncx -Uvv --retry forever --retry-delay 20ms sock \
		</dev/null >client.out 2>client.err
	CLIENT=$!
	await client.err 'No such file or directory$'
	start ncx -lU sock <<<hello
	finished "$CLIENT"
	[ "$STATUS" -eq 0 ]
	[ "$(<client.out)" = hello ]
}

@test "--retry looks a name up again" {
	lonely
	start "${NETWORK[@]}" ncx -vv --retry forever --retry-delay 20ms \
		both 7777 </dev/null >client.out 2>client.err
	CLIENT=$!
	await client.err 'refused$'
	answers 127.0.0.1 7777
	finished "$CLIENT"
	[ "$STATUS" -eq 0 ]
	[ "$(grep -c 'looked up "both"' client.err)" -ge 2 ]
	says 3 'ncx: lookup of "no.name" failed: Name or service not known' \
		"${NETWORK[@]}" ncx -n --retry 2 --retry-delay 1ms no.name 80
}

@test "-w ends --retry forever" {
	lonely
	local begin=$EPOCHREALTIME took
	says 4 'ncx: connect to 127.0.0.1 port 1 (tcp) failed: Connection refused' \
		"${NETWORK[@]}" ncx --retry forever -w 700ms 127.0.0.1 1
	took=$(ms_since "$begin")
	((took >= 700 && took < 4000))
	says 4 'ncx: connect to 10.0.0.2 port 80 (tcp) failed: Connection timed out' \
		"${NETWORK[@]}" ncx --retry forever -w 300ms 10.0.0.2 80
}

@test "--retry-delay is the first wait; then it doubles" {
	NETWORK=()
	tells 1 --retry 3 --retry-delay 40ms 127.0.0.1 1
	mapfile -t tries < <(at_ms trying)
	[ "${#tries[@]}" -eq 4 ]
	((tries[1] - tries[0] >= 30 && tries[2] - tries[1] >= 60 &&
		tries[3] - tries[2] >= 120))
}

@test "-z --retry waits for a port" {
	lonely
	start "${NETWORK[@]}" ncx -zvv --retry forever --retry-delay 20ms \
		127.0.0.1 7777 </dev/null 2>client.err
	CLIENT=$!
	await client.err trying
	answers 127.0.0.1 7777
	finished "$CLIENT"
	[ "$STATUS" -eq 0 ]
	grep '^open: 7777 (' client.err
	[ "$(grep -c trying client.err)" -ge 2 ]
	run -1 "${NETWORK[@]}" ncx -z --retry 2 --retry-delay 1ms 127.0.0.1 1-5
	[ -z "$output" ]
}

@test "tries lose no descriptors" {
	run -1 prlimit --nofile=8:8 ncx --retry 9 --retry-delay 1ms \
		127.0.0.1 1 3>&-
	[ "$output" = 'ncx: connect to 127.0.0.1 port 1 (tcp) failed: Connection refused' ]
}

@test "a port that nobody listens on is not ours to talk to ourselves" {
	network echo
	"${NETWORK[@]}" sh -c 'echo 40000 40000 >/proc/sys/net/ipv4/ip_local_port_range'
	for protocol in tcp udp; do
		[ "$protocol" = tcp ] || set -- -u
		says 1 "ncx: connect to 127.0.0.1 port 40000 ($protocol) failed: Connection refused" \
			"${NETWORK[@]}" ncx "$@" -w 5 127.0.0.1 40000
	done
	run -0 "${NETWORK[@]}" ncx -p 40001 127.0.0.1 40001 <<<'our echo'
	[ "$output" = 'our echo' ]
}

@test "-s takes the addresses of its own family" {
	lonely
	for source in 10.0.0.1 127.0.0.1; do
		answers 10.0.0.1 7777
		says 0 hello "${NETWORK[@]}" ncx -s "$source" half 7777 </dev/null
		grep "^Connection received on $source " server.err
	done
	says 4 'ncx: connect to half (fd00::2) port 80 (tcp) failed: Connection timed out' \
		"${NETWORK[@]}" ncx -s fd00::1 -w 300ms half 80
	run -1 "${NETWORK[@]}" ncx -s 127.0.0.1 ::1 80
	[[ $output == 'ncx: bind to 127.0.0.1 port 0 (tcp) failed: '* ]]
}

@test "-p is our port, at one address after the other" {
	lonely
	answers 127.0.0.1 7777
	run -0 --separate-stderr "${NETWORK[@]}" ncx -p 6666 both 7777 </dev/null
	[ "$output" = hello ]
	[ "$stderr" = 'ncx: connect to both (::1) port 7777 (tcp) failed: Connection refused' ]
	grep -x 'Connection received on 127.0.0.1 6666' server.err
	says 2 'ncx: -p "70000": expected a number from 0 to 65535 or the name of a service' \
		ncx -p 70000 127.0.0.1 1
	answers 127.0.0.1 7777
	says 1 'ncx: bind to 127.0.0.1 port 7777 (tcp) failed: Address already in use' \
		"${NETWORK[@]}" ncx -s 127.0.0.1 -p 7777 127.0.0.1 80
}

@test "an address that is found twice is tried once" {
	network twice
	printf '127.0.0.1 localhost\n::1 localhost\n' >hosts
	"${NETWORK[@]}" mount --bind hosts /etc/hosts
	says 1 'ncx: connect to localhost (127.0.0.1) port 1 (tcp) failed: Connection refused' \
		"${NETWORK[@]}" ncx -4 localhost 1 </dev/null
}
