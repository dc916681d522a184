#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# dropin.bats - what scripts that were written for nc.openbsd rely on
load helper

# usage WORDS LINE: with this command line it says that, and ends with 2
usage() {
	read -ra words <<<"$1"
	says 2 "ncx: $2" timeout 10 ncx "${words[@]}" </dev/null
}

# serves WORDS...: a listener in $NETWORK, and a client of 127.0.0.1 7777
serves() {
	start "${NETWORK[@]}" ncx -vn "$@" </dev/null >server.out 2>server.err
	SERVER=$!
	await server.err '^Listening on .* 7777$'
	"${NETWORK[@]}" ncx 127.0.0.1 7777 <<<hello
	await server.out '^hello$'
	kill "$(program "$SERVER")" 2>/dev/null || :
	finished "$SERVER"
}

@test "nc's letters are there, with and without argument as in nc" {
	ours=$(ncx --list-options | awk -F '\t' \
		'$1 != "-" { print $1 ($3 == "-" ? "" : ":") }')
	while read -r letter; do
		grep -qxF "$letter" <<<"$ours" || { echo "-$letter" && false; }
	done < <(grep -oE '.:?' <<<'46bCDdFhI:i:klM:m:NnO:P:p:q:rSs:T:tUuV:vW:w:X:x:Zz')
}

@test "letters that nc has not are invalid" {
	for letter in a g G H J K L o R 9; do
		usage "-$letter" "invalid option -- '$letter'"
	done
}

@test "nc's words for what cannot go together" {
	usage '-Z -U sock' 'cannot use -Z and -U'
	usage '-z -l 80' 'cannot use -z and -l'
	usage '-k 127.0.0.1 80' 'must use -l with -k'
	usage '-F -U sock' 'cannot use -F and -U'
	usage '-x p -u h 80' 'no proxy support for UDP mode'
	usage '-x p -Z h 80' 'no proxy support for DCCP mode'
	usage '-x p -l 80' 'no proxy support for listen'
	usage '-x p -U sock' 'no proxy support for unix sockets'
	usage '-l --relay unix:sock -x p 80' 'no proxy support for unix sockets'
	usage '-x p -s 127.0.0.1 h 80' 'no proxy support for local source address'
	usage '-V 1 h 80' 'no alternate routing table support available'
	for missing in 'localhost:missing port number' '-l:missing port number' \
		'-U:missing socket pathname' '-lU:missing socket pathname' \
		'-U sock 80:cannot use port with -U'; do
		usage "${missing%%:*}" "${missing#*:}; see ncx --help"
	done
}

@test "the order of the options does not matter to them" {
	usage '-l -z 80' 'cannot use -z and -l'
	usage '-lz 80' 'cannot use -z and -l'
	usage 'h 80 -u -xp' 'no proxy support for UDP mode'
	usage '-U -F sock' 'cannot use -F and -U'
}

@test "a wrong address of a proxy" {
	usage '-x [::1 h 80' '-x "[::1": missing closing bracket in proxy'
	usage '-x [::1]80 h 80' '-x "[::1]80": garbage port delimiter in proxy'
	usage '-x :80 h 80' '-x ":80": missing host in proxy'
	usage '-x [] h 80' '-x "[]": missing host in proxy'
	usage '-x p: h 80' '-x "p:": missing port in proxy'
	for port in 0 x 70000 8080x; do
		usage "-x p:$port h 80" "-x port \"$port\": expected a number from 1 to 65535 or the name of a service"
	done
	usage '-X 6 -x p h 80' '-X "6": expected one of 4 socks4 4a socks4a 5 socks5 connect http'
	usage '-x /tmp/dump h 80' '-x "/tmp/dump": expected the address of a proxy; a dump of the traffic is --hex-dump'
}

@test "values are checked: -T -M -m -I -O -W -w -i" {
	tos='expected a keyword such as ef or af11, a number from 0 to 255, or 0x and two digits'
	for value in X EF 0xZZ 256 0x100 -1 ''; do
		says 2 "ncx: -T \"$value\": $tos" ncx -T "$value" h 80
	done
	for letter in M m; do
		for value in 256 -1 x 0x10; do
			usage "-$letter $value h 80" "-$letter \"$value\": expected a number from 0 to 255"
		done
	done
	for letter in I O; do
		for value in 0 -1 2g x; do
			usage "-$letter $value h 80" "-$letter \"$value\": expected a size from 1 to 1073741824, such as 4096, 64k or 1m"
		done
	done
	usage '-W 0 h 80' '-W "0": expected a number from 1 to 2147483647'
	for letter in w i; do
		usage "-$letter -1 h 80" "-$letter \"-1\": expected a time from 0 to 2147483s, such as 5, 0.5, 500ms or 2m"
	done
}

@test "options are read one after the other: the first error, or the help" {
	usage '-w abc -h' '-w "abc": expected a time from 0 to 2147483s, such as 5, 0.5, 500ms or 2m'
	run -0 ncx -h -w abc
	[ "${#lines[@]}" -gt 30 ]
}

@test "-h is on stdout, with status 0; nothing at all is an error" {
	run -0 --separate-stderr ncx -h
	[ -n "$output" ]
	[ -z "$stderr" ]
	run -2 --separate-stderr ncx
	[ -z "$output" ]
	[ "${#stderr_lines[@]}" -eq 1 ]
}

