#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# tlstrust.bats - trust without a CA: pins and first use; and certificates of
# clients
load tls

OTHER=sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff

@test "a pin vouches alone, in either case, for any name, at any time" {
	for name in self elsewhere expired unknown; do
		certified "$name" <<<hello
		local pin
		pin=$(pin "$name")
		opens --tls-pin "sha256:$(tr a-f A-F <<<"${pin#*:}")"
	done
}

@test "one of several pins is enough" {
	certified self <<<hello
	opens --tls-pin "$OTHER" --tls-pin "$(pin self)"
}

@test "refused: another pin, and which one it is, is shown" {
	certified server </dev/null >server.out
	refuses "its pin is $(pin server), which is not one of those expected" \
		--tls-pin "$OTHER"
	was_refused 'bad certificate'
}

@test "with a CA, or a name, both have to be right" {
	certified self -k -c "echo hello"
	refuses "certificate is self-signed (its pin is $(pin self))" \
		--tls-pin "$(pin self)" "${CA[@]}"
	refuses 'name "other" is not in the certificate (it has localhost, 127.0.0.1, ::1)' \
		--tls-pin "$(pin self)" --tls-name other
	opens --tls-pin "$(pin self)" --tls-name localhost
	certified server -k -c "echo hello"
	opens --tls-pin "$(pin server)" "${CA[@]}"
	refuses "its pin is $(pin server), which is not one of those expected" \
		--tls-pin "$OTHER" "${CA[@]}"
}

@test "a certificate for this run: its pin is printed, and does" {
	listener -k --tls -c "echo hello" 127.0.0.1
	grep -qE '^ncx: certificate for this run: sha256:[0-9a-f]{64}$' server.err
	local pin
	pin=$(sed -n 's/^ncx: certificate for this run: //p' server.err)
	opens --tls-pin "$pin"
	opens --tls-pin "$pin" --tls-name localhost
	opens --tls-pin "$pin" --tls-name "$(hostname)"
	refuses "certificate is self-signed (its pin is $pin)"
	openssl s_client -connect "127.0.0.1:$PORT" </dev/null 2>&1 |
		openssl x509 -noout -text >text
	grep -q 'ASN1 OID: prime256v1' text
	grep -q 'DNS:localhost' text
	grep -q 'IP Address:127.0.0.1' text
}

@test "a certificate for this run is another one in the next" {
	for run in 1 2; do
		listener --tls 127.0.0.1
		cp server.err "run$run"
	done
	run ! diff <(grep sha256 run1) <(grep sha256 run2)
	[ "$(cat run1 run2 | grep -c sha256)" -eq 2 ]
}

@test "first use: added, then silent, then a change is refused and shown" {
	certified self -k -c "echo hello"
	says 0 "ncx: 127.0.0.1:$PORT is new, $(pin self) added to knownhello" \
		ncx --tls-tofu=known 127.0.0.1 "$PORT" </dev/null
	[ "$(stat -c %a known)" = 600 ]
	[ "$(<known)" = "127.0.0.1:$PORT $(pin self)" ]
	opens --tls-tofu=known
	[ "$(wc -l <known)" -eq 1 ]
	sed -i "1s/^/# a comment\n/; s/sha256:.*/$OTHER/" known
	refuses "certificate has changed: its pin is $(pin self), line 2 of known has $OTHER" \
		--tls-tofu=known
	[ "$(wc -l <known)" -eq 2 ]
}

@test "first use: the usual file, in a folder of its own" {
	certified self -k -c "echo hello"
	says 0 "ncx: 127.0.0.1:$PORT is new, $(pin self) added to $PWD/config/ncx/known_peershello" \
		ncx --tls-tofu 127.0.0.1 "$PORT" </dev/null
	[ "$(stat -c %a config/ncx config/ncx/known_peers | xargs)" = '700 600' ]
	opens --tls-tofu
	unset XDG_CONFIG_HOME
	export HOME=$PWD/home
	mkdir home
	says 0 "ncx: 127.0.0.1:$PORT is new, $(pin self) added to $HOME/.config/ncx/known_peershello" \
		ncx --tls-tofu 127.0.0.1 "$PORT" </dev/null
}

@test "first use: who is refused for his name is not remembered" {
	certified self -k -c "echo hello"
	refuses 'name "other" is not in the certificate (it has localhost, 127.0.0.1, ::1)' \
		--tls-tofu=known --tls-name other
	[ ! -s known ]
}

@test "first use: a file that is none of ours is not used" {
	certified self -k -c "echo hello"
	echo 'no such thing' >known
	run -6 --separate-stderr ncx --tls-tofu=known 127.0.0.1 "$PORT" </dev/null
	[[ $stderr == 'ncx: read of known failed: line 1'* ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
	mkdir folder
	says 6 'ncx: read of folder failed: Is a directory' \
		ncx --tls-tofu=folder 127.0.0.1 "$PORT" </dev/null
}

# Else every use would be the first.
@test "first use: what cannot be kept is not trusted, status 6" {
	certified server <<<hello
	says 6 "ncx: TLS handshake with 127.0.0.1 port $PORT (tcp) failed: write to /proc/none/known failed: No such file or directory" \
		ncx --tls --tls-tofu=/proc/none/known 127.0.0.1 "$PORT" <<<'a secret'
}

@test "first use: eight at once add one line" {
	certified self -k -c "echo hello"
	local clients=()
	for _ in {1..8}; do
		start ncx --tls-tofu=known 127.0.0.1 "$PORT" </dev/null
		clients+=("$!")
	done
	for pid in "${clients[@]}"; do
		finished "$pid"
		[ "$STATUS" -eq 0 ]
	done
	[ "$(<known)" = "127.0.0.1:$PORT $(pin self)" ]
}

# asks_clients OPTION...: a listener that wants to know its clients
asks_clients() {
	certified server "$@" <<<hello >server.out
}

@test "a client's certificate, of the listener's CA" {
	asks_clients -k -v --tls-client-ca "$PKI/root.crt"
	as alice
	opens "${CA[@]}" "${AS[@]}"
	await server.err '^Certificate of CN = alice, from CN = test middle, for alice.example$'
	grep -q "^Certificate valid from $(validity alice), $(pin alice)\$" server.err
}

@test "--ssl-verify asks for one of --tls-ca, or of the system" {
	as alice
	asks_clients --ssl-verify "${CA[@]}"
	opens "${CA[@]}" "${AS[@]}"
	export SSL_CERT_FILE=$PKI/root.crt
	asks_clients --ssl-verify
	opens "${AS[@]}"
}

# not_let_in REASON ALERT OPTION...: the listener's reason, and what the client
# hears; status 7 on both sides.  In TLS 1.3 a client is through with its own
# handshake by then.
not_let_in() {
	run -7 --separate-stderr ncx --tls "${CA[@]}" "${@:3}" 127.0.0.1 "$PORT" </dev/null
	[ -z "$output" ]
	[ "${stderr/send to/receive from}" = "ncx: receive from 127.0.0.1 port $PORT (tcp) failed: the peer refuses: $2" ] ||
		{ echo "$stderr" && false; }
	turned_away "$1"
}

@test "turned away: no certificate" {
	asks_clients --tls-client-ca "$PKI/root.crt"
	not_let_in 'peer did not return a certificate' 'certificate required'
}

@test "turned away: a certificate of another CA" {
	asks_clients --tls-client-ca "$PKI/root.crt"
	as mallory
	not_let_in 'unknown issuer "CN = test stranger"' 'unknown ca' "${AS[@]}"
}

@test "turned away: a certificate that has expired, or is revoked" {
	asks_clients --tls-client-ca "$PKI/root.crt"
	as late
	not_let_in 'certificate expired on 2025-01-02 10:11:12 UTC' \
		'certificate expired' "${AS[@]}"
	asks_clients --tls-client-ca "$PKI/root.crt" --tls-crl "$PKI/all.crl"
	as revoked
	not_let_in 'certificate is revoked' 'certificate revoked' "${AS[@]}"
}

@test "turned away: the wrong name" {
	as alice
	asks_clients --tls-client-ca "$PKI/root.crt" --tls-name bob.example
	not_let_in 'name "bob.example" is not in the certificate (it has alice.example)' \
		'bad certificate' "${AS[@]}"
	asks_clients --tls-client-ca "$PKI/root.crt" --tls-name alice.example
	opens "${CA[@]}" "${AS[@]}"
}

@test "a listener with a pin asks for a certificate, and the pin vouches" {
	asks_clients --tls-pin "$(pin mallory)"
	as mallory
	opens "${CA[@]}" "${AS[@]}"
	asks_clients --tls-pin "$(pin mallory)"
	as alice
	not_let_in "its pin is $(pin alice), which is not one of those expected" \
		'bad certificate' "${AS[@]}"
}
