#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# capture.bats - --pcap, as Wireshark's tools and tcpdump see it
load helper
load capture

@test "random data both ways is what tshark follows, IPv4 and IPv6" {
	head -c 700000 /dev/urandom >ours
	head -c 900000 /dev/urandom >theirs
	for host in 127.0.0.1 ::1; do
		server ncx -l "$host" 5000 <theirs >server.out
		client ncx --pcap "$host.pcapng" "$host" 5000 <ours >client.out
		succeeds "$SERVER"
		sound "$host.pcapng"
		followed "$host.pcapng" 0 client | cmp - ours
		followed "$host.pcapng" 0 server | cmp - theirs
	done
}

# Who asks while the queue is full asks again a second later, and is let in.
@test "the time to connect is the one of the handshake" {
	fifo go 8
	: >server.out
	ip_start python3 -c 'import socket, sys
s = socket.create_server(("127.0.0.1", 5000), backlog=0)
c = socket.create_connection(("127.0.0.1", 5000))
print("full", flush=True)
sys.stdin.readline()
s.accept()
s.accept()[0].sendall(b"answer\n")' <go >server.out
	SERVER=$!
	await server.out '^full$'
	ip_start ncx -d --pcap a.pcapng 127.0.0.1 5000 >client.out
	CLIENT=$!
	listens "$CLIENT" tcp ':1388 02 '
	echo go >&8
	succeeds "$CLIENT"
	succeeds "$SERVER"
	sound a.pcapng
	rtt=$(fields a.pcapng 'frame.number == 3' tcp.analysis.initial_rtt)
	[[ $rtt == [1-9]* || $rtt == 0.9* ]]
}

@test "HTTP by hand, at a port that is not its own" {
	printf 'hello\n' >"$BATS_FILE_TMPDIR/hello.txt"
	web_server "listen 127.0.0.1:5000;"
	client ncx --pcap a.pcapng --pcap-port 80 127.0.0.1 5000 >out <<-'END'
		GET /hello.txt HTTP/1.0

	END
	sound a.pcapng
	[ "$(fields a.pcapng http.request http.request.uri)" = /hello.txt ]
	[ "$(fields a.pcapng http.response http.response.code http.file_data)" = \
		$'200\thello\\n' ]
	[ "$(fields a.pcapng 'tcp.flags.syn == 1' tcp.dstport | head -n 1)" = 80 ]
}

@test "HTTP over a Unix socket" {
	printf 'hello\n' >"$BATS_FILE_TMPDIR/hello.txt"
	web_server
	client ncx -U --pcap a.pcapng --pcap-port 80 web >out <<-'END'
		GET /hello.txt HTTP/1.0

	END
	sound a.pcapng
	[ "$(fields a.pcapng http.response http.response.code)" = 200 ]
	fields a.pcapng 'frame.number == 1' frame.comment | grep -q 'Unix socket web'
}

@test "DNS over UDP: question and answer" {
	ip_start dnsmasq -d -C /dev/null --port=5000 --no-resolv --no-hosts \
		--listen-address=127.0.0.1 --bind-interfaces \
		--pid-file= --address=/example.test/192.0.2.33
	listens "$!" udp ':1388 0+:0000 07 '
	printf '\12\64\1\0\0\1\0\0\0\0\0\0\7example\4test\0\0\1\0\1' >question
	client ncx -u -W 1 --pcap a.pcapng --pcap-port 53 127.0.0.1 5000 \
		<question >answer
	sound a.pcapng
	[ "$(fields a.pcapng 'dns.flags.response == 0' dns.qry.name)" = example.test ]
	[ "$(fields a.pcapng 'dns.flags.response == 1' dns.a)" = 192.0.2.33 ]
	fields a.pcapng 'frame.number == 1' frame.comment | grep -q '^ncx -u -W 1'
}

@test "two terminals that talk, and who ended it" {
	: >server.out
	: >client.out
	fifo to_client 8
	fifo to_server 9
	server ncx -l --pcap theirs.pcapng 127.0.0.1 5000 <to_client >server.out
	ip_start ncx --pcap ours.pcapng 127.0.0.1 5000 <to_server >client.out
	CLIENT=$!
	echo 'how are you?' >&9
	arrived server.out 13
	echo fine >&8
	arrived client.out 5
	exec 9>&-
	exec 8>&-
	succeeds "$SERVER"
	succeeds "$CLIENT"
	for side in ours theirs; do
		sound "$side.pcapng"
		[ "$(followed "$side.pcapng" 0 client)" = 'how are you?' ]
		[ "$(followed "$side.pcapng" 0 server)" = fine ]
		fields "$side.pcapng" frame frame.comment | tail -n 1 >report
		[ "$(jq -r .event <report)" = closed ]
	done
	[ "$(fields ours.pcapng tcp.len==13 frame.packet_flags_direction)" = 0x00000002 ]
	[ "$(fields theirs.pcapng tcp.len==13 frame.packet_flags_direction)" = 0x00000001 ]
}

