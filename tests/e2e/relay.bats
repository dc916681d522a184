#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# relay.bats - a connection of its own to somewhere else for each client
load helper
load processes

# target WORDS...: ncx -l on a free port, which is $TARGET; see listener.
target() {
	listener "$@" 127.0.0.1
	TARGET=$PORT TARGET_SERVER=$SERVER
	mv server.err target.err
}

# relay WORDS...: from $PORT to $TARGET
relay() {
	listener "$@" --relay "127.0.0.1:$TARGET" 127.0.0.1
}

# path_target WORDS...: a Unix socket "target"; then $TARGET_SERVER.
path_target() {
	start ncx -lU -v "$@" target 2>target.err
	TARGET_SERVER=$!
	await target.err '^(Listening|Bound) on target$'
}

# path_relay WORDS...: one that clients find at the path "front"
path_relay() {
	start ncx -lU -v "$@" front 2>server.err
	SERVER=$!
	await server.err '^(Listening|Bound) on front$'
}

# peer ROLE WORDS...: one of peers.py in the background; its $! is $PEER.
peer() {
	: >"$1.out"
	start "$BATS_TEST_DIRNAME/peers.py" "$@" >"$1.out"
	PEER=$!
}

# A target that says hello and does the tasks, and a relay to it
peer_relay() {
	peer server say:hello "$@"
	await server.out '^port ([0-9]+)$'
	TARGET=${BASH_REMATCH[1]}
	relay
}

content() {
	finished "$1"
	[ "$STATUS" -eq 0 ]
}

@test "TCP to TCP: the client's end reaches the target, its answer the client" {
	target -c 'sort; echo end'
	relay
	run -0 ncx 127.0.0.1 "$PORT" < <(printf 'b\na\n')
	[ "$output" = $'a\nb\nend' ]
	content "$SERVER"
	content "$TARGET_SERVER"
}

@test "the target's end reaches the client, which goes on" {
	peer_relay end hear:more eof
	timeout "$LIMIT" "$BATS_TEST_DIRNAME/peers.py" client "$PORT" \
		hear:hello eof say:more end
	content "$PEER"
	content "$SERVER"
}

@test "-k: each client has a target of its own" {
	target -k -c 'echo $$; exec cat'
	relay -k
	local one other line
	exec 8<>"/dev/tcp/127.0.0.1/$PORT"
	exec 9<>"/dev/tcp/127.0.0.1/$PORT"
	hear 9 other
	hear 8 one
	[ "$one" -ne "$other" ]
	echo for one >&8
	echo for the other >&9
	hear 9 line
	[ "$line" = 'for the other' ]
	hear 8 line
	[ "$line" = 'for one' ]
	vanish
	await server.err 'closed after .*: 8 bytes received, '
}

@test "TCP to Unix" {
	path_target -k -c 'sort; echo end'
	listener -k --relay unix:target 127.0.0.1
	for _ in 1 2; do
		run -0 ncx 127.0.0.1 "$PORT" < <(printf 'b\na\n')
		[ "$output" = $'a\nb\nend' ]
	done
}

@test "Unix to TCP" {
	target -k -c 'sort; echo end'
	path_relay -k --relay "127.0.0.1:$TARGET"
	for _ in 1 2; do
		run -0 ncx -U front < <(printf 'b\na\n')
		[ "$output" = $'a\nb\nend' ]
	done
}

@test "Unix to Unix, and to an abstract name" {
	path_target -c 'sort'
	path_relay --relay unix:target
	run -0 ncx -U front < <(printf 'b\na\n')
	[ "$output" = $'a\nb' ]
	content "$SERVER"
	start ncx -lU -v -c 'sort' "@ncx-$$-relay" 2>target.err
	await target.err '^Listening on '
	path_relay --relay "unix:@ncx-$$-relay"
	run -0 ncx -U front < <(printf 'b\na\n')
	[ "$output" = $'a\nb' ]
}

@test "IPv4 to IPv6, and by name" {
	listener -k -c 'echo $TCPREMOTEIP'
	TARGET=$PORT
	for host in '[::1]' localhost; do
		start ncx -l -v --relay "$host:$TARGET" 127.0.0.1 0 2>server.err
		await server.err '^Listening on .* ([0-9]+)$'
		run -0 ncx 127.0.0.1 "${BASH_REMATCH[1]}" </dev/null
		[ "$output" = ::1 ] || [ "$host:$output" = localhost:127.0.0.1 ]
	done
}

