#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# unixpath.bats - the path of a Unix socket: what is made, replaced and removed
load helper

# bound PATH [OPTION...]: a listener there; $SERVER
bound() {
	start ncx -lUv "${@:2}" "$1" </dev/null >server.out 2>server.err
	SERVER=$!
	await server.err '^(Bound|Listening) on '
}

# A socket file that nobody listens on any more.
stale() {
	bound "$1" "${@:2}"
	kill -KILL "$(program "$SERVER")"
	finished "$SERVER"
	[ -S "$1" ]
}

# refused PATH [OPTION...]: a listener says so in one line; the file stays.
refused() {
	local before
	before=$(stat -c '%i %F %s' "$1")
	run -1 --separate-stderr ncx -lU "${@:2}" "$1" </dev/null
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == "ncx: listen on $1 (unix) failed: "?* ]]
	[ "$(stat -c '%i %F %s' "$1")" = "$before" ]
}

@test "the path is removed at the end" {
	for kind in --unixsock --seqpacket; do
		bound sock "$kind"
		[ -S sock ]
		ncx -U "$kind" sock <<<hello
		finished "$SERVER"
		[ "$STATUS" -eq 0 ]
		[ ! -e sock ]
	done
	bound sock -u -W 1
	ncx -uU -q 0 sock <<<hello
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
	[ ! -e sock ]
}

@test "and on INT, TERM and HUP" {
	for kind in --unixsock --seqpacket --udp; do
		for signal in INT TERM HUP; do
			bound sock "$kind"
			kill "-$signal" "$(program "$SERVER")"
			finished "$SERVER"
			[ "$STATUS" -eq "$((128 + $(kill -l "$signal")))" ]
			[ ! -e sock ]
		done
	done
}

@test "and on a signal during a session" {
	fifo in 8
	bound sock
	start ncx -U sock <in
	echo hello >&8
	await server.out '^hello$'
	kill -TERM "$(program "$SERVER")"
	finished "$SERVER"
	[ "$STATUS" -eq 143 ]
	[ ! -e sock ]
}

@test "and when the session fails" {
	start ncx -lUv sock </dev/null >/dev/full 2>server.err
	SERVER=$!
	await server.err '^Listening on sock$'
	ncx -U sock <<<hello || :
	finished "$SERVER"
	[ "$STATUS" -eq 6 ]
	[ ! -e sock ]
}

@test "a stale socket is replaced" {
	for kind in --unixsock --seqpacket --udp; do
		stale sock "$kind"
		bound sock "$kind"
		ncx -U "$kind" -q 0 sock <<<hello
		await server.out '^hello$'
		kill "$SERVER" && finished "$SERVER"
		[ ! -e sock ]
	done
}

@test "a stale socket of another kind is replaced" {
	stale sock --udp
	bound sock
	ncx -U sock <<<hello
	finished "$SERVER"
	[ "$(<server.out)" = hello ]
}

@test "a file, a folder, a FIFO: what is no socket stays" {
	echo content >file
	mkdir folder
	mkfifo pipe
	for path in file folder pipe; do
		refused "$path"
		refused "$path" -u
	done
	[ "$(<file)" = content ]
}

@test "a symbolic link stays, and so does what it leads to" {
	echo content >file
	stale sock
	ln -s file to-file
	ln -s sock to-socket
	ln -s nowhere to-nothing
	for path in to-file to-socket to-nothing; do
		refused "$path"
	done
	[ "$(<file)" = content ]
	[ -S sock ]
	[ ! -e nowhere ]
}

@test "a socket that somebody listens on stays, and goes on" {
	for kind in --unixsock --seqpacket --udp; do
		bound sock "$kind"
		refused sock
		refused sock --seqpacket
		refused sock --udp
		ncx -U "$kind" -q 0 sock <<<hello
		await server.out '^hello$'
		kill "$SERVER" || :
		finished "$SERVER"
	done
}

