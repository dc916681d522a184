#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# rate.bats - --rate: so many bytes a second, and nothing else is different
load tls

# Half a MiB, at half a MiB a second.  That it is not faster is certain on any
# machine; the first 20 ms are free.
HALF=524288

setup() {
	begin_tls_test
	head -c "$HALF" /dev/urandom >half
	START=$EPOCHREALTIME
}

# took MS: since the beginning of the test it was that at least
took() {
	local ms
	ms=$(ms_since "$START")
	((ms >= $1)) || { echo "it took $ms ms instead of $1" && false; }
}

@test "what is sent, from a file and from a pipe" {
	listener 127.0.0.1 </dev/null >got
	ncx --rate 512k 127.0.0.1 "$PORT" <half
	finished "$SERVER"
	took 950
	cmp got half
	listener 127.0.0.1 </dev/null >got
	ncx --rate-out 512k 127.0.0.1 "$PORT" < <(cat half)
	finished "$SERVER"
	took 1900
	cmp got half
}

@test "what is received, to a file and to a pipe" {
	listener 127.0.0.1 <half
	ncx -d --rate 512k 127.0.0.1 "$PORT" >got
	took 950
	cmp got half
	listener 127.0.0.1 <half
	ncx -d --rate-in 512k 127.0.0.1 "$PORT" | cat >got
	took 1900
	cmp got half
}

@test "each direction for itself, and one only" {
	listener 127.0.0.1 <half >got
	ncx --rate-out 1 --rate-in 512k 127.0.0.1 "$PORT" <<<12 >got2
	took 2000
	cmp got2 half
	finished "$SERVER"
	[ "$(<got)" = 12 ]
}

@test "over TLS" {
	certified server --rate-in 512k </dev/null >got
	ncx --tls --tls-ca "$PKI/root.crt" 127.0.0.1 "$PORT" <half
	finished "$SERVER"
	took 950
	cmp got half
}

@test "over a Unix socket" {
	start ncx -lU -v --rate 512k sock <half 2>server.err
	await server.err '^Listening'
	ncx -U -d sock >got
	took 950
	cmp got half
}

@test "over UDP, whole datagrams, one that is larger than the rate too" {
	listener -u -W 3 127.0.0.1 </dev/null >got
	head -c 3000 half >bytes
	ncx -u -q 0 --rate 2000 --mtu 1000 127.0.0.1 "$PORT" <bytes
	finished "$SERVER"
	took 950
	cmp got bytes
}

@test "a listener's clients, a program, and --relay" {
	listener -k --rate-out 512k -c "cat '$PWD/half'" 127.0.0.1
	ncx -d 127.0.0.1 "$PORT" >got
	took 950
	cmp got half
	listener -k --relay "127.0.0.1:$PORT" --rate-out 256k 127.0.0.1
	ncx -d 127.0.0.1 "$PORT" >got
	took 2850
	cmp got half
}

@test "who sends faster has to wait: his window closes" {
	listener -I 4096 --rate-in 1k 127.0.0.1 </dev/null >got
	start python3 "$BATS_TEST_DIRNAME/peers.py" client "$PORT" fill reset
	finished $!
	[ "$STATUS" -eq 0 ]
}

@test "no turn is made in vain" {
	listener 127.0.0.1 </dev/null >got
	head -c 100 half >bytes
	run -0 timeout "$LIMIT" strace -E ASAN_OPTIONS=detect_leaks=0 -o trace \
		-e trace=poll,read ncx --rate 100 127.0.0.1 "$PORT" <bytes
	took 950
	grep -q '^poll' trace
	[ "$(grep -c '^poll' trace)" -lt 200 ]
	[ "$(grep -c '^read' trace)" -lt 200 ]
}

@test "a pause is no silence, for -w and for --idle-timeout" {
	listener --rate-in 5 -w 150ms 127.0.0.1 </dev/null >got
	ncx 127.0.0.1 "$PORT" <<<'five'
	finished "$SERVER"
	[ "$STATUS $(<got)" = '0 five' ]
	listener --rate-in 5 --idle-timeout 150ms 127.0.0.1 </dev/null >got
	ncx 127.0.0.1 "$PORT" <<<'five'
	finished "$SERVER"
	[ "$STATUS $(<got)" = '0 five' ]
	took 1600
}

@test "-q waits for what is to be sent" {
	listener 127.0.0.1 </dev/null >got
	ncx -q 0 --rate-out 5 127.0.0.1 "$PORT" <<<'five'
	finished "$SERVER"
	[ "$STATUS $(<got)" = '0 five' ]
	took 800
}

@test "a peer that is gone is noticed meanwhile" {
	start python3 "$BATS_TEST_DIRNAME/peers.py" server reset >server.out
	await server.out '^port ([0-9]+)$'
	run -5 --separate-stderr ncx --rate 1 127.0.0.1 "${BASH_REMATCH[1]}" <half
	[[ $stderr == 'ncx: '*' failed: Connection reset by peer' ]]
}

@test "with -i both pauses count" {
	listener 127.0.0.1 </dev/null >got
	ncx --rate 20 -i 50ms 127.0.0.1 "$PORT" < <(seq 10 19)
	finished "$SERVER"
	took 1400
	cmp got <(seq 10 19)
}