# so_much FILE: it, up to 1 GiB
so_much() {
	for ((n = 0; n < 64; n++)); do
		cat "$1"
	done
}

@test "1 GiB each way at once arrives as it was" {
	head -c 16777216 /dev/urandom >ours
	head -c 16777216 /dev/urandom >theirs
	target < <(so_much theirs) \
		> >(cmp - <(so_much ours) && echo same >up)
	relay
	ncx 127.0.0.1 "$PORT" < <(so_much ours) | cmp - <(so_much theirs)
	content "$SERVER"
	content "$TARGET_SERVER"
	eventually test -s up
}

@test "UDP: each peer has a target of its own, and datagrams stay whole" {
	target -u -k -c 'read -r line; echo "$UDPREMOTEPORT"; exec cat'
	relay -u -k
	local ports=()
	for fd in 8 9; do
		fifo "in$fd" "$fd"
		: >"out$fd"
		start ncx -u 127.0.0.1 "$PORT" <"in$fd" >"out$fd"
		echo "hello" >&"$fd"
		await "out$fd" '^([0-9]+)$'
		ports+=("${BASH_REMATCH[1]}")
	done
	[ "${ports[0]}" -ne "${ports[1]}" ]
	for size in 1 1400 9000; do
		head -c "$size" /dev/zero | tr '\0' x >&8
		echo >&8
	done
	await out8 '^x{9000}$'
	[ "$(wc -l <out9)" -eq 1 ]
}

@test "UDP: what the target of one peer says is one datagram for it" {
	target -u -c 'read -r line; printf 1; exec cat'
	relay -u
	run -0 ncx -u -W 1 127.0.0.1 "$PORT" <<<hello
	[ "$output" = 1 ]
}

@test "UDP to Unix datagrams and back" {
	path_target -uk -c 'read -r line; echo "unix $line"'
	listener -u -k --relay unix:target 127.0.0.1
	run -0 ncx -u -W 1 127.0.0.1 "$PORT" <<<hello
	[ "$output" = 'unix hello' ]
	target -u -k -c 'read -r line; echo "udp $line"'
	path_relay -uk --relay "127.0.0.1:$TARGET"
	run -0 ncx -uU -W 1 front <<<hello
	[ "$output" = 'udp hello' ]
}

@test "the target refuses: the client sees the end, a one-shot is status 1" {
	relay_to_nobody() {
		listener "$@" --relay 127.0.0.1:1 127.0.0.1
	}
	relay_to_nobody
	run ncx 127.0.0.1 "$PORT" </dev/null
	[ "$status" -le 5 ]
	finished "$SERVER"
	[ "$STATUS" -eq 1 ]
	grep -qx 'ncx: connect to 127.0.0.1 port 1 (tcp) failed: Connection refused' server.err
	relay_to_nobody -k
	for _ in 1 2 3; do
		run timeout 10 nc.openbsd -N 127.0.0.1 "$PORT" <<<hello
		[ "$status" -ne 124 ]
	done
	await server.err 'Connection refused$'
	kill -0 "$SERVER"
}

@test "-k: a target that comes later is found by the next client" {
	path_relay -k --relay unix:target
	run ncx -U front <<<hello
	grep -qx 'ncx: connect to target (unix) failed: No such file or directory' server.err
	path_target -c 'sort'
	run -0 ncx -U front < <(printf 'b\na\n')
	[ "$output" = $'a\nb' ]
}

@test "a target whose name is unknown: status 3" {
	listener --relay no.such:1 127.0.0.1
	run ncx 127.0.0.1 "$PORT" </dev/null
	finished "$SERVER"
	[ "$STATUS" -eq 3 ]
	grep -q '^ncx: lookup of "no.such" failed: ' server.err
}

# A machine where nothing comes back from 10.9.9.9
silent_target() {
	network silent
	"${NETWORK[@]}" ip link add d0 type veth peer name d1
	"${NETWORK[@]}" ip link set d1 up
	"${NETWORK[@]}" ip link set d0 up
	"${NETWORK[@]}" ip addr add 10.9.9.1/24 dev d0
	"${NETWORK[@]}" ip neigh add 10.9.9.9 lladdr 02:00:00:00:00:09 dev d0
}

