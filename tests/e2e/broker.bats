#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# broker.bats - ncx --broker: all hear what one of them says
load helper
load people

# broker OPTION...: its stdin is descriptor 8.
broker() {
	fifo in 8
	listener --broker "$@" <in >server.out
	SERVER_PID=$(program "$SERVER")
	people
}

# meet: a, b and c are there; each is heard by the others, not by itself.
meet() {
	tasks <<-'END'
		a say one
		b hear one
		c hear one
		b say two
		a hear two
		c hear two
		c say three
		a hear three
		b hear three
	END
}

@test "three over TCP, each heard by the others and by stdout" {
	broker 127.0.0.1
	comes a
	comes b
	comes c
	meet
	await server.out '^three$'
	[ "$(<server.out)" = $'one\ntwo\nthree' ]
}

@test "what stdin says is for all" {
	broker 127.0.0.1
	comes a
	comes b
	echo 'for both' >&8
	task a hear for both
	task b hear for both
	[ ! -s server.out ]
}

@test "a broker without input and output of its own" {
	listener --broker -d 127.0.0.1 >/dev/null
	people
	comes a
	comes b
	comes c
	meet
}

@test "three over a Unix socket" {
	fifo in 8
	: >server.err
	start ncx --broker -lkU -v sock <in >server.out 2>server.err
	await server.err '^Listening on sock$'
	people
	comes a unix sock
	comes b unix sock
	comes c unix sock
	meet
}

@test "three over UDP: datagrams stay whole" {
	broker -u 127.0.0.1
	for name in a b c; do
		task "$name" udp "$PORT"
		task "$name" say "$name is here"
		await server.out "^$name is here\$"
	done
	task a datagram 'b is here\n'
	task a datagram 'c is here\n'
	task b datagram 'c is here\n'
	task a send two
	task a send words
	task b datagram two
	task c datagram two
	task b datagram words
	task c datagram words
}

@test "three over Unix datagrams" {
	fifo in 8
	: >server.err
	start ncx --broker -lkuU -v sock <in >server.out 2>server.err
	await server.err '^Bound on sock$'
	people
	for name in a b c; do
		task "$name" dgram sock
		task "$name" say "$name is here"
		await server.out "^$name is here\$"
	done
	task a hear b is here
	task a hear c is here
	task b hear c is here
	meet
}

@test "who comes later hears what comes later, and who leaves is no matter" {
	broker 127.0.0.1
	comes a
	comes b
	task a say before
	task b hear before
	comes c
	task a say after
	task c hear after
	task b hear after
	task b reset
	lines 1 server.err ' closed after '
	task c say still here
	task a hear still here
}

@test "who has ended his direction still hears the others" {
	broker 127.0.0.1
	comes a
	comes b
	task a say hello
	task b hear hello
	task b say hi
	task a hear hi
	task a end
	task b say one more
	task a hear one more
}

@test "the end of stdin is not that of the meeting" {
	listener --broker 127.0.0.1 <<<'for nobody' >server.out
	people
	comes a
	comes b
	task a say hello
	task b find 'hello\n'
	await server.out '^hello$'
}

@test "all of a long speech comes to all, whole" {
	seq 300000 >numbers
	broker 127.0.0.1
	touch one.out two.out
	start ncx -d 127.0.0.1 "$PORT" >one.out
	start ncx -d 127.0.0.1 "$PORT" >two.out
	lines 2 server.err '^Connection received on '
	ncx 127.0.0.1 "$PORT" <numbers
	local copy
	for copy in one.out two.out server.out; do
		arrived "$copy" "$(stat -c %s numbers)"
		cmp numbers "$copy"
	done
}

@test "a member that takes nothing is dropped with a message, the rest go on" {
	broker --stall-timeout 500ms 127.0.0.1
	comes deaf
	comes a
	comes b
	task a pour 262144 a
	task b take 268435456
	lines 1 server.err '^ncx: send to 127.0.0.1 port [0-9]+ \(tcp\) failed: Nothing taken for too long$'
	lines 1 server.err ' closed after .* took nothing for too long$'
	task deaf gone
	task b say well
	task a hear well
	arrived server.out 268435461
	(($(memory "$SERVER_PID") < MEMORY_MAX))
	(($(grep -c ' closed after ' server.err) == 1))
}

@test "a member that is slow, but takes something, is not dropped" {
	broker --stall-timeout 1500ms 127.0.0.1
	comes slow
	comes a
	task a pour 40960 a
	for _ in 1 2 3 4; do
		clock 500ms
		task slow take 8388608
	done
	task slow take 8388608
	arrived server.out 41943040
	[ "$(grep -c closed server.err)" -eq 0 ]
}

@test "a member that takes nothing while nothing is said may stay" {
	broker --stall-timeout 100ms --max-conns 2 127.0.0.1
	comes a
	comes b
	clock 500ms
	task b say hello
	task a hear hello
}

@test "fifty members, each of whom speaks" {
	broker 127.0.0.1
	for n in {1..50}; do
		echo "$n tcp $PORT" >&9
	done
	await people.out '^50 done$'
	lines 50 server.err '^Connection received on '
	for n in {1..49}; do
		echo "$n say from $n" >&9
		echo "50 hear from $n" >&9
		echo "$((n % 49 + 1)) find from $n" >&9
	done
	await people.out '^197 done$|failed'
	[ "$LINE" = '197 done' ]
}
