#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# many.bats - ncx -lk with many clients at once
load helper
load people

# unix_server OPTION...: the same on the Unix socket "sock".
unix_server() {
	fifo in 8
	: >server.err
	start ncx -lkU -v "$@" sock <in >server.out 2>server.err
	SERVER=$!
	await server.err '^(Listening|Bound) on sock$'
	people
}

# both_ways: two are there; what they say is the output, what stdin says is for
# both, and who comes later hears what comes later.
both_ways() {
	task a say from a
	await server.out '^from a$'
	task b say from b
	await server.out '^from b$'
	echo 'for a and b' >&8
	task a hear for a and b
	task b hear for a and b
}

@test "two clients at once, and all hear what stdin says" {
	server 127.0.0.1
	comes a
	comes b
	both_ways
	comes c
	echo 'for all' >&8
	task c hear for all
	task a hear for all
	task b hear for all
	task a leave
	echo 'for the rest' >&8
	task c hear for the rest
	task b hear for the rest
	lines 1 server.err ' closed after '
	[ "$(<server.out)" = $'from a\nfrom b' ]
}

@test "the same over IPv4 and IPv6 of one listener" {
	server
	comes a
	start ncx -d ::1 "$PORT" >six.out
	lines 2 server.err '^Connection received on '
	echo 'for both' >&8
	task a hear for both
	await six.out '^for both$'
}

@test "two clients at once of a Unix socket" {
	unix_server
	comes a unix sock
	comes b unix sock
	both_ways
	comes c unix sock
	echo 'for all' >&8
	task c hear for all
	task b end
	task b hear for all
}

@test "two peers at once over UDP, and each is answered" {
	server -u 127.0.0.1
	task a udp "$PORT"
	task b udp "$PORT"
	both_ways
	task c udp "$PORT"
	task c say from c
	await server.out '^from c$'
	echo 'for all' >&8
	task c hear for all
	task a hear for all
	task b hear for all
}

@test "two peers at once of a Unix datagram socket" {
	unix_server -u
	task a dgram sock
	task b dgram sock
	both_ways
}

@test "all hear all of a long input, and its end" {
	seq 300000 >numbers
	server 127.0.0.1
	for n in 1 2 3; do
		start ncx -d 127.0.0.1 "$PORT" >"client$n.out"
		CLIENTS[n]=$!
	done
	lines 3 server.err '^Connection received on '
	cat numbers >&8
	exec 8>&-
	for n in 1 2 3; do
		finished "${CLIENTS[n]}"
		[ "$STATUS" -eq 0 ]
		cmp numbers "client$n.out"
	done
	kill -0 "$SERVER"
}

@test "what stdin says before the first client is there is for that one" {
	server 127.0.0.1
	echo 'for the first' >&8
	comes a
	task a hear for the first
	comes b
	echo 'for both' >&8
	task b hear for both
	task a hear for both
}

@test "after the end of stdin clients are still heard" {
	server 127.0.0.1
	comes a
	exec 8>&-
	task a eof
	task a say from a
	comes b
	task b eof
	task b say from b
	await server.out '^from b$'
	task a say more
	await server.out '^more$'
	task a end
	task b leave
	lines 2 server.err ' closed after .* ended by us$'
}

@test "what one says is one piece of the output, though that is slow" {
	mkfifo out
	fifo in 8
	: >got
	: >server.err
	start ncx -lkU --seqpacket -v sock <in 1<>out 2>server.err
	SERVER=$!
	await server.err '^Listening on sock$'
	people
	comes a seqpacket sock
	comes b seqpacket sock
	comes c seqpacket sock
	task a pour 300 a 10000
	task b pour 300 b 10000
	task c pour 300 c 10000
	start dd if=out of=got bs=777 2>dd.err
	local reader=$!
	arrived got 9000000
	kill "$SERVER"
	finished "$reader"
	[ "$(fold -b -w 10000 got | sort | uniq -c | wc -l)" -eq 3 ]
	for letter in a b c; do
		[ "$(tr -cd "$letter" <got | wc -c)" -eq 3000000 ]
	done
	[ "$(fold -b -w 10000 got | uniq | wc -l)" -gt 3 ]
}

@test "who was alone, and is not any more, loses nothing" {
	fifo out 9
	fifo in 8
	: >server.err
	start ncx -lkU -v sock <in >out 2>server.err
	await server.err '^Listening on sock$'
	head -c 20M /dev/urandom | tr -d b >bytes
	start ncx -U sock <bytes
	lines 1 server.err '^Connection received on '
	start ncx -U sock <<<bbb
	lines 2 server.err '^Connection received on '
	start head -c "$(($(stat -c %s bytes) + 4))" <out >got
	finished "$!"
	grep -aq bbb got
	sed 's/bbb$/&@/' got | tr -d '\n' | sed 's/bbb@//' | cmp - <(tr -d '\n' <bytes)
}

