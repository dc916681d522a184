#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# messages.bats - the sentences that scripts read, and what ncx tells of itself
load helper

# in_net HOST PORT OPTION...: a listener in $NETWORK; its stderr is server.err
in_net() {
	start "${NETWORK[@]}" ncx -v "${@:3}" -l "$1" "$2" \
		</dev/null >server.out 2>server.err
	SERVER=$!
	await server.err '^(Listening|Bound) on '
}

@test "Listening on HOST PORT, Connection received on HOST PORT" {
	network alone
	in_net 127.0.0.1 80 -n
	"${NETWORK[@]}" ncx -p 6666 127.0.0.1 80 </dev/null
	finished "$SERVER"
	diff server.err <(echo 'Listening on 127.0.0.1 80
Connection received on 127.0.0.1 6666')
}

@test "the same for IPv6" {
	network alone
	in_net ::1 80 -n
	"${NETWORK[@]}" ncx -p 6666 ::1 80 </dev/null
	finished "$SERVER"
	diff server.err <(echo 'Listening on ::1 80
Connection received on ::1 6666')
}

@test "one sentence an address, without -n as well" {
	network alone
	start "${NETWORK[@]}" ncx -l -v 7777 2>server.err
	await server.err '^Listening on :: 7777$'
	diff server.err <(echo 'Listening on 0.0.0.0 7777
Listening on :: 7777')
}

@test "Bound on HOST PORT over UDP" {
	network alone
	in_net 127.0.0.1 53 -n -u
	"${NETWORK[@]}" ncx -u -q 0 -p 6666 127.0.0.1 53 <<<hello
	await server.out hello
	diff server.err <(echo 'Bound on 127.0.0.1 53
Connection received on 127.0.0.1 6666')
}

@test "Bound on PATH, Listening on PATH" {
	start ncx -lUv sock </dev/null 2>server.err
	SERVER=$!
	await server.err '^Listening on '
	ncx -U sock </dev/null
	finished "$SERVER"
	diff server.err <(echo 'Bound on sock
Listening on sock
Connection received on sock')
}

@test "Bound on PATH for Unix datagrams" {
	start ncx -luUv sock </dev/null >server.out 2>server.err
	await server.err '^Bound on '
	start ncx -uU -s mine sock <<<hello
	await server.out hello
	diff server.err <(echo 'Bound on sock
Connection received on mine')
}

@test "the port is the real number, for port 0 and with the name of a service" {
	network alone
	in_net 127.0.0.1 http -n
	diff server.err <(echo 'Listening on 127.0.0.1 80')
	in_net 127.0.0.1 0 -n
	await server.err '^Listening on 127.0.0.1 ([0-9]+)$'
	[ "${BASH_REMATCH[1]}" -ge 1024 ]
	"${NETWORK[@]}" ss -Hltn "sport = ${BASH_REMATCH[1]}" | grep LISTEN
}

@test "Connection to HOST PORT port [tcp/SERVICE] succeeded!" {
	network alone
	in_net 127.0.0.1 80 -n -k
	says 0 'Connection to 127.0.0.1 80 port [tcp/http] succeeded!' \
		"${NETWORK[@]}" ncx -v 127.0.0.1 80 </dev/null
	says 0 'Connection to 127.0.0.1 80 port [tcp/*] succeeded!' \
		"${NETWORK[@]}" ncx -nv 127.0.0.1 www </dev/null
	in_net 127.0.0.1 7777 -n -k
	says 0 'Connection to 127.0.0.1 7777 port [tcp/*] succeeded!' \
		"${NETWORK[@]}" ncx -v 127.0.0.1 7777 </dev/null
}

@test "Connection to HOST (IP) PORT port [tcp/SERVICE] succeeded!" {
	network alone
	in_net 127.0.0.1 80 -n -k
	says 0 'Connection to localhost (127.0.0.1) 80 port [tcp/http] succeeded!' \
		"${NETWORK[@]}" ncx -4v localhost 80 </dev/null
}

@test "the same with udp" {
	network alone
	in_net 127.0.0.1 53 -n -u -k
	says 0 'Connection to 127.0.0.1 53 port [udp/domain] succeeded!' \
		"${NETWORK[@]}" ncx -uv -q 0 127.0.0.1 53 </dev/null
	says 0 'Connection to 127.0.0.1 53 port [udp/*] succeeded!' \
		"${NETWORK[@]}" ncx -unv -q 0 127.0.0.1 53 </dev/null
}

@test "a client of a Unix socket has no such sentence" {
	start ncx -lUv sock <<<hello 2>server.err
	await server.err '^Listening on '
	says 0 hello ncx -Uv sock </dev/null
}

@test "without -n peers have names, and with it numbers" {
	network alone
	echo '127.0.0.7 friend.example' >hosts
	"${NETWORK[@]}" mount --bind hosts /etc/hosts
	in_net 127.0.0.7 7777
	"${NETWORK[@]}" ncx -s 127.0.0.7 -p 6666 127.0.0.7 7777 </dev/null
	finished "$SERVER"
	diff server.err <(echo 'Listening on friend.example 7777
Connection received on friend.example 6666')
	in_net 127.0.0.7 7778 -n
	"${NETWORK[@]}" ncx -s 127.0.0.7 -p 6667 127.0.0.7 7778 </dev/null
	finished "$SERVER"
	diff server.err <(echo 'Listening on 127.0.0.7 7778
Connection received on 127.0.0.7 6667')
}

@test "a lookup that fails gives the number, not silence" {
	network alone
	echo 'hosts: files' >nsswitch.conf
	: >hosts
	"${NETWORK[@]}" mount --bind nsswitch.conf /etc/nsswitch.conf
	"${NETWORK[@]}" mount --bind hosts /etc/hosts
	in_net 127.0.0.9 7777
	says 0 'Connection to 127.0.0.9 7777 port [tcp/*] succeeded!' \
		"${NETWORK[@]}" ncx -v -s 127.0.0.8 -p 6666 127.0.0.9 7777 </dev/null
	finished "$SERVER"
	diff server.err <(echo 'Listening on 127.0.0.9 7777
Connection received on 127.0.0.8 6666')
}

@test "a server of names that does not answer gives the number as well" {
	network alone
	echo 'hosts: dns' >nsswitch.conf
	printf 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' >resolv.conf
	"${NETWORK[@]}" mount --bind nsswitch.conf /etc/nsswitch.conf
	"${NETWORK[@]}" mount --bind "$(realpath resolv.conf)" /etc/resolv.conf
	in_net 127.0.0.9 7777
	"${NETWORK[@]}" ncx -s 127.0.0.8 -p 6666 127.0.0.9 7777 </dev/null
	finished "$SERVER"
	diff server.err <(echo 'Listening on 127.0.0.9 7777
Connection received on 127.0.0.8 6666')
}

@test "without -v there is nothing to say of success" {
	listener 127.0.0.1 <<<hello >server.out
	says 0 hello ncx localhost "$PORT" </dev/null
}

@test "only payload goes to stdout" {
	listener 127.0.0.1 <<<hello
	run -0 --separate-stderr ncx -vv 127.0.0.1 "$PORT" </dev/null
	[ "$output" = hello ]
	[ -n "$stderr" ]
}

@test "-vv tells every step with its time" {
	listener 127.0.0.1 <<<hello
	run -0 --separate-stderr ncx -vv 127.0.0.1 "$PORT" </dev/null
	[ "$(grep -Ec '^ncx: [0-9]+\.[0-9]{6}s [^ ]' <<<"$stderr")" -ge 3 ]
	grep -Fqx "Connection to 127.0.0.1 $PORT port [tcp/*] succeeded!" <<<"$stderr"
	run -1 grep -Ev '^ncx: [0-9]+\.[0-9]{6}s |^Connection to ' <<<"$stderr"
}

@test "control characters in the user's words are made visible" {
	for words in "-U a#b" "-n a#b 1" "127.0.0.1 8#0" "-w 1#2 h 1" \
		"-lU no/a#b" "-n -s a#b 127.0.0.1 1" "--no#such"; do
		IFS=' ' read -ra words <<<"$words"
		run --separate-stderr timeout 5 ncx "${words[@]//#/$'\n\e[31m\a\t\x9b'}"
		[ "$status" -ne 0 ]
		[ "${#stderr_lines[@]}" -eq 1 ]
		[[ $stderr != *[$'\e\a\t\x9b']* ]]
		[[ $stderr == *'[31m'* ]]
	done
}

@test "--help is on stdout, with status 0, and has every option" {
	run -0 --separate-stderr ncx --help
	[ -z "$stderr" ]
	local letter name
	while IFS=$'\t' read -r letter name _; do
		grep -Eq -- "--$name( |\[|\$)" <<<"$output"
		[ "$letter" = - ] || grep -q -- "^ *-$letter, --$name" <<<"$output"
	done < <(ncx --list-options)
	local long=$output
	run -0 --separate-stderr ncx -h
	[ "$output" = "$long" ]
}

@test "--help fits a terminal of 80 columns" {
	run -1 grep -E '.{81}' < <(ncx --help)
	[ -z "$output" ]
}

@test "--version" {
	run -0 --separate-stderr ncx --version
	[[ $output =~ ^ncx\ [0-9]+\.[0-9]+(\.[0-9]+)?$ ]]
	[ -z "$stderr" ]
}

@test "--list-options is a table of letter, name, argument, kind, choices, help" {
	run -0 --separate-stderr ncx --list-options
	[ -z "$stderr" ]
	[ "${#lines[@]}" -ge 30 ]
	[ -z "$(awk -F '\t' 'NF != 6 || $1 !~ /^.$/ || $2 !~ /^[a-z0-9-]+$/ || $6 == ""' <<<"$output")" ]
	grep -q $'^q\tquit-after\ttime\ttime\t' <<<"$output"
	grep -q $'^-\tmtu\tsize\tsize\t' <<<"$output"
	grep -q $'^l\tlisten\t-\tflag\t' <<<"$output"
	[ -z "$(cut -f 2 <<<"$output" | sort | uniq -d)" ]
	[ -z "$(cut -f 1 <<<"$output" | grep -v -e - | sort | uniq -d)" ]
}

@test "libvirt's probe finds -q" {
	ncx -q 2>&1 | grep 'requires an argument' >/dev/null
	run ncx -q
	[ "$output" = "ncx: option requires an argument -- 'q'" ]
}

@test "messages that nobody can read do no harm" {
	listener 127.0.0.1 <<<hello >server.out
	run -0 sh -c 'ncx -vv 127.0.0.1 "$1" 2>/dev/full' - "$PORT" <<<hello
	[ "$output" = hello ]
	finished "$SERVER"
	[ "$(<server.out)" = hello ]
}
