#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# tlscut.bats - handshakes that end anywhere: at each single byte of either side
LIMIT=${LIMIT:-140} # with sanitizers a thousand starts take their time
load tls
load enduring

# cut_everywhere HOW: a client of each length; then all is as it was.
cut_everywhere() {
	endures --handshake-timeout 1s
	run -0 peers cutclient "$PORT" "$1"
	[[ $output =~ ^positions\ ([0-9]+)$ ]]
	((BASH_REMATCH[1] > 300))
	unharmed
	[ ! -s server.out ]
}

@test "a client that closes at each byte of its handshake" {
	cut_everywhere close
}

@test "a client that resets at each byte of its handshake" {
	cut_everywhere reset
}

@test "a client that stops at each byte of its handshake" {
	cut_everywhere stop
}

# cut_servers HOW STEP STATUS WORDS: at each byte, or each so many, this status
# with these words; when all of the handshake is there, the stream is cut off.
cut_servers() {
	run -0 peers cutserver "$PKI/self.pem" "$PKI/self.key" "$1" "$2" \
		ncx -w "${5-30}" --tls-pin "$(pin self)" 127.0.0.1 PORT
	echo "$output"
	[[ $output =~ positions\ ([0-9]+)$ ]]
	((BASH_REMATCH[1] > 600))
	run -1 grep -vE "^($3 [0-9]+ $4\$|[05] |positions )" <<<"$output"
}

@test "a server that closes at each byte of its handshake" {
	cut_servers close 1 7 'the peer closed the connection'
}

@test "a server that resets within its handshake" {
	cut_servers reset 7 7 'Connection reset by peer'
}

@test "a server that stops at each byte of its handshake" {
	cut_servers stop 1 4 'Connection timed out' 300ms
}
