#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# datagram.bats - one read is one datagram is one write
load helper

# datagrams PORT TEXT...: one of each, the empty one too, from one socket.  (ncx
# sends no empty datagram of its own accord.)
datagrams() {
	perl -MSocket -e 'socket(S, PF_INET, SOCK_DGRAM, 0);
		$to = pack_sockaddr_in(shift, INADDR_LOOPBACK);
		defined(send(S, $_, 0, $to)) or die $! for @ARGV' "$@"
}

# The listener of a datagram test leaves after so many, so that a merged or
# cut one shows; what comes later is refused.
counting() {
	listener -u -W "$1" 127.0.0.1 </dev/null >server.out
}

# sent OPTION...: stdin to that listener, with no interest in the refusals.
sent() {
	start ncx -u -q 0 "$@" 127.0.0.1 "$PORT" 2>client.err
	finished $!
	[ "$STATUS" -eq 0 ] || [ "$STATUS" -eq 5 ]
}

# all_counted FILE: those were all, and together they are the file.
all_counted() {
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
	cmp "$1" server.out
}

@test "a datagram of any size arrives whole" {
	for size in 1 2 1472 1473 16384 16385 65506 65507; do
		head -c "$size" /dev/urandom >bytes
		counting 1
		sent --mtu 65507 <bytes
		all_counted bytes
	done
}

@test "and over IPv6" {
	head -c 65507 /dev/urandom >bytes
	listener -u -W 1 ::1 </dev/null >server.out
	ncx -u -q 0 --mtu 65507 ::1 "$PORT" <bytes
	all_counted bytes
}

@test "and as an answer" {
	head -c 65507 /dev/urandom >bytes
	listener -u --mtu 65507 127.0.0.1 <bytes
	start ncx -u -W 1 127.0.0.1 "$PORT" <<<please >client.out
	finished $!
	[ "$STATUS" -eq 0 ]
	cmp bytes client.out
}

@test "and over a Unix datagram socket" {
	head -c 65507 /dev/urandom >bytes
	start ncx -luU -v -W 1 sock </dev/null >server.out 2>server.err
	SERVER=$!
	await server.err '^Bound on sock$'
	ncx -uU -q 0 --mtu 65507 sock <bytes
	all_counted bytes
}

@test "and over a Unix seqpacket socket" {
	head -c 16384 /dev/urandom >bytes
	start ncx -lU --seqpacket -v -W 1 sock </dev/null >server.out 2>server.err
	SERVER=$!
	await server.err '^Listening on sock$'
	ncx -U --seqpacket sock <bytes
	all_counted bytes
}

@test "a file becomes datagrams of 16 KiB" {
	head -c 40000 /dev/urandom >bytes
	counting 3
	sent <bytes
	all_counted bytes
	counting 2
	sent <bytes
	all_counted <(head -c 32768 bytes)
}

@test "--mtu says how large they are" {
	head -c 2500 /dev/urandom >bytes
	counting 3
	sent --mtu 1000 <bytes
	all_counted bytes
	counting 2
	sent --mtu 1k <bytes
	all_counted <(head -c 2048 bytes)
}

@test "what is read at once from a pipe is one datagram, lines or not" {
	fifo in 8
	counting 2
	start ncx -u 127.0.0.1 "$PORT" <in
	printf 'one\ntwo\n' >first
	cat first >&8
	await server.out two
	printf 'three\nfour\n' >second
	cat second >&8
	all_counted <(printf 'one\ntwo\nthree\nfour\n')
}

@test "with -C each line is a datagram" {
	counting 3
	sent -C < <(printf 'one\n\nthree\n')
	all_counted <(printf 'one\r\n\r\nthree\r\n')
	counting 2
	sent -C < <(printf 'one\n\nthree\n')
	all_counted <(printf 'one\r\n\r\n')
}

@test "with -i each line is a datagram, and so is the rest without a LF" {
	counting 3
	sent -i 10ms < <(printf 'one\ntwo\nthree')
	all_counted <(printf 'one\ntwo\nthree')
	counting 2
	sent -i 10ms < <(printf 'one\ntwo\nthree')
	all_counted <(printf 'one\ntwo\n')
}

@test "a line that comes in pieces is still one datagram with -C" {
	fifo in 8
	counting 1
	: >trace
	start strace -E ASAN_OPTIONS=detect_leaks=0 -o trace -e trace=read,readv,preadv2 \
		ncx -u -C 127.0.0.1 "$PORT" <in
	printf 'half ' >&8
	await trace '"half ", '
	printf 'and half\n' >&8
	all_counted <(printf 'half and half\r\n')
}

@test "at a terminal each line is a datagram" {
	fifo typed 9
	counting 2
	start script -qec "ncx -u 127.0.0.1 $PORT" /dev/null <typed >screen
	printf 'one\ntwo\nthree\n' >&9
	all_counted <(printf 'one\ntwo\n')
}

