#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# regress.bats - the cases of OpenBSD's regress/usr.bin/nc, by their names
#
# Where ncx ends a session on which nc stays, the case has --no-shutdown, which
# is nc's way.  Names are looked up in a network where localhost is of both
# families, and where 7777 is free.
load helper

# both_localhosts: $NETWORK, with such an /etc/hosts
both_localhosts() {
	printf '127.0.0.1 localhost\n::1 localhost\n' >hosts
	network both
	"${NETWORK[@]}" mount --bind hosts /etc/hosts
}

# server WORDS...: ncx -l with a greeting, whose words are given; its messages
# are server.err, what it hears is server.out, its port, if any, is $PORT.
server() {
	start "${NETWORK[@]}" ncx -v "$@" <<<greeting >server.out 2>server.err
	SERVER=$!
	await server.err '^(Listening|Bound) on (.* )?([^ ]+)$'
	PORT=${BASH_REMATCH[3]}
}

# client WORDS...: ncx with a command; what it hears is client.out.
client() {
	start "${NETWORK[@]}" ncx "$@" <<<'command' >client.out 2>client.err
	CLIENT=$!
}

# Both have heard the other, and nothing else.
transferred() {
	await client.out '^greeting$'
	await server.out '^command$'
	[ "$(<client.out)" = greeting ]
	[ "$(<server.out)" = 'command' ]
}

# Both are content.
over() {
	for pid in "$CLIENT" "$SERVER"; do
		finished "$pid"
		[ "$STATUS" -eq 0 ]
	done
	transferred
}

# Until the processes sleep; they must not end.
sleep_on() {
	local pid
	for pid in "$@"; do
		until grep -qE '^State:.S' "/proc/$(program "$pid")/status"; do
			kill -0 "$pid"
		done
	done
}

# a session over TCP: WORDS of the server, of the client, and the host as the
# server and the client call it
session() {
	# shellcheck disable=SC2086 # words
	server $1
	# shellcheck disable=SC2086 # words
	client -v $2 "$PORT"
	over
	grep -qx "Listening on $3 $PORT" server.err
	grep -q "^Connection received on $3 [0-9]*\$" server.err
	grep -qx "Connection to $4 $PORT port \[tcp/\*\] succeeded!" client.err
}

@test "tcp, tcp6" {
	session '-n -l 127.0.0.1 0' '-n 127.0.0.1' 127.0.0.1 127.0.0.1
	session '-n -l ::1 0' '-n ::1' ::1 ::1
}

@test "tcp-localhost-server, tcp6-localhost-server" {
	both_localhosts
	session '-4 -l localhost 7777' '-n 127.0.0.1' localhost 127.0.0.1
	session '-6 -l localhost 7777' '-n ::1' localhost ::1
}

@test "tcp-localhost-client, tcp6-localhost-client" {
	both_localhosts
	session '-n -l 127.0.0.1 7777' '-4 localhost' 127.0.0.1 'localhost (127.0.0.1)'
	session '-n -l ::1 7777' '-6 localhost' ::1 'localhost (::1)'
}

@test "tcp-bad-localhost-server, tcp6-bad-localhost-server" {
	says 3 'ncx: lookup of "::1" failed: Address family for hostname not supported' \
		ncx -4 -l ::1 0
	says 3 'ncx: lookup of "127.0.0.0" failed: Address family for hostname not supported' \
		ncx -6 -l 127.0.0.0 0
}

@test "tcp-bad-localhost-client, tcp6-bad-localhost-client" {
	says 3 'ncx: lookup of "::1" failed: Address family for hostname not supported' \
		ncx -4 ::1 7777
	says 3 'ncx: lookup of "127.0.0.1" failed: Address family for hostname not supported' \
		ncx -6 127.0.0.1 7777
}

@test "tcp-sleep" {
	server --no-shutdown -n -l 127.0.0.1 0
	client --no-shutdown -n -v 127.0.0.1 "$PORT"
	transferred
	sleep_on "$SERVER" "$CLIENT"
}

@test "tcp-keep" {
	server --no-shutdown -n -k -l 127.0.0.1 0
	client --no-shutdown -n -v 127.0.0.1 "$PORT"
	transferred
	kill "$CLIENT"
	finished "$CLIENT"
	: >server.out
	client -n -v 127.0.0.1 "$PORT"
	await server.out '^command$'
	await client.err '^Connection to 127.0.0.1 .* succeeded!$'
	[ ! -s client.out ]
	kill -0 "$SERVER"
	[ "$(grep -c '^Listening on ' server.err)" -eq 1 ]
	[ "$(grep -c '^Connection received on 127.0.0.1 ' server.err)" -eq 2 ]
}

# The same over UDP, where a session has no end; nothing is sent under -v that
# was not typed.
datagrams() {
	# shellcheck disable=SC2086 # words
	server $1
	# shellcheck disable=SC2086 # words
	client $2 "$PORT"
	transferred
	grep -qx "Bound on $3 $PORT" server.err
	grep -q "^Connection received on $3 [0-9]*\$" server.err
}

@test "udp, udp6" {
	datagrams '-n -u -l 127.0.0.1 0' '-n -u 127.0.0.1' 127.0.0.1
	datagrams '-n -u -l ::1 0' '-n -u ::1' ::1
	[ ! -s client.err ]
}

