#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# tls.bats - 5 MB each way over TLS, with other programs at the other end
load tls

with_server() {
	OPTIONS=("${AS_CLIENT[@]}")
	exchange_with_server "$@"
}

with_client() {
	OPTIONS=("${AS_SERVER[@]}")
	exchange_with_client "$@"
}

@test "both ways: ncx and openssl s_server, TLS 1.2" {
	held
	with_server "${S_SERVER[@]}" -tls1_2
}

@test "both ways: ncx and openssl s_server, TLS 1.3" {
	held
	with_server "${S_SERVER[@]}" -tls1_3
}

@test "both ways: ncx and ncat --ssl -l" {
	held
	with_server ncat -l --ssl --ssl-cert "$PKI/server.pem" \
		--ssl-key "$PKI/server.key" 127.0.0.1 5000
}

@test "both ways: ncx and a listening socat" {
	with_server socat -t 60 "OPENSSL-LISTEN:5000,bind=127.0.0.1,cert=$PKI/server.pem,key=$PKI/server.key,verify=0" -
}

@test "both ways: ncx -l and openssl s_client, TLS 1.2" {
	held
	with_client "${S_CLIENT[@]}" -tls1_2
}

@test "both ways: ncx -l and openssl s_client, TLS 1.3" {
	held
	with_client "${S_CLIENT[@]}" -tls1_3
}

@test "both ways: ncx -l and socat" {
	with_client socat -t 60 - "OPENSSL:127.0.0.1:5000,cafile=$PKI/root.crt"
}

# As clients these end when all has arrived.
leaves_first() {
	: >peer.out
	held
	fifo in 8
	server ncx -v -n "${AS_SERVER[@]}" -l 127.0.0.1 5000 <in >ncx.out 2>ncx.err
	ip_start "$@" <held >peer.out
	CLIENT=$!
	start cat "$BATS_FILE_TMPDIR/ours" >&8
	arrived peer.out "$HALF_SIZE"
	arrived ncx.out "$HALF_SIZE"
	exec 9>&-
	succeeds "$CLIENT"
	exec 8>&-
	cmp "$BATS_FILE_TMPDIR/ours" peer.out
	cmp "$BATS_FILE_TMPDIR/theirs" ncx.out
	finished "$SERVER"
}

@test "both ways: ncx -l and ncat --ssl, which ends without close_notify" {
	leaves_first ncat --ssl-verify --ssl-trustfile "$PKI/root.crt" localhost 5000
	[ "$STATUS" -eq 5 ]
	grep -qE '^ncx: receive from .* failed: TLS stream cut off, no close_notify came$' ncx.err
}

@test "both ways: ncx -l and gnutls-cli" {
	leaves_first gnutls-cli --logfile gnutls.log \
		--x509cafile "$PKI/root.crt" -p 5000 localhost
	[ "$STATUS" -eq 0 ]
}

@test "ncx asks gnutls-serv" {
	server gnutls-serv --quiet --http --x509certfile "$PKI/server.pem" \
		--x509keyfile "$PKI/server.key" -p 5000
	run -0 "${NETWORK[@]}" ncx "${AS_CLIENT[@]}" localhost 5000 \
		<<<$'GET / HTTP/1.0\r\n\r'
	[[ $output == 'HTTP/1.0 200 OK'*GnuTLS* ]]
}

@test "ncx hears socat's sort after the end of its question" {
	OPTIONS=("${AS_CLIENT[@]}")
	answered_to_ncx socat -t 60 "OPENSSL-LISTEN:5000,bind=127.0.0.1,cert=$PKI/server.pem,key=$PKI/server.key,verify=0" EXEC:sort
}

@test "ncx -l | sort answers socat after the end of its question" {
	OPTIONS=("${AS_SERVER[@]}")
	answered_by_ncx socat -t 60 - "OPENSSL:127.0.0.1:5000,cafile=$PKI/root.crt"
}

@test "ncx and stunnel before nc.openbsd: both ways, with either end" {
	stunnel_server
	: >ncx.out
	fifo in 8
	ip_start nc.openbsd -l -N 127.0.0.1 5001 \
		<"$BATS_FILE_TMPDIR/theirs" >peer.out
	listens "$!" tcp ':1389 0+:0000 0A '
	SERVER=$!
	ip_start ncx "${AS_CLIENT[@]}" 127.0.0.1 5000 <in >ncx.out
	exchange "$!" "$SERVER"
}

@test "ncx hears a sort behind stunnel after the end of its question" {
	stunnel_server
	ip_start socat -t 60 TCP-LISTEN:5001,bind=127.0.0.1 EXEC:sort
	listens "$!" tcp ':1389 0+:0000 0A '
	client ncx "${AS_CLIENT[@]}" 127.0.0.1 5000 <<<$'two\none' >answer
	[ "$(<answer)" = $'one\ntwo' ]
}

@test "ncx -l and stunnel's client: both ways" {
	: >peer.out
	fifo in 8
	server ncx "${AS_SERVER[@]}" -l 127.0.0.1 5000 <in >ncx.out
	stunnel_client
	ip_start nc.openbsd -N 127.0.0.1 5001 \
		<"$BATS_FILE_TMPDIR/theirs" >peer.out
	exchange "$SERVER" "$!"
}

@test "ncx -l | sort answers by stunnel's client" {
	mkfifo back
	server sh -c 'ncx "$@" -l 127.0.0.1 5000 <back | sort >back' - \
		"${AS_SERVER[@]}"
	stunnel_client
	client nc.openbsd -N 127.0.0.1 5001 <<<$'two\none' >answer
	[ "$(<answer)" = $'one\ntwo' ]
}

# nginx closes when its answer is sent; a close_notify that came meanwhile makes
# that a reset, and what is on its way gets lost.
@test "ncx fetches a file from nginx" {
	web_server 'listen 127.0.0.1:5000 ssl; listen [::1]:5000 ssl;' \
		"ssl_certificate $PKI/server.pem; ssl_certificate_key $PKI/server.key;"
	for host in 127.0.0.1 ::1 localhost; do
		client ncx "${AS_CLIENT[@]}" "$host" 5000 >answer \
			<<<$'GET /theirs HTTP/1.0\r\n\r'
		cmp "$BATS_FILE_TMPDIR/theirs" <(tail -c "$HALF_SIZE" answer)
	done
}

@test "curl fetches a file from nginx behind ncx" {
	web_server "listen 127.0.0.1:5001;"
	server ncx -lk "${AS_SERVER[@]}" --relay 127.0.0.1:5001 127.0.0.1 5000
	for version in 1.2 1.3; do
		client curl -sS --tls-max "$version" --cacert "$PKI/root.crt" \
			'https://localhost:5000/theirs?[1-4]' -Z -o 'got#1'
		for i in {1..4}; do
			cmp "got$i" "$BATS_FILE_TMPDIR/theirs"
		done
	done
}
