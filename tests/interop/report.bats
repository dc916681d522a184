#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# report.bats - what sessions of all kinds are told to have been: for jq(1),
# for a JSON schema, and as ss(8) has it
load ../e2e/helper
load ../e2e/processes
load report

# ports of others: nobody listens there
NOBODY=1

# reporting FILE WORDS...: ncx in the foreground, with a report in the file
reporting() {
	ncx --report=json:"$1" "${@:2}"
}

# peer TASK...: see peers.py; who comes to $PORT has to do with it.
peer() {
	: >peer.out
	start "$BATS_TEST_DIRNAME/../e2e/peers.py" server "$@" >peer.out
	PEER=$!
	await peer.out '^port ([0-9]+)$'
	PORT=${BASH_REMATCH[1]}
}

@test "both sides of a connection tell the same" {
	listener --report=json:there 127.0.0.1 <<<answer >heard
	reporting here 127.0.0.1 "$PORT" <<<question
	finished "$SERVER"
	reports here 1
	reports there 1
	told here "$in_order" '.protocol == "tcp"' '.mode == "connect"' \
		'.session == 1' '.status == 0' '.acknowledged == true' \
		".remote == {address: \"127.0.0.1\", port: $PORT, name: null}" \
		'.sent | .bytes == 9 and .writes == 1 and .first_byte <= .end' \
		'.received | .bytes == 7 and .reads == 1 and .last_byte <= .end' \
		'.attempts | length == 1 and .[0].result == "connected"' \
		'.attempts[0] | .start <= .end' '.up >= .attempts[0].end' \
		'.lookup == null and .proxy == null and .tls == null' \
		'.sent.acked <= .duration' '.limit == null and .hash == null'
	told there '.mode == "listen"' '.attempts == []' '.connect == null' \
		'.received.bytes == 9' '.sent.bytes == 7' '.status == 0' \
		'.acknowledged == true' '.tcp_info.bytes_received >= 9'
	[ "$(jq -c .local there)" = "$(jq -c '.remote | del(.name)' here)" ]
	[ "$(jq -c .local here)" = "$(jq -c '.remote | del(.name)' there)" ]
	# who said it first is known on both sides
	[ "$(jq -r .end.how here) $(jq -r .end.how there)" = 'fin fin' ]
}

@test "a name, and how long its lookup took" {
	listener -k 127.0.0.1 </dev/null
	reporting here localhost "$PORT" </dev/null
	reports here 1
	told here '.remote.name == "localhost"' '.lookup > 0' \
		'.remote.address == "127.0.0.1"' \
		'.connect > 0' '.attempts[-1].end <= .lookup + .connect + 5000'
}

@test "a refused connection has its attempt and its reason" {
	run ! reporting here 127.0.0.1 "$NOBODY"
	reports here 1
	told here '.status == 1' '.end.by == "nobody"' '.up == null' \
		'.end.how == "connect to 127.0.0.1 port 1 (tcp) failed: Connection refused"' \
		'.attempts | map(.result) == ["Connection refused"]' \
		'.tcp_info == null and .local == null and .connect == null' \
		'.received.bytes == 0 and .sent.bytes == 0' \
		'.acknowledged == null'
}

@test "the attempts before the one that was taken" {
	listener 127.0.0.1 </dev/null
	reporting here 127.0.0.1 "$NOBODY" "$PORT" 2>/dev/null </dev/null
	reports here 1
	told here '.attempts | map(.result) == ["Connection refused", "connected"]' \
		".remote.port == $PORT" '.status == 0'
}

@test "--retry: the attempts of all tries" {
	run ! reporting here --retry 2 --retry-delay 1ms 127.0.0.1 "$NOBODY"
	reports here 1
	told here '.attempts | length == 3' '[.attempts[].start] | . == sort'
}

@test "a name that cannot be looked up" {
	run -3 reporting here -n no-number "$NOBODY"
	reports here 1
	told here '.status == 3' '.end.by == "nobody"' '.attempts == []' \
		'.remote == {address: null, port: 1, name: "no-number"}' \
		'.end.how | startswith("lookup of \"no-number\" failed: ")'
}

