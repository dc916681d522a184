#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# report.bats - what a session was: where it is told, when, and in which words
load helper
load processes
load wrong

# nobody listens there
NOBODY=1

@test "the usual report is text on stderr, and stdout is the peer's" {
	listener -k -e cat 127.0.0.1
	run -0 --separate-stderr ncx --report 127.0.0.1 "$PORT" <<<hello
	[ "$output" = hello ]
	[[ ${stderr_lines[0]} =~ ^'Session 1 (tcp): connected to 127.0.0.1 port '$PORT', from 127.0.0.1 port '[0-9]+$ ]]
	[[ ${stderr_lines[1]} =~ ^'  connected in '[0-9.]+' ms'$ ]]
	[[ ${stderr_lines[2]} =~ ^'  received 6 bytes in 1 read, first after ' ]]
	[[ ${stderr_lines[3]} =~ ^'  sent 6 bytes in 1 write, first after ' ]]
	[[ ${stderr_lines[4]} =~ ^'  ended by us after '[0-9.]+' m'?s': fin, all acknowledged, status 0'$ ]]
	[[ ${stderr_lines[5]} =~ ^'  TCP: '[A-Z0-9-]+' rto:'[0-9.]+' rtt:'[0-9.e-]+/[0-9.e-]+' ' ]]
	[ "${#stderr_lines[@]}" -eq 6 ]
	run -0 --separate-stderr ncx --report=text 127.0.0.1 "$PORT" <<<hello
	[ "${#stderr_lines[@]}" -eq 6 ]
}

@test "JSON is one line on stderr" {
	listener -k 127.0.0.1 </dev/null
	run -0 --separate-stderr ncx --report=json 127.0.0.1 "$PORT" </dev/null
	[ -z "$output" ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == '{"time":"'*'"event":"closed"'*'"status":0}' ]]
}

@test "a report of what never began" {
	run -1 --separate-stderr ncx --report 127.0.0.1 "$NOBODY"
	[ "${stderr_lines[0]}" = 'ncx: connect to 127.0.0.1 port 1 (tcp) failed: Connection refused' ]
	[ "${stderr_lines[1]}" = 'Session 1 (tcp): no connection to 127.0.0.1 port 1' ]
	[ "${stderr_lines[2]}" = '  1 attempt' ]
	[[ ${stderr_lines[3]} == '  ended after '*': connect to 127.0.0.1 port 1 (tcp) failed: Connection refused, status 1' ]]
	[ "${#stderr_lines[@]}" -eq 4 ]
	run -1 --separate-stderr ncx --report -U nowhere
	[ "${stderr_lines[1]}" = 'Session 1 (unix): no connection to nowhere' ]
}

@test "UDP and Unix sockets have no TCP line" {
	listener -u -k -e cat 127.0.0.1
	run -0 --separate-stderr ncx --report -u -W 1 127.0.0.1 "$PORT" <<<hello
	[[ $stderr == 'Session 1 (udp): '* && $stderr != *TCP* ]]
	[[ $stderr == *'ended by the limit after '*': recv-limit, status 0'* ]]
	start ncx -lvU sock 2>sock.err </dev/null
	await sock.err '^Listening'
	run -0 --separate-stderr ncx --report -U sock </dev/null
	[[ $stderr == 'Session 1 (unix): connected to sock'* && $stderr != *TCP* ]]
}

@test "a file has the report, mode 0600, and stderr has nothing" {
	umask 0
	listener -k 127.0.0.1 </dev/null
	run -0 --separate-stderr ncx --report=json:r 127.0.0.1 "$PORT" </dev/null
	[ -z "$stderr$output" ]
	[ "$(stat -c %a r)" = 600 ]
	run -0 --separate-stderr ncx --report=:t 127.0.0.1 "$PORT" </dev/null
	[ -z "$stderr" ]
	[[ $(<t) == 'Session 1 '* ]]
	run -0 ncx --report=text:with:colon 127.0.0.1 "$PORT" </dev/null
	[ -s with:colon ]
}

@test "a file goes on with every run, and with every client" {
	listener -k --report=json:there 127.0.0.1 </dev/null
	for _ in 1 2 3; do
		ncx --report=json:here 127.0.0.1 "$PORT" </dev/null
	done
	[ "$(wc -l <here)" -eq 3 ]
	until [ "$(wc -l <there)" -eq 3 ]; do
		((SECONDS < LIMIT))
	done
}

@test "- is stdout" {
	run -1 --separate-stderr ncx --report=json:- 127.0.0.1 "$NOBODY"
	[[ $output == '{'*'}' && $stderr == 'ncx: connect to '* ]]
}

@test "a wrong form is named" {
	for value in xml json: : text: jsonx:r JSON5 toolongforaform; do
		bad_value "$value" "--report=$value" 127.0.0.1 "$NOBODY"
		[[ $stderr == *': expected text or json, with :file behind it for a file' ]]
	done
	bad_value xml --log xml 127.0.0.1 "$NOBODY"
}

@test "a report is not for -z and -F" {
	wrong 2 'cannot use --report and -z' --report -z 127.0.0.1 "$NOBODY"
	wrong 2 'cannot use --report and -F' --report -F 127.0.0.1 "$NOBODY"
}

