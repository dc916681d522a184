#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# tlsreport.bats - what sessions over TLS and through proxies are told to be
load tls
load ../e2e/processes
load report

@test "TLS: what was agreed on, and whose the certificate is, on both sides" {
	server ncx -l "${AS_SERVER[@]}" --tls-alpn h2 --report=json:there \
		127.0.0.1 5000 <<<answer
	client ncx "${AS_CLIENT[@]}" --tls-alpn h2 --report=json:here \
		127.0.0.1 5000 <<<question
	succeeds "$SERVER"
	reports here 1
	reports there 1
	told here '.tls.version == "TLSv1.3"' '.tls.alpn == "h2"' \
		'.tls.trusted == true' '.tls.handshake > 0' \
		".tls.certificate.pin == \"$(pin server)\"" \
		'.tls.certificate.self_signed == false' \
		'.tls.certificate.subject == "CN = test server"' \
		'.received.bytes == 7 and .sent.bytes == 9' \
		'.end.how == "close_notify"' '.acknowledged == true' \
		'.tcp_info.bytes_received > 500'
	told there '.tls.certificate == null' '.tls.handshake > 0' \
		'.received.bytes == 9' '.end.how == "close_notify"'
	[ "$(jq -r .tls.cipher here)" = "$(jq -r .tls.cipher there)" ]
}

@test "TLS: the client's certificate" {
	server ncx -l "${AS_SERVER[@]}" --tls-client-ca "$PKI/root.crt" \
		--report=json:there 127.0.0.1 5000 </dev/null
	client ncx "${AS_CLIENT[@]}" --tls-cert "$PKI/alice.pem" \
		--tls-key "$PKI/alice.key" 127.0.0.1 5000 </dev/null
	succeeds "$SERVER"
	reports there 1
	told there ".tls.certificate.pin == \"$(pin alice)\"" \
		'.tls.trusted == true'
}

@test "TLS: text has a line about it" {
	server ncx -l "${AS_SERVER[@]}" 127.0.0.1 5000 </dev/null
	client ncx "${AS_CLIENT[@]}" --report=:here 127.0.0.1 5000 </dev/null
	grep -E '^  connected in .*, TLS agreed on in [0-9.]+ ms$' here
	grep -F "  TLS: TLSv1.3, " here | grep -F "certificate of CN = test server, from CN = test middle, $(pin server), verified"
}

@test "TLS: a certificate that is refused is a report on both sides" {
	server ncx -l "${AS_SERVER[@]}" --report=json:there 127.0.0.1 5000 </dev/null
	ip_start ncx --tls --report=json:here 127.0.0.1 5000 </dev/null
	finished "$!"
	[ "$STATUS" -eq 7 ]
	finished "$SERVER"
	[ "$STATUS" -eq 7 ]
	reports here 1
	reports there 1
	told here '.status == 7' '.up == null' '.end.by == "nobody"' \
		'.attempts[0].result == "connected"' \
		'.end.how | startswith("TLS handshake with ")'
	told there '.status == 7' '.up == null' '.mode == "listen"' \
		'.end.how | startswith("the peer refuses: ")' \
		'.remote.address == "127.0.0.1"'
}

@test "TLS: a client that never says a word" {
	server ncx -l "${AS_SERVER[@]}" --handshake-timeout 10ms \
		--report=json:there 127.0.0.1 5000 </dev/null
	client ncx 127.0.0.1 5000 </dev/null || true
	finished "$SERVER"
	reports there 1
	told there '.up == null' '.tls == null' '.status == 4 or .status == 7'
}

@test "--relay-tls: the facts are the upstream's" {
	server ncx -l "${AS_SERVER[@]}" -e cat 127.0.0.1 5000
	ip_start ncx -l --relay 127.0.0.1:5000 --relay-tls \
		--tls-ca "$PKI/root.crt" --report=json:there 127.0.0.1 5001
	local relay=$!
	listens "$relay" tcp ':1389 0+:0000 0A '
	client ncx 127.0.0.1 5001 <<<hello
	succeeds "$relay"
	reports there 1
	told there '.tls == null' '.upstream.tls.version == "TLSv1.3"' \
		'.upstream.tls.handshake > 0' '.received.bytes == 6'
}

@test "a proxy: where it is, how long it took, and no address behind it" {
	server ncx -l -k -e cat 127.0.0.1 5000
	ip_start microsocks -i 127.0.0.1 -p 5001
	listens "$!" tcp ':1389 0+:0000 0A '
	client ncx -x 127.0.0.1:5001 --report=json:here --report=json:here \
		localhost 5000 <<<hello
	reports here 1
	told here '.proxy | .type == "socks5" and .address == "127.0.0.1"' \
		'.proxy | .port == 5001 and .name == "127.0.0.1"' \
		'.proxy.handshake > 0' \
		'.remote == {address: null, port: 5000, name: "localhost"}' \
		'.attempts | length == 1 and .[0].port == 5001' \
		'.received.bytes == 6'
	client ncx -x 127.0.0.1:5001 --report=:text localhost 5000 <<<hello
	grep -F 'Session 1 (tcp): connected to localhost port 5000' text
	grep -E ', through the socks5 proxy in [0-9.]+ ms$' text
}

@test "a proxy that refuses" {
	ip_start microsocks -i 127.0.0.1 -p 5001
	listens "$!" tcp ':1389 0+:0000 0A '
	ip_start ncx -x 127.0.0.1:5001 --report=json:here 127.0.0.1 5000
	finished "$!"
	[ "$STATUS" -eq 8 ]
	reports here 1
	told here '.status == 8' '.end.by == "nobody"' '.proxy.handshake == null' \
		'.remote == {address: null, port: 5000, name: "127.0.0.1"}' \
		'.attempts[0].result == "connected"'
}
