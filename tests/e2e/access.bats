#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# access.bats - who may come in: --allow, --deny and their files
load helper
load processes

# The listener greets who may come in.
greeter() {
	listener -k -c 'echo welcome; exec cat' "$@" 127.0.0.1
}

# welcome SOURCE... / refused SOURCE...: from each of these addresses
welcome() {
	for source; do
		run -0 ncx -s "$source" 127.0.0.1 "$PORT" </dev/null
		[ "$output" = welcome ] || { echo "$source"; return 1; }
	done
}

# It may see the end or a reset, but nothing else.
refused() {
	for source; do
		run --separate-stderr ncx -s "$source" 127.0.0.1 "$PORT" </dev/null
		[ "$status" -ne 124 ]
		[ -z "$output" ] || { echo "$source"; return 1; }
		await server.err "^Connection from $source [0-9]+ not allowed\$"
	done
}

reload() {
	kill -HUP "$(program "$SERVER")"
	await server.err "$1"
}

@test "--allow: addresses and prefixes, and nobody else" {
	greeter --allow 127.0.0.1,127.0.1.0/24 --allow 127.0.2.1
	welcome 127.0.0.1 127.0.1.1 127.0.1.200 127.0.2.1
	refused 127.0.0.2 127.0.2.2
	welcome 127.0.0.1
}

@test "--deny: these not, and everybody else" {
	greeter --deny 127.0.0.2 --deny 127.0.1.0/24
	refused 127.0.0.2 127.0.1.9
	welcome 127.0.0.1 127.0.2.1
}

@test "who is in both stays out" {
	greeter --allow 127.0.0.0/24 --deny 127.0.0.128/25
	welcome 127.0.0.1 127.0.0.127
	refused 127.0.0.128 127.0.0.255 127.0.1.1
}

@test "who is refused is logged under -v only" {
	start ncx -lk -n --allow 127.0.0.2 --port-file port 127.0.0.1 0 2>server.err
	eventually test -s port
	PORT=$(<port)
	run ncx 127.0.0.1 "$PORT" </dev/null
	[ ! -s server.err ]
}

@test "files: blanks, comments, lines, and several of them" {
	printf '# ours\n127.0.0.1 127.0.0.2 # two\n\n\t127.0.1.0/24\r\n' >allowed
	printf '127.0.2.1' >'more'
	printf '127.0.0.2\n' >denied
	greeter --allowfile allowed --allowfile more --denyfile denied
	welcome 127.0.0.1 127.0.1.7 127.0.2.1
	refused 127.0.0.2 127.0.3.1
}

@test "a file that lists nobody lets nobody in" {
	: >empty
	greeter --allowfile empty
	refused 127.0.0.1
}

@test "a refused client does not end a one-shot" {
	listener --deny 127.0.0.2 127.0.0.1 <<<'from us' >server.out
	refused 127.0.0.2 127.0.0.2
	run -0 ncx 127.0.0.1 "$PORT" <<<'from the client'
	[ "$output" = 'from us' ]
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
	[ "$(<server.out)" = 'from the client' ]
}

@test "refused clients need no place among --max-conns, and leave nothing" {
	greeter --max-conns 1 --deny 127.0.0.2
	local server fds
	server=$(program "$SERVER")
	fds=("/proc/$server/fd/"*)
	for _ in {1..20}; do
		run ncx -s 127.0.0.2 127.0.0.1 "$PORT" </dev/null
	done
	[ "$(grep -c 'not allowed$' server.err)" -eq 20 ]
	welcome 127.0.0.1
	eventually has_no_child "$server"
	eventually has_descriptors "$server" "${#fds[@]}"
}

@test "IPv6: prefixes, and an IPv4 rule is none for ::1" {
	for rule in ::1 ::/64 2001:db8::/32,::1/128; do
		listener --allow "$rule" -c 'echo welcome' ::1
		run -0 ncx ::1 "$PORT" </dev/null
		[ "$output" = welcome ]
		finished "$SERVER"
	done
	listener -k --allow 127.0.0.1,2001:db8::/32 -c 'echo welcome' ::1
	run ncx ::1 "$PORT" </dev/null
	[[ $output != *welcome* ]]
	await server.err '^Connection from ::1 [0-9]+ not allowed$'
}

@test "one list for both families of a listener" {
	listener -k --deny ::1 --deny ::ffff:127.0.0.2 -c 'echo welcome'
	welcome 127.0.0.1
	refused 127.0.0.2
	run ncx ::1 "$PORT" </dev/null
	[[ $output != *welcome* ]]
}

@test "UDP: the datagrams of who is refused are nothing" {
	fifo in 8
	listener -u --deny 127.0.0.2 127.0.0.1 <in >server.out
	ncx -u -q 0 -s 127.0.0.2 127.0.0.1 "$PORT" <<<'not this'
	await server.err '^Connection from 127.0.0.2 [0-9]+ not allowed$'
	ncx -u -q 0 127.0.0.1 "$PORT" <<<'but this'
	await server.out '^but this$'
	[ "$(<server.out)" = 'but this' ]
}