@test "options may stand anywhere; -- ends them" {
	listener 127.0.0.1 -k </dev/null
	says 0 "Connection to 127.0.0.1 $PORT port [tcp/*] succeeded!" \
		ncx 127.0.0.1 -n "$PORT" -v </dev/null
	usage "-- 127.0.0.1 -v" 'port "-v": expected a number from 1 to 65535 or the name of a service'
}

@test "the last of -4 -6 -U wins" {
	says 1 'ncx: connect to ::1 port 1 (tcp) failed: Connection refused' ncx -46 ::1 1
	says 1 'ncx: connect to 127.0.0.1 port 1 (tcp) failed: Connection refused' \
		ncx -U64 127.0.0.1 1
	says 1 'ncx: connect to sock (unix) failed: No such file or directory' \
		ncx -4U sock
}

@test "-l in all its forms" {
	network forms
	serves -l 7777
	serves -l 127.0.0.1 7777
	serves -l -p 7777
	serves -lp 7777
	serves -lp7777
	serves -l -s 127.0.0.1 -p 7777
	serves -l -p 7777 -s 127.0.0.1
	serves -l -s 127.0.0.1 7777
	serves -k -l -p 7777
	serves -lk -s 127.0.0.1 -p 7777
	serves 127.0.0.1 7777 -l
	serves -4 -l 7777
	serves --listen --source-port 7777
	usage '-l -p 7777 localhost' 'extra argument "localhost"; see ncx --help'
	usage '-l 127.0.0.1 7777 7778' 'extra argument "7778"; see ncx --help'
	usage '-l -s 127.0.0.1 7777 7778' 'extra argument "7778"; see ncx --help'
}

@test "-lU in its two forms" {
	for words in '-lU sock' '-lU -s sock'; do
		# shellcheck disable=SC2086 # words
		start ncx $words -v </dev/null >server.out 2>server.err
		await server.err '^Listening on sock$'
		ncx -U sock <<<hello
		await server.out '^hello$'
		: >server.out
	done
	usage '-lU -s sock other' 'extra argument "other"; see ncx --help'
}

@test "libvirt and virt-manager find -q, and end with their input" {
	fifo in 8
	cat >probe <<-'END'
		nc() { ncx "$@"; }
		nc -q 2>&1 | grep "requires an argument" >/dev/null
		if [ $? -eq 0 ]; then CMD="nc -q 0 -U $1"; else CMD="nc -U $1"; fi
		echo "$CMD" >cmd
		eval "$CMD"
	END
	start ncx -lUv sock <in >server.out 2>server.err
	SERVER=$!
	await server.err '^Listening on'
	start sh probe sock <<<hello
	CLIENT=$!
	await server.out '^hello$'
	finished "$CLIENT"
	[ "$STATUS" -eq 0 ]
	[ "$(<cmd)" = 'nc -q 0 -U sock' ]
}

@test "-d leaves stdin alone; with -N our direction ends at once" {
	listener 127.0.0.1 <<<hello
	run -0 sh -c 'ncx -d 127.0.0.1 "$1" && cat' - "$PORT" <<<'for cat'
	[ "$output" = $'hello\nfor cat' ]
	fifo in 8
	listener 127.0.0.1 -q 0 </dev/null >server.out
	start ncx -d -N 127.0.0.1 "$PORT" <in
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
	[ ! -s server.out ]
}

@test "-N is the default, and may be said" {
	for options in '' -N '-N -q 5' '-q 5 -N' '--no-shutdown -N'; do
		listener 127.0.0.1 </dev/null >server.out
		# shellcheck disable=SC2086 # words
		ncx $options 127.0.0.1 "$PORT" <<<hello
		finished "$SERVER"
		[ "$STATUS" -eq 0 ]
		[ "$(<server.out)" = hello ]
	done
}

@test "--no-shutdown is what nc does: it waits for the peer's end" {
	fifo in 8
	listener 127.0.0.1 <in >server.out
	start ncx --no-shutdown 127.0.0.1 "$PORT" <<<hello >client.out
	CLIENT=$!
	await server.out '^hello$'
	ss -Htn state established "dport = :$PORT" | grep 127.0.0.1
	echo answer >&8
	exec 8>&-
	finished "$CLIENT"
	[ "$STATUS" -eq 0 ]
	[ "$(<client.out)" = answer ]
}

@test "-w as in wait-for scripts, in all its spellings" {
	listener -k 127.0.0.1 </dev/null
	for options in '-z -w 5' '-zw5' '-w 5 -z' '-vzw 5' '-zvn -w 5' '-z --wait=5'; do
		# shellcheck disable=SC2086 # words
		ncx $options 127.0.0.1 "$PORT"
	done
	run -1 ncx -z -w 1 127.0.0.1 1
	run -1 ncx -zvw1 127.0.0.1 1
}

@test "-w 0 and -q 0 send a datagram, and leave" {
	for options in '-w0' '-q0' '-q 0 -w 1'; do
		listener -u 127.0.0.1 </dev/null >server.out
		# shellcheck disable=SC2086 # words
		ncx -u $options 127.0.0.1 "$PORT" <<<'a.counter:1|c'
		await server.out '^a.counter:1'
		: >server.out
	done
}
