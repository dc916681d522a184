#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# badproxy.bats - what a proxy can say, and must not get away with
load helper

# A proxy that says what is in the file said, and then no more; SOCKS 5 unless
# the words of a call say something else.
proxy() {
	: >server.out
	fifo in$((++PROXIES)) 8
	listener 127.0.0.1 <"in$PROXIES" >server.out
	cat said >&8
	THROUGH=(-x "127.0.0.1:$PORT")
}

# The same, but it ends then.
closing_proxy() {
	listener 127.0.0.1 <said >server.out
	THROUGH=(-x "127.0.0.1:$PORT")
}

# fails STATUS TYPE WHY OPTION...: one line, with the target and the proxy
fails() {
	says "$1" "ncx: connect to host.example port 80 (tcp) through proxy 127.0.0.1 port $PORT ($2) failed: $3" \
		ncx "${THROUGH[@]}" -X "$2" "${@:4}" host.example 80
}

# What was said to the proxy, in hexadecimal
heard() {
	od -An -v -tx1 server.out | tr -d ' \n'
}

@test "SOCKS 5: what comes at once behind the reply is not lost" {
	printf '\5\0\5\0\0\1\0\0\0\0\0\0the banner' >said
	closing_proxy
	says 0 'the banner' ncx "${THROUGH[@]}" host.example 80 </dev/null
	finished "$SERVER"
	[ "$(heard)" = 050100050100030c"$(printf host.example | od -An -tx1 | tr -d ' ')"0050 ]
}

@test "SOCKS 5: the reply may name a host" {
	printf '\5\0\5\0\0\3\7a.proxy\0\120the banner' >said
	closing_proxy
	says 0 'the banner' ncx "${THROUGH[@]}" host.example 80 </dev/null
}

@test "SOCKS 5: IPv6 addresses, both ways" {
	printf '\5\0\5\0\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\120the banner' >said
	closing_proxy
	says 0 'the banner' ncx "${THROUGH[@]}" ::1 80 </dev/null
	finished "$SERVER"
	[ "$(heard)" = "05010005010004$(printf '%032d' 1)0050" ]
}

@test "SOCKS 4 and 4a: what is said, and heard" {
	printf '\0\132\0\0\0\0\0\0the banner' >said
	closing_proxy
	says 0 'the banner' ncx -X 4 "${THROUGH[@]}" -P bob 192.0.2.1 80 </dev/null
	finished "$SERVER"
	[ "$(heard)" = 04010050c0000201626f6200 ]
	closing_proxy
	says 0 'the banner' ncx -X 4a "${THROUGH[@]}" host.example 80 </dev/null
	finished "$SERVER"
	[ "$(heard)" = 040100500000000100686f73742e6578616d706c6500 ]
}

@test "SOCKS 4 looks the name up here" {
	printf '\0\132\0\0\0\0\0\0the banner' >said
	closing_proxy
	says 0 'the banner' ncx -X 4 "${THROUGH[@]}" localhost 80 </dev/null
	finished "$SERVER"
	[ "$(heard)" = 040100507f00000100 ]
	proxy
	says 3 'ncx: lookup of "::1" failed: Address family for hostname not supported' \
		ncx -X 4 "${THROUGH[@]}" ::1 80
	fails 8 socks4 'SOCKS 4 can only be asked for an IPv4 address' -n
}

@test "CONNECT: what is said, and what comes behind the head" {
	printf 'HTTP/1.1 200 Fine\r\nVia: x\r\n\r\nthe banner' >said
	for host in host.example 192.0.2.1 '[::1]'; do
		closing_proxy
		says 0 'the banner' ncx -X connect "${THROUGH[@]}" \
			"$(tr -d '[]' <<<"$host")" 80 </dev/null
		finished "$SERVER"
		diff server.out <(printf 'CONNECT %s:80 HTTP/1.1\r\nHost: %s:80\r\n\r\n' \
			"$host" "$host")
	done
}