@test "UDP has no end, no acknowledgements and no TCP_INFO" {
	listener -u -k -e cat --report=json:there 127.0.0.1
	reporting here -u -W 1 127.0.0.1 "$PORT" <<<hello
	reports here 1
	told here '.protocol == "udp"' '.tcp_info == null' \
		'.acknowledged == null' '.limit == "recv-limit"' \
		'.end == {by: "limit", how: "recv-limit"}' \
		'.received.end == null' '.received.reads == 1'
	kill -TERM "$(program "$SERVER")"
	finished "$SERVER"
	reports there 1
	told there '.protocol == "udp"' '.mode == "listen"' \
		".local == {address: \"127.0.0.1\", port: $PORT}" \
		'.received.bytes == 6 and .sent.bytes == 6'
}

@test "a datagram that is refused" {
	# the port was free a moment ago, and is ours alone in this test
	network alone
	run -5 "${NETWORK[@]}" ncx -u --report=json:here 127.0.0.1 9 <<<hello
	reports here 1
	told here '.status == 5' '.end == {by: "peer", how: "Connection refused"}'
}

@test "Unix sockets of all kinds: paths, names, and no name" {
	local kind
	for kind in '' -u --seqpacket; do
		rm -f sock here there err
		# shellcheck disable=SC2086 # none, or one
		start ncx -lvU $kind --report=json:there sock 2>err </dev/null
		SERVER=$!
		await err '^(Listening|Bound) on sock$'
		# shellcheck disable=SC2086
		reporting here -U $kind ${kind:+-q 0} sock <<<hello
		[ "$kind" != -u ] || kill -TERM "$(program "$SERVER")"
		finished "$SERVER"
		reports here 1
		reports there 1
		told here '.remote == {address: "sock", port: null, name: null}' \
			'.tcp_info == null' '.sent.bytes == 6' '.lookup == null'
		told there '.local.address == "sock"' '.received.bytes == 6'
		[ "$(jq -r .protocol here)" = "$(jq -r .protocol there)" ]
	done
	told here '.protocol == "unix-seqpacket"'
	listener_path=@ncx-report-$$
	start ncx -lvU --report=json:there2 "$listener_path" 2>err2 </dev/null
	SERVER=$!
	await err2 '^Listening on '
	reporting here2 -U "$listener_path" <<<hello
	finished "$SERVER"
	told here2 ".remote.address == \"$listener_path\"" '.end.how == "eof"' \
		'.protocol == "unix"'
	reports there2 1
}

@test "-k: a line for each client, with its number" {
	listener -k --report=json:there 127.0.0.1 </dev/null >/dev/null
	for i in 1 2 3; do
		ncx 127.0.0.1 "$PORT" <<<"client $i"
	done
	eventually reports there 3
	[ "$(jq -s -c 'map(.session)' there)" = '[1,2,3]' ]
	[ "$(jq -s -c 'map(.received.bytes)' there)" = '[9,9,9]' ]
}

@test "-e: the program's end is ours" {
	listener -k -e 'echo hello' --report=json:there 127.0.0.1
	reporting here -d 127.0.0.1 "$PORT"
	eventually reports there 1
	told there '.end == {by: "us", how: "fin"}' '.sent.bytes == 6'
	told here '.end == {by: "peer", how: "fin"}' '.received.bytes == 6'
	listener -k -e cat 127.0.0.1
	reporting here2 -e 'echo hello' 127.0.0.1 "$PORT"
	told here2 '.status == 0' '.sent.bytes == 6'
}

@test "-e: a program that cannot be run" {
	listener -k --report=json:there -e /nonexistent 127.0.0.1
	run ! reporting here -e /nonexistent 127.0.0.1 "$PORT"
	reports here 1
	told here '.status == 127' '.end.how == "No such file or directory"' \
		'.up == null' '.end.by == "nobody"'
	eventually reports there 1
	told there '.status == 127'
}

@test "--relay: both legs" {
	listener -k -e cat 127.0.0.1
	TARGET=$PORT
	mv server.err target.err
	start ncx -l -k -v --relay "localhost:$TARGET" --report=json:there \
		127.0.0.1 0 2>server.err
	await server.err '^Listening on .* ([0-9]+)$'
	PORT=${BASH_REMATCH[1]}
	ncx 127.0.0.1 "$PORT" <<<hello
	eventually reports there 1
	told there '.received.bytes == 6 and .sent.bytes == 6' \
		"$(printf '.upstream.remote == {address: "127.0.0.1", port: %d, name: "localhost"}' "$TARGET")" \
		'.upstream.lookup > 0' '.upstream.connect > 0' \
		'.upstream.attempts | length == 1' \
		'.upstream.local.address == "127.0.0.1"' \
		'.upstream.tcp_info.bytes_received >= 6' \
		'.attempts == [] and .tcp_info.bytes_received >= 6'
}

