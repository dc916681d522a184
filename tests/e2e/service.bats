#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# service.bats - started and stopped by others
load helper
load processes

# managed ROLE... -- WORDS...: ncx with sockets that were opened for it; its $!
# is $SERVER, the port of the first one $PORT.
managed() {
	start "$BATS_TEST_DIRNAME/manager.py" "$@" 2>server.err
	SERVER=$!
	[ "$1" = unix ] || {
		await server.err '^port ([0-9]+)$'
		PORT=${BASH_REMATCH[1]}
	}
}

# A service manager that writes down what it hears, to "notes"
manager() {
	: >notes
	start "$BATS_TEST_DIRNAME/manager.py" notify notify.sock >notes
	await notes '^bound$'
	export NOTIFY_SOCKET=$PWD/notify.sock
}

refuses() {
	! ncx -z 127.0.0.1 "$PORT"
}

@test "--port-file has the port, and is there in one piece" {
	start ncx -l -n --port-file port 127.0.0.1 0 <<<hello
	SERVER=$!
	eventually test -e port
	run -0 ncx 127.0.0.1 "$(<port)" </dev/null
	[ "$output" = hello ]
	[[ $(od -An -c port) == *'\n' ]]
	[ "$(stat -c %a port)" = 644 ]
	[ "$(echo .ncx.* *.ncx.*)" = '.ncx.* *.ncx.*' ]
}

@test "--port-file of a Unix socket has its path" {
	start ncx -lU --port-file where sock <<<hello
	eventually test -e where
	[ "$(<where)" = sock ]
}

@test "a port file that cannot be written is status 6" {
	says 6 'ncx: write no/such failed: No such file or directory' \
		ncx -l -n --port-file no/such 127.0.0.1 0
	says 6 'ncx: write /dev/full failed: File exists' \
		ncx -l -n --port-file /dev/full 127.0.0.1 0
}

@test "--ready-fd gets the port, and is closed" {
	fifo ready 9
	start ncx -lk -n --ready-fd 7 -e cat 127.0.0.1 0 7>&9
	SERVER=$!
	local port
	hear 9 port
	eventually test ! -e "/proc/$(program "$SERVER")/fd/7"
	run -0 ncx 127.0.0.1 "$port" <<<hello
	[ "$output" = hello ]
}

@test "--ready-fd that is not open, or not for writing, is a wrong line" {
	says 2 'ncx: --ready-fd "99": expected an open descriptor' \
		ncx -l --ready-fd 99 0
	says 2 'ncx: --ready-fd "0": expected a descriptor that is open for writing' \
		ncx -l --ready-fd 0 0 </dev/null
}

@test "nobody is told that it listens when it does not" {
	listener -k 127.0.0.1 </dev/null
	manager
	says 1 "ncx: listen on 127.0.0.1 port $PORT (tcp) failed: Address already in use" \
		ncx -l -n --port-file port 127.0.0.1 "$PORT"
	[ ! -e port ]
	[ "$(<notes)" = bound ]
}

@test "a listening socket that was handed over, with and without -k" {
	managed tcp -- ncx -l -v -n -c 'cat; exit 4'
	run -0 ncx 127.0.0.1 "$PORT" <<<hello
	[ "$output" = hello ]
	finished "$SERVER"
	[ "$STATUS" -eq 4 ]
	grep -qx "Listening on 127.0.0.1 $PORT" server.err
	managed tcp -- ncx -lk -c 'cat; env | grep ^LISTEN_'
	for _ in 1 2 3; do
		run -0 ncx 127.0.0.1 "$PORT" <<<hello
		[ "$output" = hello ]
	done
}

@test "two listening sockets, one of them for IPv6" {
	managed tcp tcp6 -- ncx -lk -n -e cat
	await server.err '^port ([0-9]+)$'
	mapfile -t ports < <(sed -n 's/^port //p' server.err)
	eventually test "${#ports[@]}" -eq 2
	run -0 ncx 127.0.0.1 "${ports[0]}" <<<one
	[ "$output" = one ]
	run -0 ncx ::1 "${ports[1]}" <<<two
	[ "$output" = two ]
}

