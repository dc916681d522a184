# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# tls.bash - what the tests against other programs that speak TLS share
load helper
load ../e2e/pki

setup_file() {
	make_files || return
	pki
}

setup() {
	begin_test || return
	AS_CLIENT=(--tls --tls-ca "$PKI/root.crt")
	AS_SERVER=(--tls --tls-cert "$PKI/server.pem" --tls-key "$PKI/server.key")
	S_SERVER=(openssl s_server -quiet -accept 127.0.0.1:5000 -naccept 1
		-cert "$PKI/server.crt" -key "$PKI/server.key"
		-cert_chain "$PKI/middle.crt")
	S_CLIENT=(openssl s_client -quiet -connect 127.0.0.1:5000
		-CAfile "$PKI/root.crt" -verify_return_error
		-verify_ip 127.0.0.1)
}

# held: what the peer reads goes on, so that it does not end on its own.
held() {
	fifo held 9
	start cat "$BATS_FILE_TMPDIR/theirs" >&9
	THEIRS=held
}

# stunnel_conf LINE...: a file for stunnel(8), which stays with its terminal
stunnel_conf() {
	printf '%s\n' 'foreground = quiet' 'pid =' 'syslog = no' \
		'debug = err' '[tls]' "$@" >stunnel.conf
}

# In front of a plain netcat on port 5001
stunnel_server() {
	stunnel_conf 'accept = 127.0.0.1:5000' 'connect = 127.0.0.1:5001' \
		"cert = $PKI/server.pem" "key = $PKI/server.key"
	server stunnel4 stunnel.conf
}

# A plain client finds it on port 5001.
stunnel_client() {
	stunnel_conf 'client = yes' 'accept = 127.0.0.1:5001' \
		'connect = 127.0.0.1:5000' "CAfile = $PKI/root.crt" \
		'verifyChain = yes' 'checkIP = 127.0.0.1'
	ip_start stunnel4 stunnel.conf
	listens "$!" tcp ':1389 0+:0000 0A '
}
