#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# crowded.bats - ncx -lk at its limits: places, descriptors, those that are slow
load helper
load people

@test "--max-conns 1: one after the other" {
	server --max-conns 1 127.0.0.1
	comes a
	task b tcp "$PORT"
	task b say from b
	task a say from a
	await server.out '^from a$'
	task a leave
	await server.out '^from b$'
	[ "$(<server.out)" = $'from a\nfrom b' ]
	[ "$(grep -oE ' (received|closed) ' server.err | tr -d ' \n')" = receivedclosedreceived ]
}

@test "--max-conns 3: a fourth waits until one has left" {
	server --max-conns 3 127.0.0.1
	for name in a b c; do
		comes "$name"
	done
	task d tcp "$PORT"
	task d say from d
	task c say from c
	await server.out '^from c$'
	echo 'for three' >&8
	task b hear for three
	task b reset
	await server.out '^from d$'
	echo 'for d too' >&8
	task d hear for d too
	[ "$(<server.out)" = $'from c\nfrom d' ]
}

@test "--max-conns over UDP: there is no room, which is said once" {
	server -u --max-conns 1 127.0.0.1
	task a udp "$PORT"
	task a say from a
	await server.out '^from a$'
	task b udp "$PORT"
	task b say from b
	task b say from b
	task a say from a again
	await server.out '^from a again$'
	[ "$(<server.out)" = $'from a\nfrom a again' ]
	[ "$(grep -c '^no room for another peer$' server.err)" -eq 1 ]
}

# does_not_spin LINE: until the server says that it spends next to no time; a
# second of spinning is 100 ticks.
does_not_spin() {
	local before
	before=$(ticks "$SERVER_PID")
	await server.err "$1"
	(($(ticks "$SERVER_PID") - before < 25))
}

@test "at the limit the listener waits without spinning" {
	server --max-conns 1 --idle-timeout 1 127.0.0.1
	comes a
	task b tcp "$PORT"
	does_not_spin ' closed after .* silent for too long$'
	lines 2 server.err '^Connection received on '
}

@test "at the limit of descriptors it waits as well, and serves all" {
	fifo in 8
	: >server.err
	start prlimit --nofile=24 ncx -lk -v -n 127.0.0.1 0 \
		<in >server.out 2>server.err
	await server.err '^Listening on 127.0.0.1 ([0-9]+)$'
	PORT=${BASH_REMATCH[1]}
	people
	for n in {1..16}; do
		task "$n" tcp "$PORT"
		task "$n" say "from $n"
	done
	for n in {1..16}; do
		await server.out "^from $n\$"
		task "$n" reset
	done
	lines 16 server.err ' closed after '
	[ "$(grep -c '^ncx: ' server.err)" -eq "$(grep -c '^ncx: .* reset by peer$' server.err)" ]
}

@test "when no descriptor is free it waits without spinning" {
	server --idle-timeout 1500ms 127.0.0.1
	comes a
	local free=0
	while [ -e "/proc/$SERVER_PID/fd/$free" ]; do
		((++free))
	done
	prlimit --pid "$SERVER_PID" --nofile="$free"
	task b tcp "$PORT"
	task b say from b
	does_not_spin ' closed after .* silent for too long$'
	await server.out '^from b$'
}

@test "when the output is full all wait without spinning" {
	fifo out 9
	: >server.err
	start ncx -lk -d -v -n --idle-timeout 2 127.0.0.1 0 >out 2>server.err
	SERVER_PID=$(program "$!")
	await server.err '^Listening on 127.0.0.1 ([0-9]+)$'
	PORT=${BASH_REMATCH[1]}
	for n in 1 2; do
		start ncx 127.0.0.1 "$PORT" </dev/zero
		lines "$n" server.err '^Connection received on '
	done
	fifo silent 8
	start ncx 127.0.0.1 "$PORT" <silent
	lines 3 server.err '^Connection received on '
	does_not_spin ' closed after .* silent for too long$'
}

@test "a client that takes nothing while others wait is dropped" {
	server --stall-timeout 500ms 127.0.0.1
	comes deaf
	comes a
	start head -c 256M /dev/zero >&8
	task a take 268435456
	lines 1 server.err ' closed after .* took nothing for too long$'
	grep -q '^ncx: send to 127.0.0.1 port .* failed: Nothing taken for too long$' server.err
	(($(memory "$SERVER_PID") < MEMORY_MAX))
}

@test "who is alone may take his time, and has some when others come" {
	server --stall-timeout 1500ms 127.0.0.1
	comes a
	start head -c 64M /dev/zero >&8
	clock 2s
	comes b
	task a take 67108864
}

@test "two that come at once, while names are looked up, make him hurry" {
	fifo in 8
	: >server.err
	start ncx -lk -v --stall-timeout 500ms 127.0.0.1 0 \
		<in >server.out 2>server.err
	SERVER=$!
	await server.err '^Listening on .* ([0-9]+)$'
	PORT=${BASH_REMATCH[1]}
	people
	comes deaf
	kill -STOP "$(program "$SERVER")"
	task a tcp "$PORT"
	task b tcp "$PORT"
	kill -CONT "$(program "$SERVER")"
	lines 3 server.err '^Connection received on '
	task b reset
	lines 1 server.err ' closed after .*reset by peer$'
	start head -c 64M /dev/zero >&8
	task a take 67108864
	lines 1 server.err ' closed after .* took nothing for too long$'
}

@test "a crowd may come at once: the backlog is what the system allows" {
	listener -k 127.0.0.1 </dev/null
	read -r _ _ backlog _ < <(ss -Hltn "sport = :$PORT")
	((backlog >= 4096 || backlog == $(</proc/sys/net/core/somaxconn)))
}