@test "CONNECT: any 2xx is a yes" {
	for line in 'HTTP/1.0 200 OK' 'HTTP/1.1 200' 'HTTP/1.1 204 No Content' \
		'HTTP/1.1 299 x'; do
		printf '%s\r\n\r\nthe banner' "$line" >said
		closing_proxy
		says 0 'the banner' ncx -X connect "${THROUGH[@]}" host.example 80 </dev/null
	done
	printf 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nthe banner' >said
	closing_proxy
	says 0 'the banner' ncx -X connect "${THROUGH[@]}" host.example 80 </dev/null
}

@test "8: the proxy says no" {
	printf '\5\0\5\5\0\1\0\0\0\0\0\0' >said
	closing_proxy
	fails 8 socks5 'Connection refused'
	printf '\5\377' >said
	closing_proxy
	fails 8 socks5 'no authentication method is acceptable to the proxy'
	printf '\0\133\0\0\0\0\0\0' >said
	closing_proxy
	fails 8 socks4a 'Request rejected or failed'
	printf 'HTTP/1.1 403 Forbidden\r\n\r\n' >said
	closing_proxy
	fails 8 http '"HTTP/1.1 403 Forbidden"'
}

@test "8: the proxy closes at once, or in the midst of its reply" {
	for type in socks4a socks5 http; do
		: >said
		closing_proxy
		fails 8 "$type" 'the proxy has closed the connection'
	done
	for part in '\5' '\5\0' '\5\0\5\0\0' '\5\0\5\0\0\1\0\0\0\0\0'; do
		# shellcheck disable=SC2059 # bytes
		printf "$part" >said
		closing_proxy
		fails 8 socks5 'the proxy has closed the connection'
	done
	printf '\0\132\0\0\0\0\0' >said
	closing_proxy
	fails 8 socks4a 'the proxy has closed the connection'
	for part in 'HTTP/1.1' 'HTTP/1.1 200 OK\r\n' 'HTTP/1.1 200 OK\r\nVia: x\r\n'; do
		# shellcheck disable=SC2059 # bytes
		printf "$part" >said
		closing_proxy
		fails 8 http 'the proxy has closed the connection'
	done
}

@test "8: the proxy resets the connection" {
	: >said
	proxy
	start ncx "${THROUGH[@]}" host.example 80 </dev/null 2>client.err
	CLIENT=$!
	await server.err '^Connection received'
	kill -STOP "$(program "$SERVER")"
	kill -KILL "$(program "$SERVER")"
	finished "$CLIENT"
	[ "$STATUS" -eq 8 ]
	grep -qE "^ncx: connect to host.example port 80 \(tcp\) through proxy 127.0.0.1 port $PORT \(socks5\) failed: (Connection reset by peer|the proxy has closed the connection|Broken pipe)\$" client.err
	[ "$(wc -l <client.err)" -eq 1 ]
}

@test "8: the proxy talks nonsense" {
	printf 'SSH-2.0-OpenSSH_9.2\r\n' >said
	for answer in "4a:socks4a:not a SOCKS 4 answer" \
		"5:socks5:not a SOCKS 5 answer" "connect:http:not an HTTP answer"; do
		proxy
		IFS=: read -r type name why <<<"$answer"
		says 8 "ncx: connect to host.example port 80 (tcp) through proxy 127.0.0.1 port $PORT ($name) failed: $why" \
			ncx -X "$type" "${THROUGH[@]}" host.example 80
	done
	printf '\5\2' >said
	proxy
	fails 8 socks5 'it chose authentication method 0x02, which was not offered'
	printf '\5\0\5\0\0\11' >said
	proxy
	fails 8 socks5 'unknown address type 0x09 in the answer'
	printf '\5\0\5\252\0\1' >said
	proxy
	fails 8 socks5 'unknown reply 0xaa'
}