@test "--relay: a target that is not there" {
	listener -k --relay "127.0.0.1:$NOBODY" --report=json:there 127.0.0.1
	ncx 127.0.0.1 "$PORT" </dev/null
	eventually reports there 1
	told there '.status == 1' '.upstream.tcp_info == null' \
		'.upstream.attempts[0].result == "Connection refused"' \
		'.end | .by == "nobody" and (.how | endswith("Connection refused"))'
}

@test "a reset is the peer's" {
	peer hear:hello reset
	fifo in 8
	start ncx --report=json:here 127.0.0.1 "$PORT" <in 2>err
	local client=$!
	echo hello >&8
	finished "$client"
	[ "$STATUS" -eq 5 ]
	reports here 1
	told here '.status == 5' '.end == {by: "peer", how: "rst"}' \
		'.received.end == null' '.tcp_info.state == "UNCONN"' \
		'.local.address == "127.0.0.1"' ".remote.port == $PORT"
}

@test "a disk that is full is ours" {
	listener -k -c 'echo hello; cat' 127.0.0.1
	fifo in 8
	start ncx --report=json:there 127.0.0.1 "$PORT" <in >/dev/full 2>err
	local client=$!
	finished "$client"
	[ "$STATUS" -eq 6 ]
	reports there 1
	told there '.end == {by: "us", how: "No space left on device"}' \
		'.status == 6' '.received.bytes == 6'
}

@test "limits have their names: -w, --idle-timeout, -q" {
	listener -k -d 127.0.0.1
	fifo in 8
	reporting here -w 10ms 127.0.0.1 "$PORT" <in
	told here '.status == 0' '.limit == "wait"' \
		'.end == {by: "limit", how: "timeout"}' '.duration >= 10'
	run -4 reporting there --idle-timeout 10ms 127.0.0.1 "$PORT" <in
	told there '.status == 4' '.limit == "idle-timeout"'
	listener -k --no-shutdown 127.0.0.1 <in
	reporting quit -q 0 127.0.0.1 "$PORT" <<<hello
	told quit '.limit == "quit-after"' '.acknowledged == true'
	reports here 1
	reports there 1
	reports quit 1
}

# full: a Unix socket whose queue takes nobody
full() {
	: >full.out
	start python3 -c '
import socket, sys, time
server = socket.socket(socket.AF_UNIX)
server.bind("full")
server.listen(0)
clients = []
try:
    while True:
        client = socket.socket(socket.AF_UNIX)
        client.setblocking(False)
        client.connect("full")
        clients.append(client)
except BlockingIOError:
    print("full", flush=True)
sys.stdin.read()' <&8 >full.out
	await full.out '^full$'
}

@test "a connection that is not made in time" {
	fifo in 8
	full
	run -4 reporting here --connect-timeout 20ms -U full </dev/null
	reports here 1
	told here '.status == 4' '.limit == "connect-timeout"' \
		'.end == {by: "limit", how: "timeout"}' \
		'.attempts | map(.result) == ["Connection timed out"]'
}

@test "a signal ends a session, and one that has not begun" {
	fifo in 8
	listener -k --report=json:there 127.0.0.1 <in
	start ncx -v --report=json:here 127.0.0.1 "$PORT" <in 2>err
	local client=$!
	await err succeeded
	kill -INT "$(program "$client")"
	finished "$client"
	[ "$STATUS" -eq 130 ]
	reports here 1
	told here '.status == 130' '.end == {by: "signal", how: "SIGINT"}' \
		'.tcp_info.state == "ESTAB"' '.up > 0'
	full
	start ncx -vv --report=json:early -U full <in 2>early.err
	client=$!
	await early.err 'trying full'
	kill -TERM "$(program "$client")"
	finished "$client"
	[ "$STATUS" -eq 143 ]
	reports early 1
	told early '.status == 143' '.end == {by: "signal", how: "SIGTERM"}' \
		'.up == null' '.attempts | map(.result) == ["canceled"]'
}

@test "a listener that gets a signal tells of all who were there" {
	fifo in 8
	listener -k --report=json:there 127.0.0.1 <in
	for i in 1 2; do
		start ncx -d 127.0.0.1 "$PORT"
		await server.err "Connection received"
	done
	until [ "$(grep -c received server.err)" -eq 2 ]; do
		((SECONDS < LIMIT))
	done
	kill -TERM "$(program "$SERVER")"
	finished "$SERVER"
	[ "$STATUS" -eq 143 ]
	reports there 2
	[ "$(jq -s -c 'map(.end.how) | unique' there)" = '["SIGTERM"]' ]
}