@test "a listening Unix socket that was handed over stays where it is" {
	managed unix -- ncx -lk -v -c 'cat; echo $PROTO $UNIXLOCALPATH'
	await server.err '^Listening on sock$'
	run -0 ncx -U sock <<<hello
	[ "$output" = $'hello\nUNIX sock' ]
	kill "$(program "$SERVER")"
	finished "$SERVER"
	[ "$STATUS" -eq 143 ]
	[ -S sock ]
}

@test "-U does not need a path where a socket was handed over" {
	managed unix -- ncx -lU -v -e cat
	await server.err '^Listening on sock$'
	run -0 ncx -U sock <<<hello
	[ "$output" = hello ]
	says 2 'ncx: missing socket pathname; see ncx --help' ncx -lU
}

@test "a datagram socket that was handed over" {
	managed udp -- ncx -luk -e cat
	for _ in 1 2; do
		run -0 ncx -u -W 1 127.0.0.1 "$PORT" <<<hello
		[ "$output" = hello ]
	done
	managed udp -- ncx -l -e cat
	finished "$SERVER"
	[ "$STATUS" -eq 2 ]
	grep -q 'a socket that was handed over is not one that listens$' server.err
}

@test "a connection that was handed over, with the same options" {
	managed accepted -- ncx -l -v -n -c 'sort; exit 5'
	run -0 ncx 127.0.0.1 "$PORT" < <(printf 'b\na\n')
	[ "$output" = $'a\nb' ]
	finished "$SERVER"
	[ "$STATUS" -eq 5 ]
	grep -q '^Connection received on 127.0.0.1 ' server.err
}

@test "who may come in holds for a connection that was handed over" {
	echo 10.0.0.1 >allowed
	for rule in --deny=127.0.0.0/8 --allow=10.0.0.1 --allowfile=allowed; do
		managed accepted -- ncx -lvn "$rule" -c 'echo in'
		run --separate-stderr ncx 127.0.0.1 "$PORT" </dev/null
		[ -z "$output" ]
		finished "$SERVER"
		grep -q '^Connection from 127.0.0.1 [0-9]* not allowed$' server.err
	done
}

@test "without a socket there is no port" {
	says 2 'ncx: missing port number; see ncx --help' ncx -l
	start "$BATS_TEST_DIRNAME/manager.py" file -- ncx -l 2>server.err
	finished "$!"
	[ "$STATUS" -eq 2 ]
	says 2 'ncx: missing port number; see ncx --help' \
		env LISTEN_FDS=1 LISTEN_PID=1 ncx -l
}

@test "systemd-socket-activate: the listening socket, at its first client" {
	network activated
	start "${NETWORK[@]}" systemd-socket-activate -l 127.0.0.1:5000 \
		"$NCX" -lk -c 'sort' 2>server.err
	await server.err '^Listening on 127.0.0.1:5000 '
	for _ in 1 2; do
		run -0 "${NETWORK[@]}" ncx 127.0.0.1 5000 < <(printf 'b\na\n')
		[ "$output" = $'a\nb' ]
	done
}

@test "systemd-socket-activate: an ncx --inetd for each connection" {
	network activated
	start "${NETWORK[@]}" systemd-socket-activate --inetd -a \
		-l 127.0.0.1:5000 "$NCX" --inetd -c 'sort; echo "$TCPREMOTEIP"' \
		2>server.err
	await server.err '^Listening on 127.0.0.1:5000 '
	for _ in 1 2; do
		run -0 "${NETWORK[@]}" ncx 127.0.0.1 5000 < <(printf 'b\na\n')
		[ "$output" = $'a\nb\n127.0.0.1' ]
	done
}

