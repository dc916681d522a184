#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# tlsends.bats - how a TLS session ends, and how long it may take to begin
load tls

# What a peer waits for comes there.
setup() {
	begin_tls_test
	fifo peers 9
}

CUT='TLS stream cut off, no close_notify came'

# hears STATUS LINE REASON: the client gets the line, then the bad news.
hears() {
	says "$1" "ncx: receive from 127.0.0.1 port $PORT (tcp) failed: $3$2" \
		ncx --tls "${CA[@]}" 127.0.0.1 "$PORT" <<<question
}

@test "the end of the question is a close_notify; the answer comes after it" {
	peer_server hear:question eof say:answer end
	says 0 answer ncx --tls "${CA[@]}" 127.0.0.1 "$PORT" <<<question
	succeeds "$PEER"
}

@test "a listener: the same the other way round" {
	certified server -c 'sort; echo end'
	peer client "$PORT" say:b say:a end hear:a hear:b hear:end eof
	succeeds "$PEER"
	succeeds "$SERVER"
}

@test "the peer may end first, and hears the rest" {
	peer_server end hear:more eof
	fifo in 8
	start ncx --tls "${CA[@]}" 127.0.0.1 "$PORT" <in
	local client=$!
	await peer.out '^end$'
	echo more >&8
	exec 8>&-
	succeeds "$PEER"
	succeeds "$client"
}

@test "a peer that has ended and is gone does not hear our end, which is fine" {
	peer_server hear:question say:answer end
	fifo in 8
	: >got
	start ncx --tls "${CA[@]}" 127.0.0.1 "$PORT" <in >got
	local client=$!
	echo question >&8
	succeeds "$PEER"
	await got '^answer$'
	exec 8>&-
	succeeds "$client"
}

@test "--no-shutdown: no close_notify at the end of the question" {
	peer_server hear:question say:answer end
	says 0 answer ncx --no-shutdown --tls "${CA[@]}" 127.0.0.1 "$PORT" <<<question
	succeeds "$PEER"
}

@test "a stream that is cut off: what came before is delivered, status 5" {
	peer_server hear:question say:hello cut
	hears 5 hello "$CUT"
}

@test "a stream that is cut off: report and capture do not call it a reset" {
	peer_server say:hello cut
	start ncx -d --tls "${CA[@]}" --report=:report --pcap pcap \
		127.0.0.1 "$PORT" >got
	finished "$!"
	[ "$STATUS" -eq 5 ]
	grep -E "^  ended by the peer after [^:]*: $CUT, .*status 5\$" report
	grep -aF "\"end\":{\"by\":\"peer\",\"how\":\"$CUT\"}" pcap
}

@test "a stream that is cut off after megabytes: all of them are there" {
	peer_server hear:question fill:5000000 cut
	start ncx --tls "${CA[@]}" 127.0.0.1 "$PORT" <<<question >got
	finished "$!"
	[ "$STATUS" -eq 5 ]
	[ "$(stat -c %s got)" -eq 5000000 ]
}

@test "a listener's client cuts its stream: status 5" {
	certified server </dev/null >server.out
	peer client "$PORT" say:hello cut
	finished "$SERVER"
	[ "$STATUS" -eq 5 ]
	[ "$(<server.out)" = hello ]
	grep -qE "^ncx: receive from 127.0.0.1 port [0-9]+ \(tcp\) failed: $CUT\$" server.err
}

@test "a reset in the midst of data: status 5" {
	peer_server hear:question say:hello wait reset <peers
	fifo in 8
	: >got
	start ncx --tls "${CA[@]}" 127.0.0.1 "$PORT" <in >got 2>client.err
	local client=$!
	echo question >&8
	await got '^hello$'
	echo >&9
	finished "$client"
	[ "$STATUS" -eq 5 ]
	grep -qx "ncx: receive from 127.0.0.1 port $PORT (tcp) failed: Connection reset by peer" client.err
}

@test "-w: a peer that says nothing: status 4" {
	fifo in 8
	listener 127.0.0.1 <in >server.out
	says 4 "ncx: TLS handshake with 127.0.0.1 port $PORT (tcp) failed: Connection timed out" \
		ncx -w 300ms --tls "${CA[@]}" 127.0.0.1 "$PORT" </dev/null
}

@test "-w after the handshake: silence is no failure" {
	peer_server say:hello wait <peers
	run -0 --separate-stderr ncx -w 300ms --tls "${CA[@]}" 127.0.0.1 "$PORT" </dev/null
	[ "$output" = hello ]
	[ -z "$stderr" ]
}

@test "--handshake-timeout: the one client says nothing: status 4" {
	certified server --handshake-timeout 300ms </dev/null >server.out
	dial
	finished "$SERVER"
	[ "$STATUS" -eq 4 ]
	grep -qE '^ncx: TLS handshake with 127.0.0.1 port [0-9]+ \(tcp\) failed: Connection timed out$' server.err
}

@test "--handshake-timeout: with -k others are served meanwhile, and after" {
	certified server -k --handshake-timeout 500ms -c "echo hello"
	dial
	opens "${CA[@]}"
	await server.err ' failed: Connection timed out$'
	opens "${CA[@]}"
	kill "$(program "$SERVER")"
	finished "$SERVER"
	[ "$STATUS" -eq 143 ]
}

@test "a peer that takes its time, byte by byte" {
	peer_server slow hear:question eof say:answer end
	says 0 answer ncx --tls "${CA[@]}" 127.0.0.1 "$PORT" <<<question
	succeeds "$PEER"
	certified server -c cat
	peer client "$PORT" slow say:question hear:question end eof
	succeeds "$PEER"
	succeeds "$SERVER"
}

@test "what comes together with the last of the handshake is not forgotten" {
	peer_server gather say:hello wait <peers
	fifo in 8
	: >got
	start ncx --tls "${CA[@]}" 127.0.0.1 "$PORT" <in >got
	await got '^hello$'
}

@test "a full output: status 6" {
	peer_server hear:question fill:1000000 wait <peers
	start ncx --tls "${CA[@]}" 127.0.0.1 "$PORT" \
		<<<question >/dev/full 2>client.err
	finished "$!"
	[ "$STATUS" -eq 6 ]
	grep -qx 'ncx: write to stdout failed: No space left on device' client.err
	certified server -d >/dev/full
	start ncx --tls "${CA[@]}" 127.0.0.1 "$PORT" <<<question 2>client.err
	finished "$SERVER"
	[ "$STATUS" -eq 6 ]
}

@test "a closed output: quietly, status 6" {
	peer_server hear:question fill:1000000 wait <peers
	(
		local status=0
		ncx --tls "${CA[@]}" 127.0.0.1 "$PORT" 2>client.err <<<question ||
			status=$?
		echo "$status" >status
	) | head -c 1 >/dev/null
	[ "$(<status)" -eq 6 ]
	[ ! -s client.err ]
}
