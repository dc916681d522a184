#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# tls.bats - whom a client of TLS trusts, and what it says of the others
load tls
load story

# refuses_certificate NAME ALERT REASON [OPTION...]: both sides say why.
refuses_certificate() {
	certified "$1" </dev/null >server.out
	refuses "$3" "${@:4}"
	was_refused "$2"
}

@test "encrypted by one word, verified against the system's CAs" {
	certified server <<<hello >server.out
	export SSL_CERT_FILE=$PKI/root.crt
	says 0 hello ncx --tls localhost "$PORT" <<<question
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
	[ "$(<server.out)" = question ]
}

@test "a CA of its own: a file, or a folder of hashes; --ssl words too" {
	certified server -k -c "echo hello"
	opens "${CA[@]}"
	mkdir cas
	cp "$PKI/root.crt" cas/root.pem
	openssl rehash cas
	opens --tls-ca cas
	says 0 hello ncx --ssl --ssl-trustfile "$PKI/root.crt" \
		--ssl-servername localhost --ssl-verify 127.0.0.1 "$PORT" </dev/null
}

@test "a CA of its own is the only one" {
	certified server </dev/null >server.out
	export SSL_CERT_FILE=$PKI/root.crt
	refuses 'unknown issuer "CN = test root"' --tls-ca "$PKI/stranger.crt"
	was_refused 'unknown ca'
}

@test "refused: an issuer that the system does not know" {
	refuses_certificate unknown 'unknown ca' 'unknown issuer "CN = test stranger"'
}

@test "refused: a certificate that has expired" {
	refuses_certificate expired 'certificate expired' \
		'certificate expired on 2025-01-02 10:11:12 UTC' "${CA[@]}"
}

@test "refused: a certificate that is not yet valid" {
	refuses_certificate future 'bad certificate' \
		'certificate is not valid before 2040-01-02 10:11:12 UTC' "${CA[@]}"
}

@test "refused: a CA that has expired" {
	refuses_certificate aged 'certificate expired' \
		'certificate of "CN = test old" expired on 2025-01-02 10:11:12 UTC' \
		--tls-ca "$PKI/old.crt"
}

@test "refused: a self-signed certificate, and its pin is shown" {
	refuses_certificate self 'unknown ca' \
		"certificate is self-signed (its pin is $(pin self))"
}

@test "trusted: a self-signed certificate that is named as a CA" {
	certified self <<<hello
	opens --tls-ca "$PKI/self.crt"
}

@test "refused: the wrong name; those that it has are shown" {
	refuses_certificate elsewhere 'bad certificate' \
		'name "127.0.0.1" is not in the certificate (it has a.example, b.example, 192.0.2.1)' \
		"${CA[@]}"
}

@test "refused: no name at all; that it is the subject's does not count" {
	certified nameless </dev/null >server.out
	says 7 "ncx: TLS handshake with localhost (127.0.0.1) port $PORT (tcp) failed: name \"localhost\" is not in the certificate (it has no names)" \
		ncx -4 --tls "${CA[@]}" localhost "$PORT" </dev/null
	was_refused 'bad certificate'
}

@test "--tls-name: another name; wildcards stand for one label" {
	certified wildcard -k -c "echo hello"
	opens "${CA[@]}" --tls-name x.wild.example
	opens "${CA[@]}" --tls-name X.Wild.Example
	for name in wild.example a.b.wild.example x.wild.example.org; do
		refuses "name \"$name\" is not in the certificate (it has *.wild.example)" \
			"${CA[@]}" --tls-name "$name"
	done
}

@test "--tls-name: addresses, in any way of writing them" {
	certified server -k -c "echo hello"
	opens "${CA[@]}" --tls-name 127.0.0.1
	opens "${CA[@]}" --tls-name ::1
	opens "${CA[@]}" --tls-name 0:0:0:0:0:0:0:1
	refuses 'name "127.0.0.2" is not in the certificate (it has localhost, 127.0.0.1, ::1)' \
		"${CA[@]}" --tls-name 127.0.0.2
}

@test "refused: a certificate that is revoked" {
	refuses_certificate revoked 'certificate revoked' \
		'certificate is revoked' "${CA[@]}" --tls-crl "$PKI/all.crl"
}

@test "refused: a CA that is revoked" {
	refuses_certificate misled 'certificate revoked' \
		'certificate of "CN = test fallen" is revoked' \
		"${CA[@]}" --tls-crl "$PKI/all.crl"
}

@test "with --tls-crl others are trusted as before" {
	certified server <<<hello
	opens "${CA[@]}" --tls-crl "$PKI/all.crl"
}

@test "--tls-insecure trusts anybody, and says so each time" {
	for name in expired self elsewhere unknown nameless; do
		certified "$name" <<<hello
		run -0 --separate-stderr ncx --tls-insecure 127.0.0.1 "$PORT" </dev/null
		[ "$output" = hello ]
		[ "$stderr" = "ncx: certificate of 127.0.0.1 port $PORT not verified (--tls-insecure)" ]
	done
}

@test "nothing is given to a server before it is trusted" {
	certified self -v </dev/null >server.out
	refuses "certificate is self-signed (its pin is $(pin self))" "${CA[@]}"
	was_refused 'unknown ca'
	run ! grep -q 'Connection received' server.err
}