@test "socat: --inetd, as a relay and with a program" {
	listener -k -c 'sort' 127.0.0.1
	for service in "--relay 127.0.0.1:$PORT" '-e sort'; do
		printf '#!/bin/sh\nexec ncx --inetd %s\n' "$service" >service
		chmod +x service
		start socat -d -d UNIX-LISTEN:sock EXEC:./service 2>socat.err
		SERVER=$!
		await socat.err ' listening on '
		run -0 ncx -U sock < <(printf 'b\na\n')
		[ "$output" = $'a\nb' ]
		finished "$SERVER"
		[ "$STATUS" -eq 0 ]
		rm -f sock
	done
}

@test "--inetd needs a socket" {
	says 2 'ncx: --inetd: descriptor 0 is no socket' ncx --inetd </dev/null
}

@test "the service manager hears READY, RELOADING and STOPPING" {
	manager
	echo 127.0.0.1 >allowed
	listener -k --drain 1m --allowfile allowed -c 'echo "[$NOTIFY_SOCKET]"' 127.0.0.1
	await notes '^READY=1$'
	run -0 ncx 127.0.0.1 "$PORT" </dev/null
	[ "$output" = '[]' ]
	kill -HUP "$(program "$SERVER")"
	await notes '^RELOADING=1 MONOTONIC_USEC=[0-9]+$'
	echo wrong/line >allowed
	kill -HUP "$(program "$SERVER")"
	await server.err '^Access lists stay as they were$'
	kill "$(program "$SERVER")"
	await notes '^STOPPING=1$'
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
	[ "$(sed 's/ .*//' notes | xargs)" = \
		'bound READY=1 RELOADING=1 READY=1 RELOADING=1 READY=1 STOPPING=1' ]
}

@test "a service manager that is not there is no failure" {
	export NOTIFY_SOCKET=$PWD/nobody
	listener -e cat 127.0.0.1
	run -0 ncx 127.0.0.1 "$PORT" <<<hello
	[ "$output" = hello ]
}

@test "--drain: sessions end by themselves, and then it ends with 0" {
	listener -k --drain 1m -e cat 127.0.0.1
	local line
	dial
	echo one >&8
	hear 8 line
	kill "$(program "$SERVER")"
	eventually refuses
	echo two >&8
	hear 8 line
	[ "$line" = two ]
	exec 8>&-
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
}

@test "--drain: what takes longer is cut, and that is 143" {
	for service in '-e cat' '--chat' '--relay unix:target' ''; do
		rm -f target
		start ncx -lkU -d --port-file there target
		local target=$!
		eventually test -e there
		# shellcheck disable=SC2086 # words
		listener -k --drain 300ms $service 127.0.0.1 </dev/null
		dial
		await server.err '^Connection received '
		local begun=$EPOCHREALTIME
		kill "$(program "$SERVER")"
		finished "$SERVER"
		[ "$STATUS" -eq 143 ]
		(($(ms_since "$begun") >= 300))
		kill "$target"
		rm there
	done
}

@test "--drain: with nobody there it ends at once, a second signal as well" {
	listener -k --drain 1m -e cat 127.0.0.1
	kill "$(program "$SERVER")"
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
	listener -k --drain 1m -c 'echo $$; exec cat' 127.0.0.1
	local pid
	dial
	hear 8 pid
	kill "$(program "$SERVER")"
	eventually refuses
	kill "$(program "$SERVER")"
	finished "$SERVER"
	[ "$STATUS" -eq 143 ]
	gone "$pid"
}

@test "--drain: a one-shot has the status of its program, or 143" {
	listener --drain 1m -c 'cat; exit 5' 127.0.0.1
	local line
	dial
	echo one >&8
	hear 8 line
	kill "$(program "$SERVER")"
	exec 8>&-
	finished "$SERVER"
	[ "$STATUS" -eq 5 ]
	listener --drain 50ms -e cat 127.0.0.1
	dial
	await server.err '^Connection received '
	kill "$(program "$SERVER")"
	finished "$SERVER"
	[ "$STATUS" -eq 143 ]
}

@test "without --drain SIGTERM ends it at once" {
	listener -k -e cat 127.0.0.1
	dial
	await server.err '^Connection received '
	kill "$(program "$SERVER")"
	finished "$SERVER"
	[ "$STATUS" -eq 143 ]
}