@test "an empty datagram is data, and ends nothing" {
	counting 3
	datagrams "$PORT" before '' after
	all_counted <(printf beforeafter)
	counting 3
	datagrams "$PORT" '' '' after
	all_counted <(printf after)
}

@test "ncx -lu stays with its first peer, and others are refused" {
	fifo in 8
	fifo in2 9
	listener -u 127.0.0.1 <in >server.out
	start ncx -u 127.0.0.1 "$PORT" <in2 >client.out
	echo one >&9
	await server.out '^one$'
	run -5 ncx -u 127.0.0.1 "$PORT" <<<intruder
	echo two >&9
	await server.out '^two$'
	echo answer >&8
	await client.out '^answer$'
	[ "$(<server.out)" = $'one\ntwo' ]
}

@test "ncx -luk serves every peer, each for itself" {
	fifo in 8
	fifo in2 9
	listener -u -k 127.0.0.1 <in >server.out
	start ncx -u 127.0.0.1 "$PORT" <in2 >first.out
	echo 'first' >&9
	await server.out '^first$'
	echo 'to the first' >&8
	await first.out '^to the first$'
	start ncx -u 127.0.0.1 "$PORT" <<<second
	await server.out '^second$'
	echo 'first again' >&9
	await server.out '^first again$'
	[ "$(grep -c '^Connection received' server.err)" -eq 2 ]
}

@test "ncx -luk answers from the address that was written to" {
	fifo in 8
	listener -u -k 0.0.0.0 <in >server.out
	start ncx -u 127.0.0.2 "$PORT" <<<hello >client.out
	await server.out '^hello$'
	echo answer >&8
	await client.out '^answer$'
}

@test "a session of ncx -luk has its own -W, and the next begins anew" {
	listener -u -k -W 1 127.0.0.1 </dev/null >server.out
	for n in 1 2 3; do
		ncx -u -q 0 127.0.0.1 "$PORT" <<<"message $n"
		await server.out "^message $n\$"
	done
	[ "$(grep -c '^Connection received' server.err)" -eq 3 ]
}

@test "ncx -luk outlives a peer that is gone" {
	fifo in 8
	listener -u -k 127.0.0.1 <in >server.out
	ncx -u -q 0 127.0.0.1 "$PORT" <<<gone
	await server.out '^gone$'
	echo 'to nobody' >&8
	ncx -u -q 0 127.0.0.1 "$PORT" <<<here
	await server.out '^here$'
}

@test "a client stays for replies after the end of its input" {
	fifo in 8
	listener -u 127.0.0.1 <in >server.out
	start ncx -u 127.0.0.1 "$PORT" <<<hello >client.out
	CLIENT=$!
	await server.out '^hello$'
	for n in 1 2 3; do
		echo "reply $n" >&8
		await client.out "^reply $n\$"
	done
	kill -0 "$CLIENT"
}

@test "-u -q 1 hears the reply that comes after half a second" {
	listener -u -i 500ms 127.0.0.1 < <(printf 'at once\nlate\n')
	local begin=$EPOCHREALTIME took
	run -0 ncx -u -q 1 127.0.0.1 "$PORT" <<<hello
	took=$(ms_since "$begin")
	[ "$output" = $'at once\nlate' ]
	((took >= 1000 && took < 20000))
}

@test "-u -q 0 and -u --send-only send and leave" {
	fifo in 8
	listener -u -k 127.0.0.1 <in >server.out
	for option in -q0 --send-only; do
		run -0 ncx -u "$option" 127.0.0.1 "$PORT" <<<"by $option"
		[ -z "$output" ]
		await server.out "^by $option\$"
	done
}

@test "-u -w leaves after so much silence, with status 0" {
	listener -u 127.0.0.1 </dev/null >server.out
	local begin=$EPOCHREALTIME took
	run -0 ncx -u -w 300ms 127.0.0.1 "$PORT" <<<hello
	took=$(ms_since "$begin")
	((took >= 300 && took < 20000))
	await server.out '^hello$'
}

@test "-u -W leaves after so many replies" {
	listener -u -i 10ms 127.0.0.1 < <(seq 4)
	run -0 ncx -u -W 2 127.0.0.1 "$PORT" <<<hello
	[ "$output" = $'1\n2' ]
}

@test "nothing is sent that was not typed, under -v either" {
	fifo in 8
	listener -u -k 127.0.0.1 </dev/null >server.out
	start ncx -u -vv 127.0.0.1 "$PORT" <in 2>client.err
	await client.err 'Connection to 127.0.0.1 .* succeeded!$'
	echo hello >&8
	await server.out hello
	[ "$(<server.out)" = hello ]
	[ "$(grep -c '^Connection received' server.err)" -eq 1 ]
}

@test "a reply that was sent before the refusal is kept" {
	listener -u -W 1 127.0.0.1 <<<'last words' >server.out
	start ncx -u 127.0.0.1 "$PORT" < <(echo hello) >client.out 2>client.err
	CLIENT=$!
	finished "$SERVER"
	await client.out '^last words$'
}