@test "8: control characters of a proxy are made visible" {
	printf 'HTTP/1.1 500 \33[31mred\7\r\n\r\n' >said
	proxy
	run -8 ncx -X connect "${THROUGH[@]}" host.example 80
	[[ $output != *[$'\e\a']* ]]
	[ "${#lines[@]}" -eq 1 ]
}

@test "8: a head, or a line of it, without end" {
	{
		printf 'HTTP/1.1 200 OK\r\nX: '
		head -c 65536 /dev/zero | tr '\0' x
		printf '\r\n\r\n'
	} >said
	closing_proxy
	fails 8 http 'head of more than 16384 bytes'
	{
		printf 'HTTP/1.1 200 OK\r\n'
		printf 'X-%d: x\n' {1..9000}
	} >said
	closing_proxy
	fails 8 http 'head of more than 16384 bytes'
}

@test "8: heads without end" {
	printf 'HTTP/1.1 100 %s\r\n\r\n' {1..1000} >said
	closing_proxy
	fails 8 http '"HTTP/1.1 100 17": too many of these'
}

@test "4: the proxy says nothing, or half of its reply" {
	: >said
	for type in socks4a socks5 http; do
		proxy
		local begin=$EPOCHREALTIME
		fails 4 "$type" 'Connection timed out' -w 300ms
		(($(ms_since "$begin") >= 300))
	done
	printf 'HTTP/1.1 200 OK\r\n' >said
	proxy
	fails 4 http 'Connection timed out' -w 300ms
}

@test "5: what breaks behind a yes is the connection" {
	printf '\5\0\5\0\0\1\0\0\0\0\0\0banner\n' >said
	proxy
	start ncx "${THROUGH[@]}" host.example 80 <in1 >client.out 2>client.err
	CLIENT=$!
	await client.out '^banner$'
	kill -STOP "$(program "$SERVER")"
	echo 'never read' >&8
	kill -KILL "$(program "$SERVER")"
	finished "$CLIENT"
	[ "$STATUS" -eq 5 ]
}

@test "-p is our port at the proxy" {
	network proxied
	printf '\5\0\5\0\0\1\0\0\0\0\0\0' >said
	start "${NETWORK[@]}" ncx -lvn 127.0.0.1 1080 <said >server.out 2>server.err
	SERVER=$!
	await server.err '^Listening on'
	says 0 '' "${NETWORK[@]}" ncx -p 6666 -x 127.0.0.1 host.example 80 </dev/null
	grep -x 'Connection received on 127.0.0.1 6666' server.err
}

@test "the usual ports: 1080, and 3128 for CONNECT" {
	network proxied
	for type in 4a:1080:socks4a 5:1080:socks5 connect:3128:http; do
		IFS=: read -r type port name <<<"$type"
		start "${NETWORK[@]}" ncx -lvn 127.0.0.1 "$port" </dev/null 2>server.err
		await server.err '^Listening on'
		run -4 "${NETWORK[@]}" ncx -w 300ms -X "$type" -x 127.0.0.1 host.example 80
		[[ $output == *" through proxy 127.0.0.1 port $port ($name) failed: "* ]]
	done
}

@test "INT ends a proxy's silence" {
	: >said
	proxy
	start ncx "${THROUGH[@]}" host.example 80 2>client.err
	CLIENT=$!
	await server.err '^Connection received'
	kill -INT "$(program "$CLIENT")"
	finished "$CLIENT"
	[ "$STATUS" -eq 130 ]
}

@test "-z: a proxy that is not there tells nothing of the ports" {
	run -1 ncx -zv -x 127.0.0.1:1 host.example 80-81
	[ "${lines[0]}" = 'ncx: connect to proxy 127.0.0.1 port 1 (tcp) for host.example port 80 failed: Connection refused' ]
	[[ ${lines[1]} == 'not known: 80-81 ('* ]]
	[ "${#lines[@]}" -eq 2 ]
}
