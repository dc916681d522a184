#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# tlsways.bats - TLS over all that ncx can speak over, with all that it can do
load tls

# crosses_to HOST OPTION...: a file each way, one after the other, for proxies
# take the end of one direction for that of both
crosses_to() {
	server ncx "${AS_SERVER[@]}" -l "$1" 5000 </dev/null >received
	client ncx "${AS_CLIENT[@]}" "${@:2}" "$1" 5000 \
		<"$BATS_FILE_TMPDIR/ours"
	succeeds "$SERVER"
	cmp received "$BATS_FILE_TMPDIR/ours"
	server ncx "${AS_SERVER[@]}" -l "$1" 5000 <"$BATS_FILE_TMPDIR/theirs"
	client ncx "${AS_CLIENT[@]}" -d "${@:2}" "$1" 5000 >received
	succeeds "$SERVER"
	cmp received "$BATS_FILE_TMPDIR/theirs"
}

# proxy WORDS...: one on port 5001
proxy() {
	ip_start "$@" </dev/null >proxy.log 2>&1
	listens "$!" tcp ':1389 0+:0000 0A '
}

@test "IPv4, IPv6 and a name" {
	for host in 127.0.0.1 ::1 localhost; do
		crosses_to "$host"
	done
}

@test "SOCKS 5 by microsocks, to an IPv4 and an IPv6 address, and a name" {
	proxy microsocks -i 127.0.0.1 -p 5001
	for host in 127.0.0.1 ::1 localhost; do
		crosses_to "$host" -X 5 -x 127.0.0.1:5001
	done
}

@test "CONNECT by tinyproxy" {
	printf '%s\n' 'Port 5001' 'Listen 127.0.0.1' 'Timeout 60' >tinyproxy.conf
	proxy tinyproxy -d -c tinyproxy.conf
	for host in 127.0.0.1 localhost; do
		crosses_to "$host" -X connect -x 127.0.0.1:5001
	done
}

@test "CONNECT by ncat" {
	proxy ncat -lk --proxy-type http 127.0.0.1 5001
	crosses_to 127.0.0.1 -X connect -x 127.0.0.1:5001
}

@test "through a proxy: who is refused, is named with the target" {
	proxy microsocks -i 127.0.0.1 -p 5001
	server ncx -l "${AS_SERVER[@]}" 127.0.0.1 5000 </dev/null 2>server.err
	run -7 --separate-stderr "${NETWORK[@]}" ncx "${AS_CLIENT[@]}" \
		--tls-name other -x 127.0.0.1:5001 127.0.0.1 5000 </dev/null
	echo "$stderr"
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == *'127.0.0.1 port 5000'*': name "other" is not in the certificate (it has localhost, 127.0.0.1, ::1)' ]]
	finished "$SERVER"
	[ "$STATUS" -eq 7 ]
}

@test "a Unix socket" {
	unix_server sock ncx -lU "${AS_SERVER[@]}" sock \
		<"$BATS_FILE_TMPDIR/theirs" >received
	unix_client ncx -U "${AS_CLIENT[@]}" sock \
		<"$BATS_FILE_TMPDIR/ours" >answer
	succeeds "$SERVER"
	cmp "$BATS_FILE_TMPDIR/ours" received
	cmp "$BATS_FILE_TMPDIR/theirs" answer
}

@test "a Unix socket: openssl s_client, both ways" {
	held
	fifo in 8
	: >peer.out
	unix_server sock ncx -lU "${AS_SERVER[@]}" sock <in >ncx.out
	start openssl s_client -quiet -unix sock -CAfile "$PKI/root.crt" \
		-verify_return_error -verify_hostname localhost <held >peer.out
	exchange "$SERVER" "$!"
}

@test "a Unix socket: stunnel, in front of a program" {
	stunnel_conf "accept = $PWD/sock" "exec = $(type -P sort)" \
		"execArgs = sort" "cert = $PKI/server.pem" "key = $PKI/server.key"
	unix_server "$PWD/sock" stunnel4 stunnel.conf
	unix_client ncx -U "${AS_CLIENT[@]}" sock <<<$'two\none' >answer
	[ "$(<answer)" = $'one\ntwo' ]
}

@test "forty clients at once, and a program for each" {
	server ncx -lk "${AS_SERVER[@]}" -c 'exec sha256sum' 127.0.0.1 5000
	local pids=() sum
	sum=$(sha256sum <"$BATS_FILE_TMPDIR/ours")
	for i in {1..40}; do
		ip_start ncx "${AS_CLIENT[@]}" 127.0.0.1 5000 \
			<"$BATS_FILE_TMPDIR/ours" >"answer$i"
		pids+=("$!")
	done
	for pid in "${pids[@]}"; do
		succeeds "$pid"
	done
	for i in {1..40}; do
		[ "$(<"answer$i")" = "$sum" ]
	done
}