@test "107 bytes are a path, 108 are not" {
	local path
	path=$(printf 'x%.0s' {1..107})
	bound "$path"
	ncx -U "$path" <<<hello
	finished "$SERVER"
	[ "$(<server.out)" = hello ]
	says 1 "ncx: listen on ${path}x (unix) failed: File name too long" \
		ncx -lU "${path}x" </dev/null
	says 1 "ncx: connect to ${path}x (unix) failed: File name too long" \
		ncx -U "${path}x" </dev/null
	[ -z "$(find . -name 'xx*')" ]
}

@test "an abstract name may be as long" {
	local name
	name=@$$$(printf 'x%.0s' {1..99})
	bound "${name:0:107}"
	ncx -U "${name:0:107}" <<<hello
	finished "$SERVER"
	[ "$(<server.out)" = hello ]
}

@test "a file in the folder whose name looks abstract stays" {
	echo content >"@$$"
	bound "@$$"
	ncx -U "@$$" <<<hello
	finished "$SERVER"
	[ "$(<"@$$")" = content ]
}

@test "an abstract name that is taken is not taken over" {
	bound "@ncx-$$"
	says 1 "ncx: listen on @ncx-$$ (unix) failed: Address already in use" \
		ncx -lU "@ncx-$$"
	ncx -U "@ncx-$$" <<<hello
	finished "$SERVER"
	[ "$(<server.out)" = hello ]
}

@test "a path whose folder is missing" {
	says 1 'ncx: listen on no/sock (unix) failed: No such file or directory' \
		ncx -lU no/sock
	[ ! -e no ]
}

@test "the path of a datagram client is removed at the end" {
	fifo in 8
	bound sock -u
	start ncx -uU -s mine -q 0 sock <in
	CLIENT=$!
	echo hello >&8
	await server.err '^Connection received on mine$'
	[ -S mine ]
	exec 8>&-
	finished "$CLIENT"
	[ "$STATUS" -eq 0 ]
	[ ! -e mine ]
}

@test "and on INT and TERM" {
	for signal in INT TERM; do
		rm -f sock
		bound sock -u
		start ncx -uU -s mine sock <<<hello
		CLIENT=$!
		await server.err '^Connection received on mine$'
		[ -S mine ]
		kill "-$signal" "$(program "$CLIENT")"
		finished "$CLIENT"
		[ ! -e mine ]
		kill -KILL "$(program "$SERVER")"
		finished "$SERVER"
	done
}

@test "and when there is nobody to talk to" {
	run -1 ncx -uU -s mine sock <<<hello
	[ ! -e mine ]
	run -1 ncx -U -s mine sock <<<hello
	[ ! -e mine ]
}

@test "a datagram client replaces a stale path and keeps a foreign file" {
	bound sock -u -k
	echo content >file
	run -1 --separate-stderr ncx -uU -s file sock <<<hello
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == 'ncx: bind to file (unix) failed: '?* ]]
	[ "$(<file)" = content ]
	start ncx -uU -s mine sock <<<hello
	CLIENT=$!
	await server.err '^Connection received on mine$'
	run -1 ncx -uU -s mine sock <<<hello
	[ -S mine ]
	kill -KILL "$(program "$CLIENT")"
	finished "$CLIENT"
	ncx -uU -s mine -q 0 sock <<<hello
	[ ! -e mine ]
}

@test "a datagram client without -s leaves no file anywhere" {
	: >trace
	bound sock -u
	strace -E ASAN_OPTIONS=detect_leaks=0 -f -o trace -e trace=bind,mkdir,mkdirat timeout "$LIMIT" \
		ncx -uU -q 0 sock <<<hello
	grep -q '^[0-9]* *bind(' trace
	run -1 grep -E 'mkdir|sun_path="' trace
}

@test "a path that somebody else has replaced is not removed" {
	for kind in --unixsock --udp; do
		bound sock "$kind"
		mv sock moved
		echo content >sock
		kill "$SERVER"
		finished "$SERVER"
		[ "$(<sock)" = content ]
		rm sock moved
	done
}

@test "a path that somebody else has removed is no failure" {
	bound sock
	rm sock
	kill "$SERVER"
	finished "$SERVER"
	[ "$STATUS" -eq 143 ]
	[ "$(<server.err)" = $'Bound on sock\nListening on sock' ]
}