@test "UDP with -k: others are served and answered" {
	listener -uk --allow 127.0.0.1 -e cat 127.0.0.1
	ncx -u -q 0 -s 127.0.0.2 127.0.0.1 "$PORT" <<<'not this'
	await server.err '^Connection from 127.0.0.2 [0-9]+ not allowed$'
	run -0 ncx -u -W 1 127.0.0.1 "$PORT" <<<'but this'
	[ "$output" = 'but this' ]
}

# A machine with the names of the file "hosts"
named() {
	network names
	echo 'hosts: files' >nsswitch.conf
	"${NETWORK[@]}" mount --bind nsswitch.conf /etc/nsswitch.conf
	"${NETWORK[@]}" mount --bind hosts /etc/hosts
	start "${NETWORK[@]}" ncx -lk -v -c 'echo welcome' "$@" \
		127.0.0.1 5000 2>server.err
	SERVER=$!
}

from() {
	"${NETWORK[@]}" ncx -s "$1" 127.0.0.1 5000 </dev/null || :
}

@test "names: all their addresses count, and are looked up again on SIGHUP" {
	printf '127.0.0.3 friend.test\n127.0.0.4 friend.test\n' >hosts
	named --allow friend.test
	await server.err '^Listening on '
	[ "$(from 127.0.0.3)$(from 127.0.0.4)" = welcomewelcome ]
	[ -z "$(from 127.0.0.5)" ]
	printf '127.0.0.5 friend.test\n' >hosts # the same file, for the mount
	kill -HUP "$(pgrep -P "$SERVER")"
	await server.err '^Access lists read again$'
	[ "$(from 127.0.0.5)" = welcome ]
	[ -z "$(from 127.0.0.3)" ]
}

@test "a name that is not known: status 3, and with -n no name is" {
	echo '127.0.0.3 friend.test' >hosts
	named --allow no.such.test
	finished "$SERVER"
	[ "$STATUS" -eq 3 ]
	grep -q '^ncx: lookup of "no.such.test" failed: ' server.err
	says 3 'ncx: lookup of "friend.test" failed: Name or service not known' \
		ncx -l -n --deny friend.test 127.0.0.1 0
}

@test "SIGHUP: the files are read again, and nobody is dropped" {
	echo 127.0.0.1 >allowed
	greeter --allowfile allowed
	local line
	dial
	hear 8 line
	refused 127.0.0.2
	echo 127.0.0.2 >allowed
	reload '^Access lists read again$'
	welcome 127.0.0.2
	refused 127.0.0.1
	echo still here >&8
	hear 8 line
	[ "$line" = 'still here' ]
}

@test "SIGHUP: a bad line or a file that has gone changes nothing" {
	echo 127.0.0.1 >allowed
	greeter --allowfile allowed
	printf '127.0.0.2\n127.0.0.300\n' >allowed
	reload '^Access lists stay as they were$'
	grep -q '^ncx: allowed:2: "127.0.0.300": expected an address' server.err
	welcome 127.0.0.1
	refused 127.0.0.2
	rm allowed
	: >server.err
	reload '^Access lists stay as they were$'
	grep -qx 'ncx: read allowed failed: No such file or directory' server.err
	welcome 127.0.0.1
	echo 127.0.0.2 >allowed
	reload '^Access lists read again$'
	welcome 127.0.0.2
}

@test "SIGHUP a hundred times is no harm" {
	echo 127.0.0.1 >allowed
	greeter --allowfile allowed
	local server fds
	server=$(program "$SERVER")
	fds=("/proc/$server/fd/"*)
	for _ in {1..100}; do
		kill -HUP "$server"
	done
	welcome 127.0.0.1
	eventually has_no_child "$server"
	eventually has_descriptors "$server" "${#fds[@]}"
}

@test "without a list SIGHUP ends a listener" {
	listener -k 127.0.0.1 </dev/null
	kill -HUP "$(program "$SERVER")"
	finished "$SERVER"
	[ "$STATUS" -eq 129 ]
}

@test "at the start a missing file is status 6, a bad line 2, and no port is taken" {
	says 6 'ncx: read missing failed: No such file or directory' \
		ncx -l -v -n --allowfile missing 127.0.0.1 0
	printf '127.0.0.1\n10.0.0.0/33\n' >bad
	says 2 'ncx: bad:2: "10.0.0.0/33": expected an address, a prefix such as 10.0.0.0/8, or a name' \
		ncx -l -v -n --denyfile bad 127.0.0.1 0
	says 2 'ncx: --allow "10.0.0": expected an address, a prefix such as 10.0.0.0/8, or a name' \
		ncx -l -v -n --allow 10.0.0 127.0.0.1 0
}

@test "a file may be a FIFO, a folder not" {
	mkfifo allowed
	start ncx -lk -v -n -c 'echo welcome' --allowfile allowed 127.0.0.1 0 2>server.err
	SERVER=$!
	echo 127.0.0.1 >allowed
	await server.err '^Listening on .* ([0-9]+)$'
	PORT=${BASH_REMATCH[1]}
	welcome 127.0.0.1
	says 6 'ncx: read . failed: Is a directory' \
		ncx -l -n --allowfile . 127.0.0.1 0
}

@test "rules have no sense without IP or a listener" {
	says 2 'ncx: cannot use --allow and -U' ncx -lU --allow 127.0.0.1 path
	says 2 'ncx: must use -l with --deny' ncx --deny 127.0.0.1 host 1
}