@test "other people's clients ask a program at once" {
	server ncx -lk "${AS_SERVER[@]}" -e "$(type -P sort)" 127.0.0.1 5000
	local pids=()
	for i in {1..4}; do
		ip_start socat -t 60 - "OPENSSL:127.0.0.1:5000,cafile=$PKI/root.crt" \
			<<<$'two\none' >"answer$i"
		pids+=("$!")
	done
	for pid in "${pids[@]}"; do
		succeeds "$pid"
	done
	for i in {1..4}; do
		[ "$(<"answer$i")" = $'one\ntwo' ]
	done
}

@test "a broker: TLS members of three kinds hear each other" {
	server ncx -lk --broker "${AS_SERVER[@]}" -v 127.0.0.1 5000 \
		</dev/null 2>server.err
	fifo a 8
	fifo b 9
	: >a.out
	: >b.out
	ip_start "${S_CLIENT[@]}" <a >a.out
	await server.err '^Connection received'
	ip_start ncx "${AS_CLIENT[@]}" 127.0.0.1 5000 <b >b.out
	lines_of 2 server.err '^Connection received'
	echo 'from a' >&8
	await b.out '^from a$'
	echo 'from b' >&9
	await a.out '^from b$'
	client ncat --ssl --send-only 127.0.0.1 5000 <<<'from c'
	await a.out '^from c$'
	await b.out '^from c$'
}

# lines_of COUNT FILE REGEX
lines_of() {
	local count
	count=$(timeout "$LIMIT" tail -n +1 -f "$2" 3>&- 8>&- 9>&- |
		grep -c -m "$1" "$3")
	[ "$count" -eq "$1" ]
}

@test "--relay ends TLS in front of a plain server" {
	ip_start socat -t 60 TCP-LISTEN:5001,bind=127.0.0.1,fork,reuseaddr EXEC:sort
	listens "$!" tcp ':1389 0+:0000 0A '
	server ncx -lk "${AS_SERVER[@]}" --relay 127.0.0.1:5001 127.0.0.1 5000
	for _ in 1 2; do
		client socat -t 60 - "OPENSSL:127.0.0.1:5000,cafile=$PKI/root.crt" \
			<<<$'two\none' >answer
		[ "$(<answer)" = $'one\ntwo' ]
	done
	client ncx "${AS_CLIENT[@]}" 127.0.0.1 5000 <"$BATS_FILE_TMPDIR/ours" >answer
	cmp answer <(sort "$BATS_FILE_TMPDIR/ours")
}

# sorter: socat, which answers over TLS on port 5001 to all who come
sorter() {
	ip_start socat -t 60 "OPENSSL-LISTEN:5001,bind=127.0.0.1,fork,reuseaddr,cert=$PKI/${1-server}.pem,key=$PKI/${1-server}.key,verify=0" EXEC:sort
	listens "$!" tcp ':1389 0+:0000 0A '
}

@test "--relay-tls begins TLS for plain clients" {
	sorter
	server ncx -lk --relay 127.0.0.1:5001 --relay-tls \
		--tls-ca "$PKI/root.crt" 127.0.0.1 5000
	for _ in 1 2; do
		client nc.openbsd -N 127.0.0.1 5000 <<<$'two\none' >answer
		[ "$(<answer)" = $'one\ntwo' ]
	done
}

@test "--relay-tls: TLS on both sides" {
	sorter
	server ncx -lk "${AS_SERVER[@]}" --relay 127.0.0.1:5001 --relay-tls \
		--tls-ca "$PKI/root.crt" 127.0.0.1 5000
	client ncx "${AS_CLIENT[@]}" 127.0.0.1 5000 <<<$'two\none' >answer
	[ "$(<answer)" = $'one\ntwo' ]
}

@test "--relay-tls: a target that is refused gets nothing" {
	sorter self
	server ncx -lk --relay 127.0.0.1:5001 --relay-tls \
		--tls-ca "$PKI/root.crt" 127.0.0.1 5000 2>relay.err
	run ! --separate-stderr "${NETWORK[@]}" ncx --no-shutdown 127.0.0.1 5000 \
		<<<question
	grep -qxF "ncx: TLS handshake with 127.0.0.1 port 5001 (tcp) failed: certificate is self-signed (its pin is $(pin self))" relay.err
	[ -z "$output" ]
}

@test "-z --tls: is TLS there, whose, and until when" {
	server ncat -lk --ssl --ssl-cert "$PKI/server.pem" \
		--ssl-key "$PKI/server.key" 127.0.0.1 5000
	run -0 "${NETWORK[@]}" ncx -z -v "${AS_CLIENT[@]}" 127.0.0.1 5000
	echo "$output"
	[[ $output == *'TLSv1.3'* ]]
	[[ $output == *'CN = test server, from CN = test middle'* ]]
	[[ $output == *"to $(validity server | sed 's/.* to //')"* ]]
	run -7 "${NETWORK[@]}" ncx -z --tls 127.0.0.1 5000
}

@test "-z --tls: no TLS there" {
	server ncx -lk 127.0.0.1 5000 <<<hello
	run -7 --separate-stderr "${NETWORK[@]}" ncx -z -v --tls 127.0.0.1 5000
	[[ $stderr == *'the peer does not speak TLS'* ]]
}