# ss_fact NAME: of $SS, what ss(8) says of the connection
ss_fact() {
	[[ " $SS " =~ \ $1:?([^\ ]+)\  ]] && echo "${BASH_REMATCH[1]}"
}

@test "TCP_INFO is what ss(8) has of the same connection" {
	local fact words
	fifo in 8
	: >out
	listener -k -e cat 127.0.0.1
	start ncx -v --report=json:here 127.0.0.1 "$PORT" <in >out 2>err
	local client=$!
	head -c 100000 /dev/zero | tr '\0' a >&8
	echo >&8
	await out aaa
	# all is there, and acknowledged both ways
	until SS=$(ss -Htin "dport = :$PORT") && [[ $SS == *bytes_acked:100002' '* &&
		$SS != *unacked:* && $SS == *bytes_received:100001' '* ]]; do
		((SECONDS < LIMIT))
	done
	kill -TERM "$(program "$client")"
	finished "$client"
	reports here 1
	SS=${SS//$'\n'/ }
	SS=${SS//$'\t'/ }
	[[ $SS == ESTAB* ]]
	told here '.tcp_info.state == "ESTAB"'
	for fact in mss pmtu rcvmss advmss cwnd bytes_sent bytes_acked \
		bytes_received; do
		words=$(ss_fact "$fact") || { echo "no $fact: $SS"; false; }
		told here ".tcp_info.$fact == $words"
	done
	words=$(ss_fact rtt)
	told here ".tcp_info.rtt == ${words%/*}" ".tcp_info.rttvar == ${words#*/}" \
		".tcp_info.rto == $(ss_fact rto)" \
		".tcp_info.min_rtt == $(ss_fact minrtt)" \
		'.tcp_info | .retrans == 0 and .unacked == 0 and .lost == 0'
	words=$(ss_fact busy || echo 0)
	told here ".tcp_info.busy | floor == ${words%ms}"
}

@test "--log json: all lines of a server are objects of the schema" {
	start ncx -l -k -vv --log json -n --deny 127.0.0.2 127.0.0.1 0 \
		2>log </dev/null >/dev/null
	SERVER=$!
	await log '"text":"Listening on 127.0.0.1 ([0-9]+)"'
	PORT=${BASH_REMATCH[1]}
	ncx 127.0.0.1 "$PORT" <<<hello
	run ncx -s 127.0.0.2 127.0.0.1 "$PORT" </dev/null
	await log '"event":"closed"'
	await log '"event":"refused"'
	reports log 1
	[ "$(jq -r 'select(.level == "note") | .event' log)" = \
		$'listening\naccepted\nclosed\nrefused' ]
	told log '.received.bytes == 6'
	[ "$(jq -c 'select(.event == "refused").remote.address' log)" = '"127.0.0.2"' ]
	[ "$(jq -r 'select(.event == "accepted").local.port' log)" = "$PORT" ]
	jq -s -e 'any(.level == "step" and (.text | test("our output has all")))' log
}

@test "--log json: of a client, too, and of what went wrong" {
	listener -k 127.0.0.1 </dev/null
	ncx -v --log json 127.0.0.1 "$PORT" 2>log </dev/null
	reports log 1
	[ "$(jq -r .event log)" = $'connected\nclosed' ]
	run -1 --separate-stderr ncx --log json 127.0.0.1 "$NOBODY"
	echo "$stderr" >wrong
	reports wrong 0
	[ "$(jq -r '.level, .event, .text' wrong)" = \
		$'error\nmessage\nconnect to 127.0.0.1 port 1 (tcp) failed: Connection refused' ]
}

@test "what is no UTF-8 becomes JSON all the same" {
	name=$'caf\xe9 \x01\x7f "\\ \xe2\x80\xae\xf0\x9f\x98\x80'
	run ! reporting here -U "$name" </dev/null
	reports here 1
	[ "$(jq -r .remote.address here)" = $'caf\xef\xbf\xbd \x01\x7f "\\ \xe2\x80\xae\xf0\x9f\x98\x80' ]
	run ! grep -q $'[^ -~\xf0\x9f\x98\x80]' here
}
