#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# records.bats - --output, --output-in, --output-out: what was said, as it was
load helper

# converse OPTION...: three lines to and fro, the client has the options.
converse() {
	: >server.out
	: >client.out
	fifo to_client 8
	fifo to_server 9
	listener 127.0.0.1 <to_client >server.out
	start ncx "$@" 127.0.0.1 "$PORT" <to_server >client.out 2>client.err
	CLIENT=$!
	echo one >&9
	await server.out '^one$'
	echo two >&8
	await "${HEARD-client.out}" 'two'
	echo three >&9
	await server.out '^three$'
	exec 8>&- 9>&-
	finished "$CLIENT"
	finished "$SERVER"
}

@test "--output has both directions in their order" {
	converse --output record
	[ "$STATUS" -eq 0 ]
	[ "$(<record)" = $'one\ntwo\nthree' ]
	[ "$(<client.out)" = two ]
	[ "$(stat -c %a record)" = 600 ]
}

@test "--output-in and --output-out have one each" {
	converse --output-in in --output-out out --output both
	[ "$(<in)" = two ]
	[ "$(<out)" = $'one\nthree' ]
	[ "$(<both)" = $'one\ntwo\nthree' ]
	cmp in client.out
}

@test "a file that is there is replaced, or gone on with" {
	echo before >record
	chmod 640 record
	converse --output record
	[ "$(<record)" = $'one\ntwo\nthree' ]
	[ "$(stat -c %a record)" = 640 ]
	rm to_client to_server
	echo before >record
	converse --output record --append-output
	[ "$(<record)" = $'before\none\ntwo\nthree' ]
}

@test "--append-output needs something to append" {
	says 2 'ncx: must use --output or --hex-dump with --append-output' \
		ncx --append-output 127.0.0.1 1
}

@test "on stdout it takes the place of what the peer says" {
	HEARD=client.out converse --output -
	[ "$(<client.out)" = $'one\ntwo\nthree' ]
	rm to_client to_server
	HEARD=client.out converse --output-in=-
	[ "$(<client.out)" = two ]
	rm to_client to_server
	HEARD=record converse --output-out - --output-in record
	[ "$(<client.out)" = $'one\nthree' ]
}

@test "stdout is for one of them" {
	says 2 'ncx: cannot use --hex-dump and --output on stdout' \
		ncx --hex-dump - --output - 127.0.0.1 1
}

@test "what is recorded is what is on the wire" {
	listener 127.0.0.1 --output-in wire \
		< <(printf 'a\377\373\001b\n') >server.out
	: >client.out
	fifo to_server 8
	start ncx -C -t --output-in in --output-out out 127.0.0.1 "$PORT" \
		<to_server >client.out
	CLIENT=$!
	echo line >&8
	await client.out '^ab$'
	exec 8>&-
	finished "$CLIENT"
	finished "$SERVER"
	cmp in <(printf 'a\377\373\001b\n')
	cmp client.out <(printf 'ab\n')
	cmp out wire
	[ "$(tr -d '\377\376\001' <out)" = $'line\r' ]
	LC_ALL=C grep -qaP '\xff\xfe\x01' out # IAC DONT ECHO
}

@test "over TLS it has what was encrypted" {
	start ncx --ssl -l -v -n 127.0.0.1 0 <<<'secret answer' \
		>server.out 2>server.err
	SERVER=$!
	await server.err '^Listening on .* ([0-9]+)$'
	ncx --tls-insecure --output record 127.0.0.1 "${BASH_REMATCH[1]}" \
		<<<'secret question' >client.out
	finished "$SERVER"
	[ "$(sort record)" = $'secret answer\nsecret question' ]
}

@test "the clients of -k go into one file" {
	listener -k 127.0.0.1 --output record </dev/null >server.out
	for word in one two three; do
		ncx 127.0.0.1 "$PORT" <<<"$word"
		await server.out "^$word\$"
	done
	[ "$(<record)" = $'one\ntwo\nthree' ]
}

@test "a program, a relay and a broker have records too" {
	listener 127.0.0.1 -c 'read x; echo answer to $x' --output program
	[ "$(ncx 127.0.0.1 "$PORT" <<<question)" = 'answer to question' ]
	finished "$SERVER"
	[ "$(<program)" = $'question\nanswer to question' ]

	listener 127.0.0.1 <<<'from afar' >far.out
	listener 127.0.0.1 --relay "127.0.0.1:$PORT" --output-out relay
	[ "$(ncx -d 127.0.0.1 "$PORT")" = 'from afar' ]
	[ "$(<relay)" = 'from afar' ]

	: >member.out
	fifo in 8
	listener --broker --output-in broker 127.0.0.1 <in >broker.out
	start ncx 127.0.0.1 "$PORT" <in >member.out
	await server.err 'received'
	ncx --send-only 127.0.0.1 "$PORT" <<<hello
	await member.out '^hello$'
	[ "$(<broker)" = hello ]
}

@test "a broker's stdout may be its record" {
	: >broker.out
	listener --broker --output - 127.0.0.1 </dev/null >broker.out
	ncx --send-only 127.0.0.1 "$PORT" <<<hello
	await broker.out '^hello$'
	[ "$(<broker.out)" = hello ]
}