@test "one log line a client, with what it was" {
	server 127.0.0.1
	comes a
	comes b
	task a say hello
	await server.out '^hello$'
	echo hi >&8
	task a hear hi
	task a end
	task b hear hi
	exec 8>&-
	task a eof
	lines 1 server.err ' closed after '
	task b eof
	task b leave
	lines 2 server.err ' closed after '
	local line='^Connection from 127\.0\.0\.1 [0-9]+ closed after [0-9]+\.[0-9]{3} s: '
	grep -Eq "$line"'6 bytes received, 3 sent, ended by the peer$' server.err
	grep -Eq "$line"'0 bytes received, 3 sent, ended by us$' server.err
	[ "$(grep -c '^Connection ' server.err)" -eq 4 ]
}

@test "the log line of a client that resets, and of one without -k" {
	server 127.0.0.1
	comes a
	task a say hello
	await server.out '^hello$'
	task a reset
	lines 1 server.err '^Connection from .* 6 bytes received, 0 sent, Connection reset by peer$'
	comes b
	kill -0 "$SERVER"
	listener 127.0.0.1 </dev/null >server.out
	ncx 127.0.0.1 "$PORT" <<<hi
	finished "$SERVER"
	[ "$(grep -c '^Connection' server.err)" -eq 1 ]
}

@test "-W counts for each client" {
	server -W 2 127.0.0.1
	comes a
	comes b
	for n in 1 2; do
		for name in a b; do
			task "$name" say "$name$n"
			await server.out "^$name$n\$"
		done
	done
	task a eof
	task b eof
	[ "$(<server.out)" = $'a1\nb1\na2\nb2' ]
}

@test "-W counts for each peer over UDP" {
	server -u -W 2 127.0.0.1
	for name in a b; do
		task "$name" udp "$PORT"
	done
	for n in 1 2; do
		for name in a b; do
			task "$name" say "$name$n"
			await server.out "^$name$n\$"
		done
	done
	lines 2 server.err ' closed after .* 6 bytes received'
}

@test "-w and --idle-timeout are of the client that is silent" {
	local option
	for option in -w --idle-timeout; do
		rm -f in tasks
		server "$option" 1 127.0.0.1
		comes silent
		start sh -c "yes | ncx -i 200ms 127.0.0.1 $PORT"
		task silent gone
		lines 1 server.err ' closed after 1\..* silent for too long$'
		comes b
		task b say from b
		await server.out '^from b$'
	done
}

@test "-i and -C are for each client" {
	server -i 300ms -C 127.0.0.1
	comes a
	comes b
	local start=$EPOCHREALTIME
	printf '%s\n' one two three >&8
	task a recv 'one\r\ntwo\r\nthree\r\n'
	(($(ms_since "$start") >= 600))
	task b recv 'one\r\ntwo\r\nthree\r\n'
	comes c
	echo four >&8
	task c recv 'four\r\n'
}

@test "-C over UDP: a line is a datagram for each" {
	server -u -C 127.0.0.1
	for name in a b; do
		task "$name" udp "$PORT"
		task "$name" say "from $name"
		await server.out "^from $name\$"
	done
	printf 'one\ntwo\n' >&8
	for name in a b; do
		task "$name" datagram 'one\r\n'
		task "$name" datagram 'two\r\n'
	done
}

@test "-t is for each client, in pieces too" {
	server -t 127.0.0.1
	comes a
	comes b
	task a send 'a\xff'
	task b say plain
	await server.out '^aplain$'
	task a send '\xfd'
	task b send '\xff\xfd\x01'
	task b recv '\xff\xfc\x01'
	task a say '\x03end'
	task a recv '\xff\xfc\x03'
	await server.out '^end$'
	[ "$(<server.out)" = $'aplain\nend' ]
}

@test "an output that is closed ends all with status 6" {
	fifo in 8
	touch server.err first
	start bash -c 'ncx -lk -v -n 127.0.0.1 0 | head -n 1 >first
		exit "${PIPESTATUS[0]}"' <in 2>server.err
	SERVER=$!
	await server.err '^Listening on 127.0.0.1 ([0-9]+)$'
	PORT=${BASH_REMATCH[1]}
	people
	comes a
	comes b
	task a say one
	await first '^one$'
	task a gone
	task b gone
	finished "$SERVER"
	[ "$STATUS" -eq 6 ]
	run ! grep '^ncx: ' server.err
}

@test "an output that is full ends all with status 6, and says so" {
	listener -k 127.0.0.1 >/dev/full <<<'for the first'
	people
	comes a
	comes b
	task a say one
	task a gone
	task b gone
	finished "$SERVER"
	[ "$STATUS" -eq 6 ]
	[ "$(grep '^ncx: ' server.err)" = 'ncx: write to stdout failed: No space left on device' ]
}

@test "an input that cannot be read ends all with status 6" {
	listener -k 127.0.0.1 <. >server.out
	start ncx -d 127.0.0.1 "$PORT" 2>client.err
	finished "$SERVER"
	[ "$STATUS" -eq 6 ]
	[ "$(grep '^ncx: ' server.err)" = 'ncx: read from stdin failed: Is a directory' ]
}