@test "-w and --connect-timeout are for a target that does not answer" {
	silent_target
	for option in -w --connect-timeout; do
		start "${NETWORK[@]}" ncx -l -v -n "$option" 300ms \
			--relay 10.9.9.9:80 127.0.0.1 5000 2>server.err
		SERVER=$!
		await server.err '^Listening on '
		local begun=$EPOCHREALTIME
		run "${NETWORK[@]}" ncx 127.0.0.1 5000 </dev/null
		[ "$status" -ne 124 ]
		(($(ms_since "$begun") >= 300))
		finished "$SERVER"
		[ "$STATUS" -eq 4 ]
		grep -q '^ncx: connect to 10.9.9.9 port 80 (tcp) failed: ' server.err
	done
}

@test "a client that leaves while its target is dialed is no harm" {
	silent_target
	start "${NETWORK[@]}" ncx -lk -v -n --connect-timeout 500ms \
		--relay 10.9.9.9:80 127.0.0.1 5000 2>server.err
	SERVER=$!
	await server.err '^Listening on '
	local server fds
	server=$(pgrep -P "$SERVER")
	fds=("/proc/$server/fd/"*)
	for _ in {1..20}; do
		"${NETWORK[@]}" ncx -q 0 127.0.0.1 5000 <<<hello || :
	done
	eventually has_descriptors "$server" "${#fds[@]}"
	kill -0 "$server"
}

@test "-s is for the connection to the target" {
	target -k -c 'echo $TCPREMOTEIP'
	relay -s 127.0.0.7
	run -0 ncx 127.0.0.1 "$PORT" </dev/null
	[ "$output" = 127.0.0.7 ]
}

@test "--retry waits for the target" {
	path_relay -vv --retry forever --retry-delay 10ms --relay unix:target
	: >client.out
	start ncx -U front < <(printf 'b\na\n') >client.out
	local client=$!
	await server.err 'connect to target .* failed: No such file or directory$'
	path_target -c 'sort'
	content "$client"
	[ "$(<client.out)" = $'a\nb' ]
	content "$SERVER"
}

@test "--retry has an end" {
	listener --retry 2 --retry-delay 1ms --relay 127.0.0.1:1 127.0.0.1
	run ncx 127.0.0.1 "$PORT" </dev/null
	finished "$SERVER"
	[ "$STATUS" -eq 1 ]
}

@test "a reset of the client reaches the target" {
	peer_relay broken
	timeout "$LIMIT" "$BATS_TEST_DIRNAME/peers.py" client "$PORT" \
		hear:hello reset
	content "$PEER"
	finished "$SERVER"
	[ "$STATUS" -eq 5 ]
	grep -q '^ncx: receive from 127.0.0.1 port .* failed: Connection reset by peer$' server.err
}

@test "so does that of a client that does not read" {
	peer_relay fill broken
	dial
	await server.out '^fill$'
	vanish
	content "$PEER"
	finished "$SERVER"
	[ "$STATUS" -eq 5 ]
}

@test "a reset of the target reaches the client" {
	peer_relay hear:hello reset
	timeout "$LIMIT" "$BATS_TEST_DIRNAME/peers.py" client "$PORT" \
		hear:hello say:hello broken
	content "$PEER"
	finished "$SERVER"
	[ "$STATUS" -eq 5 ]
}

@test "a target that dies while much is on its way to it" {
	head -c 5000000 /dev/zero >big
	for _ in {1..10}; do
		target -c 'read -r line; exec kill -KILL $PPID'
		relay
		run -5 ncx 127.0.0.1 "$PORT" < <(echo && cat big)
		finished "$SERVER"
		[ "$STATUS" -eq 5 ]
		grep -q "^ncx: .* 127.0.0.1 port $TARGET (tcp) failed: " server.err
		finished "$TARGET_SERVER"
	done 2>/dev/null # bash tells of the one that was killed
}

@test "-lU -s PATH is where to listen, not where to come from" {
	listener -k -c 'echo hello' 127.0.0.1
	: >relay.err
	start ncx -lUv -s sock --relay "127.0.0.1:$PORT" 2>relay.err
	await relay.err '^Listening on sock$'
	run -0 ncx -U sock </dev/null
	[ "$output" = hello ]
}

@test "records are not for a target that keeps none" {
	says 2 'ncx: must use --relay unix:path with --seqpacket' \
		ncx -lU --seqpacket --relay 127.0.0.1:5000 sock
}