@test "a file that cannot be opened: status 6, and nothing was connected" {
	listener -k 127.0.0.1 </dev/null
	says 6 'ncx: open of no/where failed: No such file or directory' \
		ncx --report=json:no/where 127.0.0.1 "$PORT"
	says 6 'ncx: open of . failed: Is a directory' \
		ncx --report=json:. 127.0.0.1 "$PORT"
	says 6 'ncx: open of no/where failed: No such file or directory' \
		ncx --report=json:no/where -l 127.0.0.1 "$PORT"
	[ "$(grep -c received server.err)" -eq 0 ]
}

@test "a full disk is told, and the transfer is whole" {
	listener -k -e cat 127.0.0.1
	run -6 --separate-stderr ncx --report=json:/dev/full 127.0.0.1 "$PORT" <<<hello
	[ "$output" = hello ]
	[ "$stderr" = 'ncx: write to /dev/full failed: No space left on device' ]
	says 1 $'ncx: connect to 127.0.0.1 port 1 (tcp) failed: Connection refused\nncx: write to /dev/full failed: No space left on device' \
		ncx --report=json:/dev/full 127.0.0.1 "$NOBODY"
}

@test "with --log json nothing is said twice" {
	listener -k 127.0.0.1 </dev/null
	for form in text json; do
		run -0 --separate-stderr ncx -v --log json "--report=$form" \
			127.0.0.1 "$PORT" </dev/null
		[ "${#stderr_lines[@]}" -eq 2 ]
		[[ ${stderr_lines[0]} == *'"event":"connected"'* ]]
		[[ ${stderr_lines[1]} == *'"event":"closed"'* ]]
		run -0 --separate-stderr ncx --log json "--report=$form" \
			127.0.0.1 "$PORT" </dev/null
		[ "${#stderr_lines[@]}" -eq 1 ]
		[[ $stderr == *'"event":"closed"'* ]]
	done
	run -0 --separate-stderr ncx -v --log json --report=:t 127.0.0.1 "$PORT" </dev/null
	[ "${#stderr_lines[@]}" -eq 2 ]
	[[ $(<t) == 'Session 1 (tcp): '* ]]
}

@test "--log json: without -v there are failures only" {
	listener -k 127.0.0.1 </dev/null
	run -0 --separate-stderr ncx --log json 127.0.0.1 "$PORT" </dev/null
	[ -z "$stderr" ]
	run -1 --separate-stderr ncx --log json 127.0.0.1 "$NOBODY" </dev/null
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == '{"time":"'*'","level":"error","event":"message","text":"connect to '* ]]
	run -2 --separate-stderr ncx --log json -z -l 1
	[[ $stderr == '{"time":"'*'"text":"cannot use -z and -l"}' ]]
}

@test "--log text is the usual form" {
	says 1 'ncx: connect to 127.0.0.1 port 1 (tcp) failed: Connection refused' \
		ncx --log text 127.0.0.1 "$NOBODY"
}

@test "the sentences of a server are the same in both forms" {
	local text json
	listener -k 127.0.0.1 </dev/null
	text=$SERVER
	ncx 127.0.0.1 "$PORT" </dev/null
	await server.err ' closed after '
	kill -TERM "$(program "$text")"
	start ncx -l -v -n -k --log json 127.0.0.1 0 2>lines </dev/null
	json=$!
	await lines '"port":([0-9]+)'
	ncx 127.0.0.1 "${BASH_REMATCH[1]}" </dev/null
	await lines '"event":"closed"'
	kill -TERM "$(program "$json")"
	diff <(sed -E 's/[0-9.]+/N/g' server.err) \
		<(sed -E 's/.*"text":"([^"]*)".*/\1/; s/[0-9.]+/N/g' lines)
}

@test "who is not served yet when a signal comes has one, too" {
	fifo in 8
	listener -v -k -d --tls --report=json:report 127.0.0.1
	start ncx 127.0.0.1 "$PORT" <in
	await server.err 'connection accepted'
	kill -INT "$(program "$SERVER")"
	finished "$SERVER"
	[ "$STATUS" -eq 130 ]
	grep -q '"end":{"by":"signal","how":"SIGINT"}.*"status":130}$' report
}

@test "what has no way to be shown cannot steer a terminal" {
	run -1 --separate-stderr ncx --report -U $'a\e[31m\nb'
	[ "${#stderr_lines[@]}" -eq 4 ]
	[[ $stderr != *$'\e'* ]]
	[[ ${stderr_lines[1]} == 'Session 1 (unix): no connection to a^[[31m\012b' ]]
}

@test "what goes through takes the same way with a report and without" {
	local way
	listener -k -d 127.0.0.1 </dev/null
	head -c 100000 /dev/zero >big
	for way in --report=json:r --log=text; do
		ncx -vv "$way" 127.0.0.1 "$PORT" <big 2>err | cat >out
		grep -oE 'what we (send|receive) is moved .*' err >>ways
	done
	[ "$(sort ways | uniq -c | awk '{ print $1 }')" = 2 ]
	grep -q '^what we receive .* (splice)$' ways
}
