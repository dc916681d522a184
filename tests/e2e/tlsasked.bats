#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# tlsasked.bats - SIGUSR1 during a handshake of TLS
load helper
load asked
load processes

@test "during a handshake of TLS, on both sides" {
	fifo silent 9
	listener 127.0.0.1 </dev/null
	start ncx --tls 127.0.0.1 "$PORT" <silent 2>client.err
	CLIENT=$!
	await server.err '^Connection received'
	ask "$(program "$CLIENT")" client.err '^ESTAB .* - +- +- +[0-9.]+ms tls$'
	kill "$(program "$CLIENT")" "$(program "$SERVER")"
	finished "$CLIENT"
	finished "$SERVER"
	listener -k --tls 127.0.0.1 <silent
	dial
	ask "$(program "$SERVER")" server.err '^ESTAB .* - +- +- +[0-9.]+ms tls$'
}