@test "udp-probe" {
	datagrams '-n -u -l 127.0.0.1 0' '-n -u -v 127.0.0.1' 127.0.0.1
	[ "$(<client.err)" = "Connection to 127.0.0.1 $PORT port [udp/*] succeeded!" ]
}

@test "udp-localhost, udp6-localhost" {
	both_localhosts
	datagrams '-u -4 -l localhost 7777' '-u -4 localhost' localhost
	kill "$SERVER"
	finished "$SERVER"
	datagrams '-u -6 -l localhost 7777' '-u -6 localhost' localhost
}

@test "udp-keep" {
	server -n -u -k -l 127.0.0.1 0
	client -n -u -v 127.0.0.1 "$PORT"
	await server.out '^command$'
	kill "$CLIENT"
	finished "$CLIENT"
	: >server.out
	client -n -u -v 127.0.0.1 "$PORT"
	await server.out '^command$'
	[ "$(<server.out)" = 'command' ]
	[ "$(grep -c '^Bound on ' server.err)" -eq 1 ]
}

@test "udp-sleep" {
	datagrams '-n -u -l 127.0.0.1 0' '-n -u 127.0.0.1' 127.0.0.1
	sleep_on "$SERVER" "$CLIENT"
}

# The same over a path: with -v the client has nothing to say.
path() {
	# shellcheck disable=SC2086 # words
	server $1 -l sock
	# shellcheck disable=SC2086 # words
	client $2 -v sock
	transferred
	[ "$(head -n 1 server.err)" = 'Bound on sock' ]
}

@test "unix, unix-namelookup" {
	for words in -nU -U; do
		path "$words" "$words"
		over
		[ "$(sed -n 2p server.err)" = 'Listening on sock' ]
		[ "$(sed -n 3p server.err)" = 'Connection received on sock' ]
		[ ! -s client.err ]
	done
}

@test "unix-probe" {
	start ncx -N -U -l -v sock </dev/null 2>server.err
	SERVER=$!
	await server.err '^Listening on sock$'
	says 0 '' ncx -N -U -v sock </dev/null
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
	says 1 'ncx: connect to sock (unix) failed: No such file or directory' \
		ncx -N -U -v sock </dev/null
	server -U -l sock
	kill -KILL "$(program "$SERVER")"
	run finished "$SERVER"
	says 1 'ncx: connect to sock (unix) failed: Connection refused' \
		ncx -N -U -v sock </dev/null
}

@test "unix-keep" {
	path '--no-shutdown -U -k' '--no-shutdown -U'
	kill "$CLIENT"
	finished "$CLIENT"
	: >server.out
	client -U sock
	await server.out '^command$'
	[ "$(grep -c '^Listening on ' server.err)" -eq 1 ]
}

@test "unix-dgram, unix-dgram-namelookup" {
	for words in -nuU -uU; do
		path "$words" "$words"
		kill "$SERVER"
		finished "$SERVER"
	done
}

@test "unix-dgram-clientsock" {
	path '-nuU' '-nuU -s client.sock'
	grep -qx 'Connection received on client.sock' server.err
	[ "$(<client.err)" = 'Bound on client.sock' ]
	[ -S client.sock ]
}

@test "unix-dgram-keep" {
	server -n -u -U -k -l sock
	for i in 1 2; do
		client -n -u -U sock
		await server.out '^command$'
		kill "$CLIENT"
		finished "$CLIENT"
		: >server.out
	done
	kill -0 "$SERVER"
}

# as_server OPTIONS TASK...: with each of the options, a client that does that;
# as_client: a server.
as_server() {
	local option
	for option in $1; do
		server "$option" -n -l 127.0.0.1 0
		timeout "$LIMIT" "$BATS_TEST_DIRNAME/peers.py" client "$PORT" "${@:2}"
		finished "$SERVER"
		[ "$STATUS" -eq 0 ]
		[ "$(<server.out)" = 'command' ]
	done
}

as_client() {
	local option
	for option in $1; do
		start "$BATS_TEST_DIRNAME/peers.py" server "${@:2}" \
			>server.out 2>server.err
		SERVER=$!
		await server.out '^port ([0-9]+)$'
		client "$option" -n 127.0.0.1 "${BASH_REMATCH[1]}"
		for pid in "$CLIENT" "$SERVER"; do
			finished "$pid"
			[ "$STATUS" -eq 0 ]
		done
		[ "$(<client.out)" = greeting ]
	done
}

@test "tcp-server" {
	as_server '-v --no-shutdown' hear:greeting say:command
}

@test "tcp-server-eof" {
	as_server '-v --no-shutdown' hear:greeting say:command end eof
}

@test "tcp-server-reverse-eof" {
	as_server '-v --no-shutdown' say:command end hear:greeting eof
}

@test "tcp-server-shutdown-eof" {
	as_server '-v -N' hear:greeting eof say:command end
}

@test "tcp-server-shutdown-reverse-eof" {
	as_server '-v -N' say:command end hear:greeting eof
}

@test "tcp-client" {
	as_client '-v --no-shutdown' say:greeting hear:command
}

@test "tcp-client-eof" {
	as_client '-v --no-shutdown' say:greeting end hear:command eof
}

@test "tcp-client-reverse-eof" {
	as_client '-v --no-shutdown' hear:command say:greeting end eof
}

@test "tcp-client-shutdown-eof" {
	as_client '-v -N' say:greeting hear:command eof end
}

@test "tcp-client-shutdown-reverse-eof" {
	as_client '-v -N' hear:command eof say:greeting end
}
