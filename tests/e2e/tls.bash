# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# tls.bash - what the tests of TLS share
load helper
load pki
load processes

setup_file() {
	pki
}

begin_tls_test() {
	begin_test || return
	export XDG_CONFIG_HOME=$PWD/config
	CA=(--tls-ca "$PKI/root.crt")
}

setup() {
	begin_tls_test
}

# certified NAME [OPTION...]: a listener with this certificate
certified() {
	listener --tls --tls-cert "$PKI/$1.pem" --tls-key "$PKI/$1.key" \
		"${@:2}" 127.0.0.1
}

# as NAME: the options of a client with this certificate
as() {
	AS=(--tls-cert "$PKI/$1.pem" --tls-key "$PKI/$1.key")
}

# refuses REASON OPTION...: the client says so, status 7, and nothing else
refuses() {
	says 7 "ncx: TLS handshake with 127.0.0.1 port $PORT (tcp) failed: $1" \
		ncx --tls "${@:2}" 127.0.0.1 "$PORT" <<<'a secret'
}

# was_refused ALERT: so does the listener, in the words of the alert.
was_refused() {
	finished "$SERVER"
	[ "$STATUS" -eq 7 ]
	grep -qxE "ncx: TLS handshake with 127.0.0.1 port [0-9]+ \(tcp\) failed: the peer refuses: $1" \
		server.err || { cat server.err && false; }
	[ ! -s server.out ]
}

# opens [OPTION...]: the client gets a line of the listener, and says nothing.
opens() {
	says 0 hello ncx --tls "$@" 127.0.0.1 "$PORT" </dev/null
}

# turned_away REASON: the listener says so of its client, status 7.
turned_away() {
	finished "$SERVER"
	[ "$STATUS" -eq 7 ]
	grep -E "^ncx: TLS handshake with 127.0.0.1 port [0-9]+ \(tcp\) failed: " server.err |
		grep -qF ": $1" || { cat server.err && false; }
	[ ! -s server.out ]
}

# peer ROLE WORDS...: one of tlspeer.py in the background, which says what it
# has done in peer.out; its $! is $PEER, its port $PORT if it is a server.
peer() {
	: >peer.out
	start python3 "$BATS_TEST_DIRNAME/tlspeer.py" "$@" >peer.out
	PEER=$!
	[[ $1 != server ]] || peer_port
}

peer_port() {
	await peer.out '^port ([0-9]+)$'
	PORT=${BASH_REMATCH[1]}
}

# peer_server TASK...: one with the server's certificate
peer_server() {
	peer server "$PKI/server.pem" "$PKI/server.key" "$@"
}

# succeeds PID
succeeds() {
	finished "$1"
	[ "$STATUS" -eq 0 ] || { cat peer.out && false; }
}
