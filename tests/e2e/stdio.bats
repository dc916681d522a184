#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# stdio.bats - stdin, stdout and stderr are borrowed, and may be anything
load helper

# blocks FD: the open file behind a descriptor of ours has no O_NONBLOCK
blocks() {
	local flags
	flags=$(awk '$1 == "flags:" { print $2 }' "/proc/$BASHPID/fdinfo/$1")
	[ -n "$flags" ] && (((8#$flags & 04000) == 0))
}

@test "O_NONBLOCK is never set on pipes of ours" {
	fifo in 8
	fifo out 9
	listener 127.0.0.1 <<<'from the server' >server.out
	start ncx --linger 1h 127.0.0.1 "$PORT" <&8 >&9
	CLIENT=$!
	read -r LINE <&9
	[ "$LINE" = 'from the server' ]
	blocks 8
	blocks 9
	echo 'from the client' >&8
	await server.out '^from the client$'
	blocks 8
	blocks 9
	kill "$CLIENT"
	finished "$CLIENT"
	blocks 8
	blocks 9
}

@test "nor on sockets" {
	listener 127.0.0.1 <<<'through two' >far.out
	local far=$PORT
	fifo in 8
	listener 127.0.0.1 <in >near.out
	exec 9<>"/dev/tcp/127.0.0.1/$PORT"
	start ncx 127.0.0.1 "$far" <&9 >&9
	CLIENT=$!
	await near.out '^through two$'
	blocks 9
	echo 'and back' >&8
	await far.out '^and back$'
	blocks 9
	exec 8>&-
	finished "$CLIENT"
	[ "$STATUS" -eq 0 ]
	blocks 9
}

@test "the check for O_NONBLOCK works" {
	mkfifo in
	exec 8<>in
	blocks 8
	perl -MFcntl -e 'fcntl(STDIN, F_SETFL, O_NONBLOCK | fcntl(STDIN, F_GETFL, 0))' <&8
	run ! blocks 8
}

@test "a terminal is left as it was, also on a signal" {
	fifo nobody 9
	fifo in 8
	listener 127.0.0.1 <in
	: >client.err
	cat >session <<'END'
stty -g >before
sh -c 'echo $$ >pid; exec ncx -v 127.0.0.1 "$1" 2>client.err' - "$1"
echo $? >status
stty -g >after
END
	start script -qec "sh session $PORT" /dev/null <nobody >screen
	SCRIPT=$!
	await client.err succeeded
	stty -g -F "/proc/$(<pid)/fd/0" >during
	kill -TERM "$(<pid)"
	finished "$SCRIPT"
	[ "$(<status)" -eq 143 ]
	[ -s before ]
	cmp before during
	cmp before after
}

@test "what the peer sends appears on a terminal, all of it" {
	seq 1 30000 >lines
	listener 127.0.0.1 <lines
	start script -qec "ncx -d 127.0.0.1 $PORT" /dev/null </dev/null >screen
	finished $!
	[ "$STATUS" -eq 0 ]
	cmp lines <(tr -d '\r' <screen)
}

@test "descriptors that are closed at the start take no socket's number" {
	for closed in '<&-' '>&-' '2>&-' '<&- >&-' '<&- >&- 2>&-'; do
		: >trace
		listener 127.0.0.1 <<<hello >server.out
		run -0 sh -c "exec strace -E ASAN_OPTIONS=detect_leaks=0 -o trace -e trace=socket,connect \
			sh -c 'exec ncx -vv 127.0.0.1 $PORT $closed'"
		run -1 grep -E '^socket.* = [012]$' trace
		grep -q '^connect(' trace
		finished "$SERVER"
		[ "$STATUS" -eq 0 ]
		[ ! -s server.out ]
	done
}

@test "a listener with all of them closed" {
	: >trace
	start sh -c 'exec strace -E ASAN_OPTIONS=detect_leaks=0 -o trace -e trace=listen \
		sh -c "exec ncx -lU sock <&- >&- 2>&-"'
	SERVER=$!
	await trace '^listen'
	run -0 ncx -U sock <<<hello
	[ -z "$output" ]
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
}

@test "1100 inherited descriptors are no problem" {
	cat >crowded <<'END'
ulimit -n 2048
for ((fd = 300; fd < 1400; fd++)); do
	eval "exec $fd</dev/null"
done
exec "$@"
END
	start bash crowded ncx -l -v -n 127.0.0.1 0 \
		<<<'from the server' >server.out 2>server.err
	SERVER=$!
	await server.err '^Listening on 127.0.0.1 ([0-9]+)$'
	PORT=${BASH_REMATCH[1]}
	[ "$(find "/proc/$(program "$SERVER")/fd" -type l | wc -l)" -gt 1100 ]
	run -0 bash crowded timeout "$LIMIT" ncx 127.0.0.1 "$PORT" \
		<<<'from the client'
	[ "$output" = 'from the server' ]
	finished "$SERVER"
	[ "$(<server.out)" = 'from the client' ]
}

# peak_kib PID: the most memory it has had so far
peak_kib() {
	awk '$1 == "VmHWM:" { print $2 }' "/proc/$(program "$1")/status"
}

@test "memory does not grow with a slow reader" {
	fifo in 8
	fifo out 9
	listener 127.0.0.1 </dev/null >out
	start ncx 127.0.0.1 "$PORT" <in
	CLIENT=$!
	start dd if=/dev/zero of=in bs=64K count=2048 status=none
	start dd if=out of=copy bs=1K count=10240 iflag=fullblock status=none
	finished $!
	((SIZE = $(stat -c %s copy), SIZE == 10485760))
	(($(peak_kib "$CLIENT") < 16000))
	(($(peak_kib "$SERVER") < 16000))
}

@test "nor do the bytes in memory when they are looked at" {
	fifo in 8
	fifo out 9
	listener -t 127.0.0.1 </dev/null >out
	start ncx -C 127.0.0.1 "$PORT" <in
	CLIENT=$!
	start dd if=/dev/zero of=in bs=64K count=2048 status=none
	start dd if=out of=copy bs=1K count=10240 iflag=fullblock status=none
	finished $!
	(($(peak_kib "$CLIENT") < 16000))
	(($(peak_kib "$SERVER") < 16000))
}

@test "a session that waits costs no time" {
	fifo in 8
	fifo in2 9
	for input in in2 /dev/null; do
		listener 127.0.0.1 <in >server.out
		echo hello >&8
		run -0 strace -E ASAN_OPTIONS=detect_leaks=0 -o trace -e trace=poll,ppoll,epoll_wait,read,splice \
			-f timeout "$LIMIT" ncx -w 1 127.0.0.1 "$PORT" <"$input"
		[ "$(grep -c . trace)" -gt 2 ]
		[ "$(grep -c . trace)" -lt 60 ]
	done
}

@test "nor does one whose peer has ended its direction" {
	fifo in 8
	listener 127.0.0.1 <<<hello >server.out
	run -0 strace -E ASAN_OPTIONS=detect_leaks=0 -o trace -e trace=poll,ppoll,epoll_wait,read,splice \
		-f timeout "$LIMIT" ncx --linger 1h -w 1 127.0.0.1 "$PORT" <in
	[ "$(grep -c . trace)" -gt 2 ]
	[ "$(grep -c . trace)" -lt 60 ]
}

# storm PID: signals as fast as they go until the process ends
storm() {
	local victim
	victim=$(program "$1") || return 0
	while kill -WINCH "$victim" && kill -STOP "$victim" &&
		kill -CONT "$victim"; do
		:
	done 2>/dev/null
}

@test "a storm of WINCH, STOP and CONT loses nothing" {
	head -c 30000000 /dev/urandom | base64 -w 0 >up
	head -c 30000000 /dev/urandom | base64 -w 0 >down
	for filter in "" -C; do
		start sh -c 'cat down | ncx -lvn $1 127.0.0.1 0 | cat >up.copy' \
			- "$filter" 2>server.err
		SERVER=$!
		await server.err '^Listening on 127.0.0.1 ([0-9]+)$'
		start ncx $filter 127.0.0.1 "${BASH_REMATCH[1]}" <up >down.copy
		CLIENT=$!
		storm "$CLIENT"
		finished "$CLIENT"
		[ "$STATUS" -eq 0 ]
		finished "$SERVER"
		cmp up up.copy
		cmp down down.copy
	done
}

@test "two that append to one file do not overwrite each other" {
	for n in 1 2; do
		head -c 3000000 /dev/zero | tr '\0' "$n" >"bytes$n"
	done
	: >both
	listener 127.0.0.1 </dev/null >>both
	local first=$PORT one=$SERVER
	listener 127.0.0.1 </dev/null >>both
	start ncx 127.0.0.1 "$first" <bytes1
	CLIENT=$!
	ncx 127.0.0.1 "$PORT" <bytes2
	finished "$CLIENT"
	finished "$one"
	finished "$SERVER"
	[ "$(stat -c %s both)" -eq 6000000 ]
	[ "$(tr -d 2 <both | wc -c)" -eq 3000000 ]
}

@test "a file that two have open grows where the first stopped" {
	listener 127.0.0.1 <<<'from the server'
	{ echo before && ncx 127.0.0.1 "$PORT" </dev/null && echo after; } >shared
	[ "$(<shared)" = $'before\nfrom the server\nafter' ]
}

@test "a file is read from where the last reader stopped, and to its end" {
	seq 1 3 >lines
	listener 127.0.0.1 </dev/null >server.out
	{ read -r LINE && ncx 127.0.0.1 "$PORT" && run -1 read -r LINE; } <lines
	finished "$SERVER"
	[ "$(<server.out)" = $'2\n3' ]
}

@test "one ncx hands on to the next" {
	head -c 5000000 /dev/urandom >bytes
	start ncx -lUv far </dev/null >copy 2>far.err
	FAR=$!
	await far.err '^Listening on '
	listener -d 127.0.0.1 > >(ncx -U far)
	ncx 127.0.0.1 "$PORT" <bytes
	finished "$SERVER"
	finished "$FAR"
	cmp bytes copy
}

@test "a reader that leaves with all it was sent does the sender no harm" {
	fifo in 8
	fifo in2 9
	start sh -c 'ncx -lvn 127.0.0.1 0 | head -c 6' <in >server.out 2>server.err
	SERVER=$!
	await server.err '^Listening on 127.0.0.1 ([0-9]+)$'
	start ncx 127.0.0.1 "${BASH_REMATCH[1]}" <in2
	CLIENT=$!
	echo hello >&9
	finished "$SERVER"
	exec 9>&-
	finished "$CLIENT"
	[ "$STATUS" -eq 0 ]
	[ "$(<server.out)" = hello ]
}