@test "a reset is the only thing to warn of" {
	server ncx -l --pcap a.pcapng 127.0.0.1 5000 </dev/null >server.out
	ip_start python3 -c 'import socket, struct
s = socket.create_connection(("127.0.0.1", 5000))
s.sendall(b"hello")
s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("2i", 1, 0))
s.close()'
	finished "$SERVER"
	[ "$STATUS" -eq 5 ]
	sound a.pcapng 'Connection reset \(RST\)'
	[ -n "$(fields a.pcapng 'tcp.flags.reset == 1' frame.number)" ]
}

@test "three clients at once, and one later, are a stream each" {
	: >server.out
	server ncx -l -k -v -n --pcap a.pcapng 127.0.0.1 5000 </dev/null \
		>server.out 2>server.err
	ip_start python3 -c 'import socket
def come(port):
    return socket.create_connection(("127.0.0.1", 5000), 50, ("127.0.0.1", port))
people = [come(port) for port in (4001, 4002, 4003)]
for number, person in enumerate(people):
    person.sendall(b"number %d\n" % number)
for person in people:
    person.shutdown(socket.SHUT_WR)
    assert person.recv(1) == b""
with come(4004) as person:
    person.sendall(b"number 3\n")'
	succeeds "$!"
	timeout "$LIMIT" tail -n +1 -f server.err | grep -c -m 4 closed
	kill -TERM "$SERVER"
	finished "$SERVER"
	sound a.pcapng
	for i in 0 1 2 3; do
		[ "$(followed a.pcapng "$i" client)" = "number $i" ]
	done
}

@test "a port that comes again is another stream" {
	for i in 1 2; do
		server ncx -l 127.0.0.1 5000 </dev/null >server.out
		client ncx -p 4001 --pcap "$i.pcapng" 127.0.0.1 5000 <<<"number $i"
		succeeds "$SERVER"
	done
	mergecap -a -w a.pcapng 1.pcapng 2.pcapng
	sound a.pcapng
	[ "$(followed a.pcapng 0 client)" = 'number 1' ]
	[ "$(followed a.pcapng 1 client)" = 'number 2' ]
}

@test "live: tshark dissects it while the session goes on" {
	mkfifo pipe
	fifo in 8
	: >seen
	HOME=$PWD start tshark -l -i pipe >seen 2>tshark.err
	TSHARK=$!
	server ncx -l 127.0.0.1 5000 </dev/null >server.out
	ip_start ncx --pcap pipe 127.0.0.1 5000 <in
	CLIENT=$!
	echo hello >&8
	await seen '\[PSH, ACK\].*Len=6'
	[ -d "/proc/$CLIENT" ]
	exec 8>&-
	succeeds "$CLIENT"
	await seen '\[FIN, ACK\]'
	succeeds "$TSHARK"
}

@test "live on stdout: what was said is only in there" {
	server ncx -l 127.0.0.1 5000 <<<answer >server.out
	ip_start sh -c 'echo hello | ncx --pcap - 127.0.0.1 5000 |
		HOME=. tshark -l -i - -T fields -e tcp.payload 2>tshark.err' >seen
	succeeds "$!"
	grep -qx 68656c6c6f0a seen
	grep -qx 616e737765720a seen
	[ "$(<server.out)" = hello ]
}

@test "tcpdump, capinfos, mergecap and editcap take it" {
	for i in 1 2; do
		server ncx -l 127.0.0.1 5000 <<<answer >server.out
		client ncx --pcap "$i.pcapng" localhost 5000 <<<question >client.out
		succeeds "$SERVER"
	done
	tcpdump -nr 1.pcapng >dump 2>dump.err
	[ "$(wc -l <dump)" -eq "$(fields 1.pcapng frame frame.number | wc -l)" ]
	grep -q 'Flags \[S\]' dump
	capinfos -M 1.pcapng >info
	grep -qE '^Capture application: +ncx ' info
	grep -qE '^Capture comment: +ncx --pcap 1.pcapng localhost 5000$' info
	grep -qE '^Number of resolved IPv4 addresses in file: 1$' info
	grep -qE "^ +Number of packets = $(wc -l <dump)\$" info
	grep -qE '^Strict time order: +True$' info
	mergecap -w both.pcapng 1.pcapng 2.pcapng
	sound both.pcapng
	editcap -F pcap 1.pcapng classic.pcap
	sound classic.pcap
	tcpdump -nr classic.pcap >dump2 2>dump.err
	[ "$(wc -l <dump2)" -eq "$(wc -l <dump)" ]
}

@test "names: who was asked for" {
	server ncx -l 127.0.0.1 5000 </dev/null >server.out
	client ncx --pcap a.pcapng localhost 5000 <<<hello
	succeeds "$SERVER"
	wire -r a.pcapng -N n | head -n 1 | grep -q 'localhost → localhost'
}
