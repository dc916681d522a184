#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# tlscapture.bats - --pcap of TLS: what was said inside of it
load tls
load capture

@test "HTTP in TLS is plaintext in the capture" {
	printf 'hello\n' >"$BATS_FILE_TMPDIR/hello.txt"
	web_server "listen 127.0.0.1:5000 ssl; ssl_protocols TLSv1.3;" \
		"ssl_certificate $PKI/server.pem; ssl_certificate_key $PKI/server.key;"
	client ncx "${AS_CLIENT[@]}" --pcap a.pcapng --pcap-port 80 \
		localhost 5000 >out <<-'END'
			GET /hello.txt HTTP/1.0

		END
	sound a.pcapng
	[ "$(fields a.pcapng http.response http.response.code http.file_data)" = \
		$'200\thello\\n' ]
	fields a.pcapng 'tcp.flags.syn == 1' frame.comment | grep -q 'TLSv1.3 plaintext'
	(($(fields a.pcapng 'tcp.flags.fin == 1' frame.number | wc -l) == 2))
}

@test "a client of TLS: the same" {
	server ncx -l "${AS_SERVER[@]}" --pcap a.pcapng 127.0.0.1 5000 \
		<"$BATS_FILE_TMPDIR/ours" >server.out
	client ncx "${AS_CLIENT[@]}" 127.0.0.1 5000 \
		<"$BATS_FILE_TMPDIR/theirs" >client.out
	succeeds "$SERVER"
	sound a.pcapng
	followed a.pcapng 0 client | cmp - "$BATS_FILE_TMPDIR/theirs"
	followed a.pcapng 0 server | cmp - "$BATS_FILE_TMPDIR/ours"
	fields a.pcapng 'tcp.flags.syn == 1' frame.comment | grep -q 'TLSv1.3 plaintext'
}

@test "TLS that did not come about: the connection" {
	server ncx -l "${AS_SERVER[@]}" --pcap theirs.pcapng 127.0.0.1 5000 \
		</dev/null >server.out
	ip_start ncx --tls --pcap ours.pcapng 127.0.0.1 5000
	finished "$!"
	[ "$STATUS" -eq 7 ]
	finished "$SERVER"
	for side in ours theirs; do
		sound "$side.pcapng"
		[ "$(fields "$side.pcapng" frame tcp.flags | paste -sd' ')" = \
			'0x0002 0x0012 0x0010 0x0011' ]
		fields "$side.pcapng" 'frame.number == 4' frame.comment |
			grep -q '"status":7}'
	done
}
