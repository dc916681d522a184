#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# hash.bats - --hash: both sides can tell that they have the same
load helper

NOTHING=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855

# digest [NAME] <BYTES: by coreutils
digest() {
	local hex
	read -r hex _ < <("${1-sha256}sum")
	echo "$hex"
}

# lasting: the stderr of the listener without the sentences of -v
lasting() {
	grep -Ev '^(Listening|Bound|Connection) ' server.err
}

@test "what sha256sum says of the same bytes" {
	head -c 3000000 /dev/urandom >up
	head -c 1000000 /dev/urandom >down
	for name in sha256 sha384 sha512; do
		listener --hash "$name" 127.0.0.1 <down >received
		ncx --hash "$name" 127.0.0.1 "$PORT" <up >answer 2>sums
		finished "$SERVER"
		[ "$STATUS" -eq 0 ]
		diff sums <(echo "$(digest "$name" <down)  received"
			echo "$(digest "$name" <up)  sent")
		diff <(lasting) <(echo "$(digest "$name" <up)  received"
			echo "$(digest "$name" <down)  sent")
		cmp up received
		cmp down answer
	done
}

@test "sha256sum checks a file that was received" {
	seq 1 100000 >lines
	listener 127.0.0.1 <lines
	ncx --hash sha256 127.0.0.1 "$PORT" </dev/null 2>sums >received
	run -0 sha256sum -c --strict --ignore-missing sums
	[ "$output" = 'received: OK' ]
	echo more >>received
	run -1 sha256sum -c --ignore-missing sums
}

@test "a direction that said nothing has the digest of nothing" {
	listener 127.0.0.1 <<<answer >/dev/null
	ncx -d --hash sha256 127.0.0.1 "$PORT" >/dev/null 2>sums
	diff sums <(echo "$(digest <<<answer)  received"
		echo "$NOTHING  sent")
}

@test "it is what went over the network, behind all filters" {
	printf 'a\n\377\373\001b\n' >spoken
	listener --hash sha256 127.0.0.1 <spoken >received
	ncx --hash sha256 -C -t 127.0.0.1 "$PORT" \
		< <(echo typed) >heard 2>sums
	finished "$SERVER"
	cmp heard <(printf 'a\nb\n')
	grep -q "^$(digest <spoken)  received$" sums
	grep -q "^$(digest <received)  sent$" sums
	grep -q "^$(digest <received)  received$" server.err
}

@test "over UDP it is of all datagrams" {
	listener -u -W 2 --hash sha256 127.0.0.1 </dev/null >received
	start ncx -u --mtu 4 --hash sha256 127.0.0.1 "$PORT" \
		< <(printf 'one\ntwo\n') 2>client.err
	CLIENT=$!
	finished "$SERVER"
	diff <(lasting) <(echo "$(digest <received)  received"
		echo "$NOTHING  sent")
	kill "$CLIENT"
	finished "$CLIENT"
	diff client.err <(echo "$NOTHING  received"
		echo "$(digest <received)  sent")
}

@test "of many clients each has its name" {
	listener -k --hash sha256 127.0.0.1 </dev/null >/dev/null
	for text in one two; do
		ncx 127.0.0.1 "$PORT" <<<"$text" >/dev/null
		await server.err "^$(digest <<<"$text")  received from 127.0.0.1 ([0-9]+), session [12]\$"
		from=${BASH_REMATCH[1]}
		await server.err "^$NOTHING  sent to 127.0.0.1 $from, session [12]\$"
	done
	[ "$(grep -c 'session 1$' server.err)" -eq 2 ]
	[ "$(grep -c 'session 2$' server.err)" -eq 2 ]
}

@test "a broken session has it too, of what came" {
	listener --hash sha256 127.0.0.1 </dev/null >received
	exec 9<>"/dev/tcp/127.0.0.1/$PORT"
	echo half >&9
	await received '^half$'
	kill -TERM "$(program "$SERVER")"
	finished "$SERVER"
	[ "$STATUS" -eq 143 ]
	diff <(lasting) <(echo "$(digest <<<half)  received"
		echo "$NOTHING  sent")
}

@test "one that never began has none" {
	says 1 'ncx: connect to 127.0.0.1 port 1 (tcp) failed: Connection refused' \
		ncx --hash sha256 127.0.0.1 1
}

@test "a program and a relay have it" {
	listener --hash sha256 -c 'tr a-z A-Z' 127.0.0.1
	ncx 127.0.0.1 "$PORT" <<<program >answer
	finished "$SERVER"
	diff <(lasting) <(echo "$(digest <<<program)  received"
		echo "$(digest <<<PROGRAM)  sent")
	listener 127.0.0.1 <<<'from far' >far.out
	listener --relay "127.0.0.1:$PORT" --hash sha256 127.0.0.1
	ncx --hash sha256 127.0.0.1 "$PORT" <<<'from near' >near.out 2>sums
	finished "$SERVER"
	diff <(lasting) <(echo "$(digest <<<'from near')  received"
		echo "$(digest <<<'from far')  sent")
	diff sums <(echo "$(digest <<<'from far')  received"
		echo "$(digest <<<'from near')  sent")
}

@test "the names are what they are" {
	says 2 'ncx: --hash "md5": expected one of sha256 sha384 sha512' \
		ncx --hash md5 127.0.0.1 1
	run -2 ncx --hash sha256 -z 127.0.0.1 1
	run -2 ncx --hash sha256 -F 127.0.0.1 1
}