@test "a record of 20 MB each way is exact" {
	head -c 20000000 /dev/urandom >ours
	head -c 20000000 /dev/urandom >theirs
	listener 127.0.0.1 --output-in in --output-out out <theirs >server.out
	ncx --output both --output-in heard 127.0.0.1 "$PORT" <ours >client.out
	finished "$SERVER"
	cmp ours server.out
	cmp ours in
	cmp theirs client.out
	cmp theirs heard
	cmp theirs out
	[ "$(stat -c %s both)" -eq 40000000 ]
}

@test "a file that cannot be opened is told before anything else" {
	says 6 'ncx: open of no/record failed: No such file or directory' \
		ncx --output no/record 127.0.0.1 1
	says 6 'ncx: open of . failed: Is a directory' \
		ncx --output-in . -l -v 127.0.0.1 0
	says 6 'ncx: open of no/dump failed: No such file or directory' \
		ncx --output record --hex-dump no/dump 127.0.0.1 1
	: >record
	chmod 400 record
	# root, but for the powers of root
	local words=(setpriv --bounding-set=-all)
	((EUID == 0)) || words=()
	says 6 'ncx: open of record failed: Permission denied' \
		"${words[@]}" timeout "$LIMIT" ncx --output-out record 127.0.0.1 1
}

@test "a full disk ends the record, and not the session" {
	head -c 3000000 /dev/urandom >file
	mkdir disk
	network mounts
	"${NETWORK[@]}" mount -t tmpfs -o size=1m,mode=777 tmpfs disk
	for option in --output --hex-dump; do
		rm -f socket
		start ncx -l -v -U socket </dev/null >received 2>server.err
		SERVER=$!
		await server.err '^Listening'
		says 6 "ncx: write to disk/record failed: No space left on device" \
			"${NETWORK[@]}" ncx -U "$option" disk/record socket <file
		finished "$SERVER"
		[ "$STATUS" -eq 0 ]
		cmp file received
		"${NETWORK[@]}" cat disk/record >"record$option"
	done
	size=$(stat -c %s record--output)
	((size > 0 && size <= 1048576))
	cmp -n "$size" file record--output
	# the last line is whole
	tail -n 1 record--hex-dump | grep -qE '^[0-9a-f]{4}  .{48}  \|.{16}\|$'
}

@test "so does the limit of a file's size" {
	head -c 3000000 /dev/urandom >file
	listener 127.0.0.1 </dev/null >received
	says 6 'ncx: write to record failed: File too large' \
		bash -c 'ulimit -f 1000 && exec timeout "$0" ncx "$@"' "$LIMIT" \
		--output record 127.0.0.1 "$PORT" <file
	finished "$SERVER"
	cmp file received
	size=$(stat -c %s record)
	((size > 0 && size <= 1024000))
	cmp -n "$size" file record
}

@test "a full device is no reason for another status" {
	says 1 'ncx: connect to 127.0.0.1 port 1 (tcp) failed: Connection refused' \
		ncx --output /dev/full 127.0.0.1 1
}

@test "a reader that leaves ends the record, and not the session" {
	head -c 3000000 /dev/urandom >file
	mkfifo pipe
	start sh -c 'head -c 10 <pipe >ten'
	listener 127.0.0.1 </dev/null >received
	says 6 'ncx: write to pipe failed: Broken pipe' \
		ncx --output-out pipe 127.0.0.1 "$PORT" <file
	finished "$SERVER"
	cmp file received
	cmp -n 10 file ten
}

@test "one that leaves stdout, where the record is, does the same" {
	head -c 3000000 /dev/urandom >file
	listener 127.0.0.1 </dev/null >received
	{
		STATUS=0
		ncx --output - 127.0.0.1 "$PORT" <file 2>client.err || STATUS=$?
		echo "$STATUS" >status
	} | head -c 10 >ten
	finished "$SERVER"
	cmp file received
	[ "$(<status)" -eq 6 ]
	[ "$(<client.err)" = 'ncx: write to stdout failed: Broken pipe' ]
}

@test "a slow reader gets all" {
	head -c 3000000 /dev/urandom >file
	mkfifo pipe
	start dd bs=999 status=none if=pipe >record
	READER=$!
	listener 127.0.0.1 </dev/null >received
	ncx --output pipe 127.0.0.1 "$PORT" <file
	finished "$SERVER"
	finished "$READER"
	cmp file received
	cmp file record
}

@test "nobody reads, and a signal ends it all the same" {
	head -c 30000000 /dev/urandom >file # more than goes in one turn
	fifo pipe 8
	listener 127.0.0.1 </dev/null >received
	start ncx -vv --output pipe 127.0.0.1 "$PORT" <file 2>client.err
	CLIENT=$!
	await client.err 'we have sent our first bytes'
	kill -TERM "$CLIENT"
	finished "$CLIENT"
	[ "$STATUS" -eq 143 ]
}

@test "what was said is there whatever ends us" {
	for signal in TERM KILL; do
		rm -f in record
		: >received
		fifo in 8
		listener 127.0.0.1 </dev/null >received
		start ncx --output record 127.0.0.1 "$PORT" <in
		CLIENT=$!
		echo hello >&8
		await received '^hello$'
		await record '^hello$'
		kill "-$signal" "$(program "$CLIENT")"
		finished "$CLIENT"
		finished "$SERVER"
		[ "$(<record)" = hello ]
	done
}
