#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# tlsbad.bats - peers that mean no good, or no TLS at all
load tls
load enduring

# tells REASON: the listener has said that, of a handshake that failed.
tells() {
	grep -E '^ncx: TLS handshake with 127.0.0.1 port [0-9]+ \(tcp\) failed: ' server.err |
		grep -qF ": $1" || { cat server.err && false; }
}

@test "a plain HTTP request to a TLS listener" {
	endures
	printf 'GET / HTTP/1.0\r\n\r\n' | peers raw "$PORT" >answer
	eventually tells 'the peer does not speak TLS: it said "GET / HTTP/1.0"'
	run -1 grep -c hello answer
	unharmed
}

@test "TLS to a port that speaks something else" {
	for said in 'HTTP/1.1 400 Bad Request' 'SSH-2.0-OpenSSH_9.2' $'\a\e[31mX'; do
		listener 127.0.0.1 <<<"$said" >server.out
		run -7 --separate-stderr ncx --tls "${CA[@]}" 127.0.0.1 "$PORT" </dev/null
		[[ $stderr == "ncx: TLS handshake with 127.0.0.1 port $PORT (tcp) failed: the peer does not speak TLS: it said \""* ]]
		[[ $said == $'\a'* || $stderr == *"\"$said\"" ]]
		[[ $stderr != *$'\e'* && $stderr != *$'\a'* ]]
		[ "${#stderr_lines[@]}" -eq 1 ]
	done
}

@test "a port that closes at once" {
	listener -c true 127.0.0.1
	says 7 "ncx: TLS handshake with 127.0.0.1 port $PORT (tcp) failed: the peer closed the connection" \
		ncx --tls "${CA[@]}" 127.0.0.1 "$PORT" </dev/null
}

@test "garbage, in megabytes" {
	endures
	head -c 2M /dev/urandom | peers raw "$PORT" >answer || :
	{
		printf '\x16\x03\x01\xff\xff'
		head -c 2M /dev/zero
	} | peers raw "$PORT" >answer || :
	{
		printf '\x16\x03\x01\x40\x00\x01\xff\xff\xff\x03\x03'
		head -c 2M /dev/urandom
	} | peers raw "$PORT" >answer || :
	unharmed
	[ ! -s server.out ]
}

@test "records of nothing" {
	endures
	printf '\x16\x03\x01\x00\x00%.0s' {1..50000} | peers raw "$PORT" >answer || :
	unharmed
}

@test "renegotiation, which a client of TLS 1.2 asks for, is not done" {
	endures -c 'echo hello; exec cat'
	fifo keys 8
	: >peer.out
	start openssl s_client -tls1_2 -connect "127.0.0.1:$PORT" \
		-CAfile "$PKI/root.crt" <keys >peer.out 2>&1
	local client=$!
	await peer.out '^hello$'
	echo R >&8
	await peer.out 'RENEGOTIATING'
	finished "$client"
	run -1 grep -c 'RENEGOTIATING.*done' peer.out
	unharmed
}

# A chain of 16 MB in the file "chain"
make_chain() {
	yes -- "$(<"$PKI/middle.crt")" | head -n 330000 >chain
	(($(stat -c %s chain) > 16000000))
}

@test "a server with a chain of 16 MB" {
	make_chain
	cat "$PKI/server.crt" chain >chain.pem
	peer server chain.pem "$PKI/server.key"
	says 7 "ncx: TLS handshake with 127.0.0.1 port $PORT (tcp) failed: excessive message size" \
		ncx --tls "${CA[@]}" 127.0.0.1 "$PORT" </dev/null
}

@test "a client with a chain of 16 MB" {
	endures --tls-client-ca "$PKI/root.crt"
	make_chain
	run ! openssl s_client -connect "127.0.0.1:$PORT" -cert "$PKI/alice.crt" \
		-key "$PKI/alice.key" -cert_chain chain </dev/null
	eventually tells 'excessive message size'
	unharmed
}

@test "200 that stall in their handshake, and one that is served at once" {
	endures --handshake-timeout 3s
	: >stalled.out
	start python3 "$BATS_TEST_DIRNAME/tlspeer.py" stalled "$PORT" 200 >stalled.out
	await stalled.out '^stalled$'
	local before=$EPOCHREALTIME
	opens "${CA[@]}"
	(($(ms_since "$before") < 2500))
	run -1 grep dropped stalled.out
	await stalled.out '^dropped$'
	unharmed
}

@test "stalled handshakes take no place: --max-conns 1" {
	endures --max-conns 1 --handshake-timeout 20s
	: >stalled.out
	start python3 "$BATS_TEST_DIRNAME/tlspeer.py" stalled "$PORT" 10 >stalled.out
	await stalled.out '^stalled$'
	opens "${CA[@]}"
}