@test "-v: what was agreed on, and with whom" {
	certified server -k --tls-alpn 'h2,http/1.1' -c "echo hello"
	run -0 --separate-stderr ncx -v --tls "${CA[@]}" --tls-alpn 'x,h2' \
		127.0.0.1 "$PORT" </dev/null
	diff <(echo "$stderr") - <<-END
		Connection to 127.0.0.1 $PORT port [tcp/*] succeeded!
		TLS with 127.0.0.1 port $PORT: TLSv1.3, TLS_AES_256_GCM_SHA384, ALPN h2
		Certificate of CN = test server, from CN = test middle, for localhost, 127.0.0.1, ::1
		Certificate valid from $(validity server), $(pin server)
	END
}

@test "-vv: the handshake, and close_notify in place of a FIN" {
	certified server -vv -c 'cat >got; echo hello'
	run -0 --separate-stderr ncx -vv "${CA[@]}" localhost "$PORT" <<<question
	cat <<<"$stderr" >client.err
	told client.err "connected to .*" 'TLS handshake begins with localhost' \
		'TLS handshake took [0-9.]+ ms: TLSv1\.3, [A-Z0-9_]+' \
		'bytes may flow, [0-9.]+ ms after we began' \
		'we have sent our first bytes: 9 bytes' \
		'end of our input, after 9 bytes; the peer hears of it after its answer' \
		'our close_notify: we send no more, after 9 bytes'
	told client.err 'the peer has sent its first bytes: 6 bytes' \
		'their close_notify: the peer sends no more, after 6 bytes'
	finished "$SERVER"
	told server.err '.*: connection accepted: .*' 'TLS handshake begins' \
		'TLS handshake took .*' 'bytes may flow, .*'
	silent_about client.err FIN:
	silent_about server.err FIN:
}

# s_server OPTION...: openssl s_server on a free port, which is $PORT; what
# it says is peer.out.
s_server() {
	fifo keys 9
	: >peer.out
	start openssl s_server -accept 127.0.0.1:0 -cert "$PKI/server.crt" \
		-cert_chain "$PKI/middle.crt" -key "$PKI/server.key" \
		-cert2 "$PKI/wildcard.crt" -key2 "$PKI/wildcard.key" "$@" \
		<keys >peer.out 2>&1
	SERVER=$!
	await peer.out '^ACCEPT 127.0.0.1:([0-9]+)$'
	PORT=${BASH_REMATCH[1]}
}

@test "a server is told the name that is asked for" {
	s_server -servername x.wild.example
	cat "$PKI/root.crt" "$PKI/middle.crt" >cas
	start ncx -v --tls-ca cas --tls-name x.wild.example 127.0.0.1 "$PORT" \
		</dev/null 2>client.err
	await client.err '^Certificate of CN = test wildcard, '
	await peer.out '^Hostname in TLS extension: "x.wild.example"'
}

@test "a server is told no address" {
	s_server -servername 127.0.0.1
	start ncx -v --tls "${CA[@]}" 127.0.0.1 "$PORT" </dev/null 2>client.err
	await peer.out '^CIPHER is '
	run ! grep 'Hostname in TLS extension' peer.out
}

@test "--tls-min 1.3 refuses TLS 1.2; without it that is fine" {
	s_server -tls1_2
	run -7 --separate-stderr ncx --tls "${CA[@]}" --tls-min 1.3 127.0.0.1 "$PORT" </dev/null
	[[ $stderr == "ncx: TLS handshake with 127.0.0.1 port $PORT (tcp) failed: "*version* ]]
	start ncx -v --tls "${CA[@]}" 127.0.0.1 "$PORT" </dev/null 2>client.err
	await client.err ': TLSv1\.2, '
}

@test "--tls-ciphers: a list for TLS 1.2, names of suites for TLS 1.3" {
	certified server -k -c "echo hello"
	for suite in TLS_CHACHA20_POLY1305_SHA256 TLS_AES_128_GCM_SHA256; do
		run -0 --separate-stderr ncx -v --tls "${CA[@]}" \
			--tls-ciphers "$suite" 127.0.0.1 "$PORT" </dev/null
		[[ $stderr == *": TLSv1.3, $suite"$'\n'* ]]
	done
	s_server -tls1_2
	start ncx -v --tls "${CA[@]}" --tls-ciphers ECDHE-ECDSA-AES128-GCM-SHA256 \
		127.0.0.1 "$PORT" </dev/null 2>client.err
	await client.err ': TLSv1\.2, ECDHE-ECDSA-AES128-GCM-SHA256$'
	says 2 'ncx: cipher suites "nonsense": expected names that OpenSSL knows' \
		ncx --tls --tls-ciphers nonsense 127.0.0.1 "$PORT" </dev/null
}

@test "--tls-ciphers on a listener: only these, or none" {
	certified server -k --tls-ciphers TLS_CHACHA20_POLY1305_SHA256 \
		-c "echo hello"
	run -0 --separate-stderr ncx -v --tls "${CA[@]}" 127.0.0.1 "$PORT" </dev/null
	[[ $stderr == *": TLSv1.3, TLS_CHACHA20_POLY1305_SHA256"$'\n'* ]]
	refuses 'the peer refuses: handshake failure' "${CA[@]}" \
		--tls-ciphers TLS_AES_128_GCM_SHA256
}

@test "ALPN: what the listener likes most, or nothing" {
	certified server -k --tls-alpn 'h2,http/1.1' -c "echo hello"
	for offer in 'http/1.1,h2:, ALPN h2' 'x,http/1.1:, ALPN http/1.1' x:; do
		run -0 --separate-stderr ncx -v --tls "${CA[@]}" \
			--tls-alpn "${offer%%:*}" 127.0.0.1 "$PORT" </dev/null
		[[ $stderr == *": TLSv1.3, TLS_AES_256_GCM_SHA384${offer#*:}"$'\n'* ]]
	done
}
