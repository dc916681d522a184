#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# text2pcap.bats - a dump becomes packets that have all that was said
load helper

# FLAGS of text2pcap come last; the peer is 192.0.2.7, we are 192.0.2.1.
packets() {
	timeout "$LIMIT" text2pcap -q -D -4 192.0.2.7,192.0.2.1 "$@" \
		dump dump.pcap 2>text2pcap.err
}

# fields FILTER FIELD: of the packets
fields() {
	timeout "$LIMIT" tshark -n -r dump.pcap -Y "$1" -T fields -e "$2" \
		2>/dev/null
}

# payload FILTER FIELD: as bytes
payload() {
	fields "$@" | tr -d '\n' | xxd -r -p
}

# Bytes that look like the dump itself, and random ones
make_files() {
	cd "$BATS_FILE_TMPDIR" || return
	{
		printf '0000  41 41 41 41\n0010 42\nO 0.1 (3 bytes at 0x0)\n'
		printf '#TEXT2PCAP x\n# y\n'
		yes 'aa bb cc 0000 0010 de ad' | head -c 3000
		head -c 300000 /dev/urandom
	} >ours
	{
		printf 'cafe 0000 12 I\n'
		head -c 300000 /dev/urandom
	} >theirs
}

# dumped OPTION...: both files, and a dump of it by the client
dumped() {
	listener 127.0.0.1 <"$BATS_FILE_TMPDIR/theirs" >received
	ncx --hex-dump dump "$@" 127.0.0.1 "$PORT" \
		<"$BATS_FILE_TMPDIR/ours" >client.out
	finished "$SERVER"
	cmp "$BATS_FILE_TMPDIR/theirs" client.out
}

@test "text2pcap: a stream, its directions and its absolute times" {
	dumped --timestamps abs
	packets -t ISO -T 80,40000
	cmp "$BATS_FILE_TMPDIR/ours" <(payload 'ip.dst == 192.0.2.7' tcp.payload)
	cmp "$BATS_FILE_TMPDIR/theirs" <(payload 'ip.src == 192.0.2.7' tcp.payload)
	[ -z "$(fields 'tcp.srcport == 80 && ip.src != 192.0.2.7' frame.number)" ]
	diff <(fields frame frame.time_epoch | sed 's/...$//') \
		<(sed -nE 's/^[IO] (\S+) .*/\1/p' dump | date -f - +%s.%6N)
	[ -z "$(fields 'tcp.analysis.flags' frame.number)" ]
}

@test "text2pcap: relative times" {
	dumped --timestamps rel
	packets -t %s.%f -T 80,40000
	cmp "$BATS_FILE_TMPDIR/ours" <(payload 'ip.dst == 192.0.2.7' tcp.payload)
	diff <(fields frame frame.time_epoch | sed 's/...$//') \
		<(sed -nE 's/^[IO] (\S+) .*/\1/p' dump)
}

@test "text2pcap: no times at all" {
	dumped --timestamps delta
	packets -T 80,40000
	cmp "$BATS_FILE_TMPDIR/ours" <(payload 'ip.dst == 192.0.2.7' tcp.payload)
	cmp "$BATS_FILE_TMPDIR/theirs" <(payload 'ip.src == 192.0.2.7' tcp.payload)
}

@test "text2pcap: datagrams of any length" {
	: >server.out
	listener -k -u 127.0.0.1 --hex-dump dump --timestamps abs </dev/null \
		>server.out
	python3 - "$PORT" <<-'END' >sent
		import os, socket, sys
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.connect(('127.0.0.1', int(sys.argv[1])))
		for text in (b'', os.urandom(65507), b'', b'cafe ', b'1', b'\nlast\n'):
		    s.send(text)
		    if text:
		        print(text.hex())
	END
	await server.out '^last$'
	packets -t ISO -u 9,40000
	cmp sent <(fields 'ip.src == 192.0.2.7' udp.payload)
	[ -z "$(fields 'ip.dst == 192.0.2.7' frame.number)" ]
}

@test "text2pcap: HTTP by hand is dissected" {
	listener 127.0.0.1 -c 'read -r x; printf "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi"'
	printf 'GET /cafe HTTP/1.0\r\n\r\n' |
		ncx --hex-dump dump --timestamps abs 127.0.0.1 "$PORT" >client.out
	finished "$SERVER"
	packets -t ISO -T 80,40000
	[ "$(fields http.request http.request.uri)" = /cafe ]
	[ "$(fields http.response http.response.code)" = 200 ]
}

@test "text2pcap: the command of the man page" {
	dumped --timestamps abs
	command=$(sed -n 's/^\.Dl \(text2pcap .*\)/\1/p' \
		"${NCX_SOURCE:?the sources}/man/ncx.1")
	[[ $command == 'text2pcap '*' dump out.pcap' ]]
	sh -c "timeout $LIMIT $command" 2>text2pcap.err
	mv out.pcap dump.pcap
	cmp "$BATS_FILE_TMPDIR/ours" <(payload 'ip.dst == 192.0.2.7' tcp.payload)
}
