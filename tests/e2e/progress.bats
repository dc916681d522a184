#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# progress.bats - --progress where stderr is no terminal: the summary, and no
# more
load helper
load processes

# The time and the rate, which nobody can know before
TOOK='in [0-9]+\.[0-9]{3} s, [0-9.]+[KMG]?i?B/s'

# collector: a listener that takes one file, "copy"
collector() {
	listener 127.0.0.1 </dev/null >copy
}

# summary REGEX FILE: it is all that stderr said
summary() {
	[[ $(<"$2") =~ ^$1$ ]] || { cat "$2" && false; }
}

# sends SUMMARY OPTION...: stdin goes to the collector
sends() {
	ncx --progress "${@:2}" 127.0.0.1 "$PORT" 2>err
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
	summary "$1" err
}

@test "a file: its bytes, once, at the end" {
	head -c 2000000 /dev/urandom >file
	collector
	sends "0 bytes received, 2000000 bytes sent \(1\.91MiB\) $TOOK" <file
	cmp file copy
}

@test "both directions, on both sides" {
	fifo in 8
	listener --progress 127.0.0.1 <in
	echo hello >&8
	start ncx --progress 127.0.0.1 "$PORT" <<<'this is me' >out 2>err
	CLIENT=$!
	await out '^hello$'
	exec 8>&-
	finished "$CLIENT"
	[ "$STATUS" -eq 0 ]
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
	summary "6 bytes received, 11 bytes sent $TOOK" err
	summary "11 bytes received, 6 bytes sent $TOOK" <(tail -n +3 server.err)
}

@test "a file counts from where it stands" {
	seq 10000 >file
	collector
	{
		head -c 1000 >/dev/null
		sends "0 bytes received, 47894 bytes sent \(46\.8KiB\) $TOOK"
	} <file
}

@test "what a filter adds is no surprise" {
	seq 100 >file
	collector
	sends "0 bytes received, 392 bytes sent $TOOK" -C <file
}

@test "a --size that is right, too small or too large" {
	collector
	sends "0 bytes received, 5 bytes sent $TOOK" --size 5 < <(printf hello)
	collector
	sends "0 bytes received, 5 bytes sent $TOOK, where 4 were expected" \
		--size 4 < <(printf hello)
	collector
	sends "0 bytes received, 5 bytes sent $TOOK, where 1048576 were expected" \
		--size 1m < <(printf hello)
	[ "$(<copy)" = hello ]
}

@test "--size is about the direction that carries more" {
	listener 127.0.0.1 < <(printf '%0*d' 1000 7)
	ncx --progress --size 1000 127.0.0.1 "$PORT" <<<'please' >out 2>err
	summary "1000 bytes received \(0\.98KiB\), 7 bytes sent $TOOK" err
}

@test "--size says how many: not 0, not less, not without --progress" {
	for size in 0 -1 '' 5x; do
		run -2 --separate-stderr ncx --progress --size "$size" 127.0.0.1 1
		[[ $stderr == *--size* ]]
	done
	run -2 --separate-stderr ncx --size 5 127.0.0.1 1
	[[ $stderr == *--progress* ]]
}

@test "the peer leaves before the end of the file: what was expected" {
	echo hello >file
	truncate -s 50000000 file
	start "$BATS_TEST_DIRNAME/peers.py" server hear:hello reset >peer.out
	await peer.out '^port ([0-9]+)$'
	run ncx --progress 127.0.0.1 "${BASH_REMATCH[1]}" <file
	[ "$status" -eq 5 ]
	[[ ${lines[0]} == "ncx: "*"failed: "* ]]
	[[ ${lines[1]} =~ ^0\ bytes\ received,.*,\ where\ 50000000\ were\ expected$ ]]
	[ "${#lines[@]}" -eq 2 ]
}

@test "-k: all sessions together" {
	listener -k --progress 127.0.0.1 </dev/null >out
	for n in 1 2 3; do
		ncx 127.0.0.1 "$PORT" <<<"hello $n"
	done
	kill "$(program "$SERVER")"
	finished "$SERVER"
	[ "$STATUS" -eq 143 ]
	summary "24 bytes received, 0 bytes sent $TOOK, 3 sessions" \
		<(tail -n 1 server.err)
}

@test "--relay, -e, datagrams and Unix sockets count as well" {
	listener --progress -e 'sort' 127.0.0.1
	[ "$(ncx 127.0.0.1 "$PORT" <<<hello)" = hello ]
	finished "$SERVER"
	summary "6 bytes received, 6 bytes sent $TOOK" <(tail -n 1 server.err)
	listener 127.0.0.1 <<<hello
	TARGET=$PORT
	listener --progress --relay "127.0.0.1:$TARGET" 127.0.0.1
	[ "$(ncx 127.0.0.1 "$PORT" <<<please)" = hello ]
	finished "$SERVER"
	summary "7 bytes received, 6 bytes sent $TOOK" <(tail -n 1 server.err)
	listener -u -W 1 --progress 127.0.0.1 </dev/null >out
	ncx -u -q 0 127.0.0.1 "$PORT" <<<hello
	finished "$SERVER"
	summary "6 bytes received, 0 bytes sent $TOOK" <(tail -n 1 server.err)
	start ncx -lUv --progress path </dev/null >out 2>server.err
	SERVER=$!
	await server.err '^Listening on path$'
	ncx -U path <<<hello
	finished "$SERVER"
	summary "6 bytes received, 0 bytes sent $TOOK" <(tail -n 1 server.err)
}

@test "a signal: the summary, and the status of the signal" {
	fifo in 8
	collector
	start ncx -v --progress 127.0.0.1 "$PORT" <in 2>err
	CLIENT=$!
	echo hello >&8
	await copy '^hello$'
	kill -INT "$(program "$CLIENT")"
	finished "$CLIENT"
	[ "$STATUS" -eq 130 ]
	summary "0 bytes received, 6 bytes sent $TOOK" <(tail -n 1 err)
}

@test "where nothing began there is nothing to sum up" {
	collector
	kill "$(program "$SERVER")"
	finished "$SERVER"
	run -1 ncx --progress 127.0.0.1 "$PORT" </dev/null
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == *'Connection refused' ]]
}
