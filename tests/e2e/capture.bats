#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# capture.bats - --pcap: a session as packets
#
# pcapng.py reads the files, and finds what is wrong with them.
load helper
load people

# packets FILE: a line for each block, $output; all of it is right.
packets() {
	run -0 python3 "$BATS_TEST_DIRNAME/pcapng.py" list "$1"
}

# shows PATTERN...: these are the packets, in this order, and all of them.
# Names of the ends: U is ours, T is theirs.
shows() {
	local i=0 line want
	while read -r line; do
		want="^packet ${1-nothing more}( \|.*)?\$"
		shift || :
		[[ $line =~ $want ]] ||
			{ echo "$line is not '$want'" && echo "$output" && return 1; }
		((++i))
	done < <(grep '^packet' <<<"$output")
	(($# == 0)) || { echo "missing: $*" && echo "$output" && return 1; }
}

# said FILE in|out: what was
said() {
	python3 "$BATS_TEST_DIRNAME/pcapng.py" said "$1" "$2"
}

# peer TASK...: somebody who does these, see peers.py, at $PORT
peer() {
	: >peer.out
	start python3 "$BATS_TEST_DIRNAME/peers.py" server "$@" >peer.out
	PEER=$!
	await peer.out '^port ([0-9]+)$'
	PORT=${BASH_REMATCH[1]}
}

# succeeds PID
succeeds() {
	finished "$1"
	[ "$STATUS" -eq 0 ]
}

# holds FILE TEXT: until it does, whatever else is in it
holds() {
	timeout "$LIMIT" tail -c +1 -f "$1" 3>&- 8>&- 9>&- |
		LC_ALL=C grep -qaF "$2"
}

U='127\.0\.0\.1:[0-9]+'

@test "a connection of ours: handshake, what was said, both ends" {
	peer hear:question say:answer eof
	ncx --pcap a.pcapng 127.0.0.1 "$PORT" <<<question >out
	succeeds "$PEER"
	packets a.pcapng
	T="127\.0\.0\.1:$PORT"
	shows "out tcp $U $T S 0" "in tcp $T $U SA 0" "out tcp $U $T A 0" \
		"out tcp .* PA 9" "(out|in) tcp .* (PA 7|FA 0)" \
		"(out|in) tcp .* (PA 7|FA 0)" "(out|in) tcp .* FA 0" \
		"(out|in) tcp .* A 0 \| \{.*\"received\":\{\"bytes\":7,.*\"sent\":\{\"bytes\":9,.*\"status\":0\}"
	[[ $output == "section | ncx --pcap a.pcapng 127.0.0.1 $PORT | made from the data of sockets: "* ]]
	[[ $output == *$'\nstatistics 8' ]]
	[ "$(said a.pcapng in)" = answer ]
	[ "$(said a.pcapng out)" = question ]
}

@test "a connection of theirs: they begin" {
	listener --pcap a.pcapng 127.0.0.1 </dev/null >server.out
	ncx 127.0.0.1 "$PORT" <<<question
	succeeds "$SERVER"
	packets a.pcapng
	T="127\.0\.0\.1:$PORT"
	shows "in tcp $U $T S 0" "out tcp $T $U SA 0" "in tcp $U $T A 0" \
		"in tcp $U $T PA 9" "in tcp $U $T FA 0" "out tcp $T $U FA 0" \
		"in tcp $U $T A 0"
}

@test "it is for its owner only" {
	umask 0
	ncx --pcap a.pcapng 127.0.0.1 1 || :
	[ "$(stat -c %a a.pcapng)" = 600 ]
}

@test "megabytes both ways at once are in it, byte by byte" {
	head -c 3000000 /dev/urandom >ours
	head -c 5000000 /dev/urandom >theirs
	listener ::1 <theirs >server.out
	ncx --pcap a.pcapng ::1 "$PORT" <ours >out
	succeeds "$SERVER"
	cmp out theirs
	cmp server.out ours
	packets a.pcapng
	said a.pcapng in | cmp - theirs
	said a.pcapng out | cmp - ours
	grep -q '^packet in tcp \[::1\]:'"$PORT"' \[::1\]:[0-9]* PA ' <<<"$output"
	grep -q '^packet out .* A 0$' <<<"$output"
}

@test "a file that is there is left alone, and nobody is connected to" {
	peer hear:hello
	echo mine >a.pcapng
	says 6 'ncx: open of a.pcapng failed: File exists; --force replaces it' \
		ncx --pcap a.pcapng 127.0.0.1 "$PORT" <<<hello
	[ "$(<a.pcapng)" = mine ]
	[ "$(<peer.out)" = "port $PORT" ]
	ncx --force --pcap a.pcapng 127.0.0.1 "$PORT" <<<hello
	succeeds "$PEER"
	packets a.pcapng
	[ "$(said a.pcapng out)" = hello ]
}

@test "a listener that cannot write it does not listen" {
	echo mine >a.pcapng
	says 6 'ncx: open of a.pcapng failed: File exists; --force replaces it' \
		ncx -lv --pcap a.pcapng 127.0.0.1 0 </dev/null
}

@test "a file that cannot be opened" {
	says 6 'ncx: open of no/a.pcapng failed: No such file or directory' \
		ncx --pcap no/a.pcapng 127.0.0.1 1
	mkdir folder
	says 6 'ncx: open of folder failed: Is a directory' \
		ncx --force --pcap folder 127.0.0.1 1
	ln -s elsewhere link
	says 6 'ncx: open of link failed: File exists; --force replaces it' \
		ncx --pcap link 127.0.0.1 1
	[ ! -e elsewhere ]
}

@test "without permission" {
	network here
	mkdir -m 555 private
	says 6 'ncx: open of private/a.pcapng failed: Permission denied' \
		"${NETWORK[@]}" setpriv --inh-caps -dac_override \
		--bounding-set -dac_override \
		"$NCX" --pcap private/a.pcapng 127.0.0.1 1
}

@test "a full disk ends the capture, and not the transfer" {
	network disk
	"${NETWORK[@]}" sh -c 'mkdir full && mount -t tmpfs -o size=200k none full'
	head -c 1000000 /dev/urandom >ours
	start "${NETWORK[@]}" ncx -lvn 127.0.0.1 0 </dev/null >server.out 2>server.err
	SERVER=$!
	await server.err '^Listening on .* ([0-9]+)$'
	PORT=${BASH_REMATCH[1]}
	run --separate-stderr -6 "${NETWORK[@]}" ncx --pcap full/a.pcapng \
		127.0.0.1 "$PORT" <ours
	[ "$stderr" = 'ncx: write to full/a.pcapng failed: No space left on device' ]
	succeeds "$SERVER"
	cmp ours server.out
	"${NETWORK[@]}" cat full/a.pcapng >a.pcapng
	packets a.pcapng
	said a.pcapng out >part
	[ -s part ]
	cmp -n "$(wc -c <part)" part ours
}

@test "a limit to the size of files does the same" {
	head -c 1000000 /dev/urandom >ours
	listener 127.0.0.1 </dev/null >server.out
	says 6 'ncx: write to a.pcapng failed: File too large' \
		prlimit --fsize=300000 "$NCX" --pcap a.pcapng 127.0.0.1 "$PORT" <ours
	succeeds "$SERVER"
	cmp ours server.out
	packets a.pcapng
	said a.pcapng out >part
	[ -s part ]
	cmp -n "$(wc -c <part)" part ours
}

@test "a reader of the capture that leaves" {
	mkfifo pipe
	head -c 1000000 /dev/urandom >ours
	listener 127.0.0.1 </dev/null >server.out
	start head -c 100 pipe >/dev/null
	says 6 'ncx: write to pipe failed: Broken pipe' \
		ncx --pcap pipe 127.0.0.1 "$PORT" <ours
	succeeds "$SERVER"
	cmp ours server.out
}

@test "it is read while it is written: a FIFO" {
	mkfifo pipe
	fifo in 8
	listener 127.0.0.1 </dev/null >server.out
	: >copy
	start cat pipe >copy
	COPY=$!
	start ncx --pcap pipe 127.0.0.1 "$PORT" <in
	CLIENT=$!
	echo hello >&8
	holds copy hello
	packets copy
	[ "$(said copy out)" = hello ]
	exec 8>&-
	succeeds "$CLIENT"
	succeeds "$COPY"
	packets copy
	[[ $output == *$'\nstatistics '* ]]
}

@test "on stdout, which then has nothing else" {
	head -c 300000 /dev/urandom >ours
	head -c 200000 /dev/urandom >theirs
	listener 127.0.0.1 <theirs >server.out
	ncx --pcap - 127.0.0.1 "$PORT" <ours >a.pcapng
	succeeds "$SERVER"
	cmp ours server.out
	packets a.pcapng
	said a.pcapng out | cmp - ours
	said a.pcapng in | cmp - theirs
}

@test "a reader of stdout that leaves" {
	head -c 3000000 /dev/urandom >ours
	listener 127.0.0.1 </dev/null >server.out
	{
		STATUS=0
		ncx --pcap - 127.0.0.1 "$PORT" <ours 2>client.err || STATUS=$?
		echo "$STATUS" >status
	} | head -c 10 >ten
	succeeds "$SERVER"
	cmp ours server.out
	[ "$(<client.err)" = 'ncx: write to stdout failed: Broken pipe' ]
	[ "$(<status)" = 6 ]
}

@test "killed, it leaves a file that can be read" {
	fifo in 8
	listener --pcap a.pcapng 127.0.0.1 </dev/null >server.out
	start ncx 127.0.0.1 "$PORT" <in
	echo hello >&8
	await server.out '^hello$'
	kill -KILL "$(program "$SERVER")"
	finished "$SERVER"
	packets a.pcapng
	[ "$(said a.pcapng in)" = hello ]
	[[ $output != *statistics* ]]
}

@test "ended by a signal: our end, as the system tells it" {
	fifo in 8
	listener --pcap a.pcapng 127.0.0.1 </dev/null >server.out
	start ncx 127.0.0.1 "$PORT" <in
	echo hello >&8
	await server.out '^hello$'
	kill -TERM "$(program "$SERVER")"
	finished "$SERVER"
	[ "$STATUS" -eq 143 ]
	packets a.pcapng
	shows "in .* S 0" "out .* SA 0" "in .* A 0" "in .* PA 6" \
		"out .* FA 0 \| \{.*\"status\":143\}"
	[[ $output == *$'\nstatistics 5' ]]
}

@test "ended by a signal, while its reader takes nothing" {
	mkfifo capture
	exec 9<>capture
	# there is room for what comes before the report, and none for that
	python3 -c 'import fcntl; fcntl.fcntl(9, fcntl.F_SETPIPE_SZ, 8192)'
	fifo in 8
	: >server.out
	listener --pcap capture 127.0.0.1 </dev/null >server.out
	start ncx 127.0.0.1 "$PORT" <in
	printf '%03000d\n' 0 >&8
	await server.out '^0+$'
	kill -TERM "$(program "$SERVER")"
	finished "$SERVER"
	[ "$STATUS" -eq 143 ]
}

@test "who has ended its direction and waits ends with an acknowledgement" {
	fifo answers 9
	listener -v --linger 1h 127.0.0.1 <answers >server.out
	start ncx --pcap a.pcapng 127.0.0.1 "$PORT" <<<hello
	CLIENT=$!
	await server.err 'their FIN: the peer sends no more, after 6 bytes$'
	kill -TERM "$(program "$CLIENT")"
	finished "$CLIENT"
	packets a.pcapng
	shows "out .* S 0" "in .* SA 0" "out .* A 0" "out .* PA 6" "out .* FA 0" \
		"in .* A 0 \| \{.*\"status\":143\}"
}

@test "a reset of theirs" {
	fifo in 8
	peer hear:hello reset
	echo hello >&8
	run --separate-stderr -5 ncx --pcap a.pcapng 127.0.0.1 "$PORT" <in
	succeeds "$PEER"
	packets a.pcapng
	shows "out .* S 0" "in .* SA 0" "out .* A 0" "out .* PA 6" \
		"in .* RA 0 \| \{.*\"status\":5\}"
}

@test "a reset of ours" {
	peer say:hello broken
	fifo in 8
	ncx --pcap a.pcapng 127.0.0.1 "$PORT" <in >/dev/full || STATUS=$?
	[ "$STATUS" -eq 6 ]
	succeeds "$PEER"
	packets a.pcapng
	grep -qE '^packet out .* RA 0 \| \{.*"status":6\}$' <<<"$output"
}

@test "refused: each address, and who it was that was asked for" {
	run --separate-stderr -1 ncx -4 --pcap a.pcapng localhost 1 2
	packets a.pcapng
	shows "out tcp $U 127\.0\.0\.1:1 S 0 \| ncx -4 .* \| Connection refused" \
		"in tcp 127\.0\.0\.1:1 $U RA 0" \
		"out tcp $U 127\.0\.0\.1:2 S 0 \| Connection refused" \
		"in tcp 127\.0\.0\.1:2 $U RA 0"
	(($(grep -c '^names 127.0.0.1 localhost$' <<<"$output") == 1))
}

# A neighbour that swallows whatever it gets.
swallower() {
	network lonely
	"${NETWORK[@]}" sh -e -c '
		ip link add d0 type veth peer name d1
		ip link set d1 up
		ip addr add 10.0.0.1/24 dev d0
		ip -6 addr add fd00::1/64 dev d0 nodad
		ip link set d0 up
		ip neigh add 10.0.0.2 dev d0 lladdr 02:00:00:00:00:02
		ip neigh add fd00::2 dev d0 lladdr 02:00:00:00:00:02
		printf "%s both\n" fd00::2 10.0.0.1 >hosts
		mount --bind hosts "$(realpath /etc/hosts)"'
}

@test "no answer: a question" {
	swallower
	run --separate-stderr -4 "${NETWORK[@]}" ncx -w 300ms \
		--pcap a.pcapng 10.0.0.2 80
	packets a.pcapng
	shows "out tcp 10\.0\.0\.1:[0-9]+ 10\.0\.0\.2:80 S 0 \| .* \| Connection timed out"
}

@test "an address that was quicker than another" {
	swallower
	start "${NETWORK[@]}" ncx -lvn 10.0.0.1 0 <<<hello 2>server.err
	SERVER=$!
	await server.err '^Listening on .* ([0-9]+)$'
	PORT=${BASH_REMATCH[1]}
	"${NETWORK[@]}" ncx -d --pcap a.pcapng both "$PORT"
	succeeds "$SERVER"
	packets a.pcapng
	T="10\.0\.0\.1:$PORT"
	shows "out tcp \[fd00::1\]:[0-9]+ \[fd00::2\]:$PORT S 0 \| .* \| given up: another address was quicker" \
		"out tcp .* $T S 0" "in tcp $T .* SA 0" "out tcp .* $T A 0" \
		"in tcp $T .* PA 6" "(in|out) .* FA 0" "(in|out) .* FA 0" \
		"(in|out) .* A 0"
	grep -qx 'names fd00::2 both' <<<"$output"
	grep -qx 'names 10.0.0.1 both' <<<"$output"
}

@test "datagrams of ours, an empty one too" {
	: >server.out
	fifo answers 9
	listener -u 127.0.0.1 <answers >server.out
	fifo in 8
	: >out
	start ncx -u --pcap a.pcapng 127.0.0.1 "$PORT" <in >out
	CLIENT=$!
	echo question >&8
	await server.out '^question$'
	echo answer >&9
	await out '^answer$'
	kill "$(program "$CLIENT")"
	finished "$CLIENT"
	packets a.pcapng
	T="127\.0\.0\.1:$PORT"
	shows "out udp $U $T - 9 \| ncx -u .*" "in udp $T $U - 7"
	[[ $output == *$'\nstatistics 2 | {'*'"status":143}'$'\nstatistics 2' ]]
}

@test "datagrams of theirs: each peer, and the address it wrote to" {
	listener -u -k --pcap a.pcapng 0.0.0.0 </dev/null >server.out
	for i in 1 2; do
		ncx -u -q 0 "127.0.0.$i" "$PORT" <<<"number $i"
		await server.out "^number $i\$"
	done
	kill -TERM "$(program "$SERVER")"
	finished "$SERVER"
	packets a.pcapng
	shows "in udp $U 127\.0\.0\.1:$PORT - 9 \| .*" \
		"in udp $U 127\.0\.0\.2:$PORT - 9 \| session 2"
}

@test "an empty datagram is one" {
	listener -u -W 1 --pcap a.pcapng 127.0.0.1 </dev/null >server.out
	python3 -c 'import socket, sys
socket.socket(type=socket.SOCK_DGRAM).sendto(b"", ("127.0.0.1", int(sys.argv[1])))' "$PORT"
	succeeds "$SERVER"
	packets a.pcapng
	shows "in udp $U 127\.0\.0\.1:$PORT - 0"
}

@test "Unix sockets: invented addresses, and the path in a comment" {
	listener_at() {
		: >server.err
		start ncx -l -v "$@" path </dev/null >server.out 2>server.err
		SERVER=$!
		await server.err ' on path$'
	}
	listener_at -U --pcap theirs.pcapng
	ncx -U --pcap ours.pcapng path <<<hello
	succeeds "$SERVER"
	T='127\.0\.0\.2:2' U='127\.0\.0\.1:1'
	packets ours.pcapng
	shows "out tcp $U $T S 0 \| .* \| Unix socket path" "in tcp $T $U SA 0" \
		"out tcp $U $T A 0" "out .* PA 6" "out .* FA 0" "in .* FA 0" \
		"out .* A 0"
	packets theirs.pcapng
	shows "in tcp $U $T S 0 \| .* \| Unix socket path" "out tcp $T $U SA 0" \
		"in tcp $U $T A 0" "in .* PA 6" "in .* FA 0" "out .* FA 0" "in .* A 0"
	listener_at --seqpacket -U
	ncx --seqpacket -U --pcap records.pcapng path <<<hello
	succeeds "$SERVER"
	packets records.pcapng
	shows "out tcp $U $T S 0 \| .* \| Unix socket path \(seqpacket\)" \
		"in .* SA 0" "out .* A 0" "out .* PA 6" "out .* FA 0" "in .* FA 0" \
		"out .* A 0"
	listener_at -u -U -W 1
	ncx -u -U -q 0 --pcap datagrams.pcapng path <<<hello
	succeeds "$SERVER"
	packets datagrams.pcapng
	shows "out udp $U $T - 6 \| .* \| Unix socket path \(datagrams\)"
}

@test "a Unix socket that nobody listens on" {
	python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("stale")'
	run --separate-stderr -1 ncx -U --pcap a.pcapng stale
	packets a.pcapng
	shows "out tcp 127\.0\.0\.1:1 127\.0\.0\.2:2 S 0 .*\| Connection refused" \
		"in tcp 127\.0\.0\.2:2 127\.0\.0\.1:1 RA 0"
}

@test "--pcap-port is the port of the service" {
	peer hear:hello
	ncx --pcap a.pcapng --pcap-port 80 127.0.0.1 "$PORT" <<<hello
	succeeds "$PEER"
	packets a.pcapng
	grep -qE "^packet out tcp $U 127\.0\.0\.1:80 S 0" <<<"$output"
	listener --pcap b.pcapng --pcap-port 80 127.0.0.1 </dev/null
	ncx 127.0.0.1 "$PORT" <<<hello
	succeeds "$SERVER"
	packets b.pcapng
	grep -qE "^packet in tcp $U 127\.0\.0\.1:80 S 0" <<<"$output"
	ncx -p 8080 -U --pcap c.pcapng nowhere || :
	says 2 'ncx: must use --pcap with --pcap-port' ncx --pcap-port 80 h 1
	says 2 'ncx: --pcap-port "0": expected a number from 1 to 65535' \
		ncx --pcap a --pcap-port 0 h 1
}

@test "options that go with it, and do not" {
	says 2 'ncx: must use --pcap with --force' ncx --force h 1
	says 2 'ncx: cannot use --pcap and -z' ncx -z --pcap a h 1
	says 2 'ncx: cannot use --pcap and -F' ncx -F --pcap a h 1
	[ ! -e a ]
}

@test "passwords are not in it, the proxy is" {
	printf '\5\2\1\0\5\0\0\1\0\0\0\0\0\0the banner' >banner
	listener 127.0.0.1 <banner >server.out
	run -0 ncx -d --pcap a.pcapng -x "127.0.0.1:$PORT" -P me:secret h.example 80
	succeeds "$SERVER"
	run ! grep -q secret a.pcapng
	packets a.pcapng
	[ "$(said a.pcapng in)" = 'the banner' ]
	shows "out tcp $U 127\.0\.0\.1:$PORT S 0 \| ncx .* -P me:\*\*\* h.example 80 \| to h.example port 80 through the proxy 127.0.0.1 port $PORT" \
		"in .* SA 0" "out .* A 0" "in .* PA 10" "in .* FA 0" "out .* FA 0" \
		"in .* A 0"
}

@test "a proxy that refuses: the connection to it" {
	printf '\5\0\5\5\0\1\0\0\0\0\0\0' >banner
	listener 127.0.0.1 <banner >server.out
	run -8 ncx --pcap a.pcapng -x "127.0.0.1:$PORT" h.example 80
	packets a.pcapng
	shows "out tcp .* 127\.0\.0\.1:$PORT S 0 \| .*the proxy.*" "in .* SA 0" \
		"out .* A 0" "out .* FA 0 \| \{.*\"status\":8\}"
}

@test "three clients at once, each a connection of its own" {
	server --pcap a.pcapng 127.0.0.1
	for name in one two three; do
		comes "$name"
	done
	for name in one two three; do
		task "$name" say "I am $name"
		await server.out "^I am $name\$"
	done
	for name in three one two; do
		task "$name" leave
	done
	lines 3 server.err '^Connection from .* closed'
	kill -TERM "$SERVER_PID"
	finished "$SERVER"
	packets a.pcapng
	(($(grep -c '^packet in .* S 0' <<<"$output") == 3))
	(($(grep -c '^packet .*"status":0}$' <<<"$output") == 3))
	grep -q ' S 0 | session 3$' <<<"$output"
}

@test "a thousand short clients in one" {
	listener -k --pcap a.pcapng -e cat 127.0.0.1
	python3 - "$PORT" <<-'END'
		import socket, sys
		for i in range(1000):
		    with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as s:
		        s.sendall(b"%d\n" % i)
		        s.shutdown(socket.SHUT_WR)
		        assert s.recv(100) == b"%d\n" % i
	END
	kill -TERM "$(program "$SERVER")"
	finished "$SERVER"
	packets a.pcapng
	(($(grep -c '^packet in .* S 0' <<<"$output") == 1000))
	[ "$(said a.pcapng in)" = "$(seq 0 999)" ]
}

@test "the client's side: of a relay, a broker, a program" {
	peer hear:hello say:goodbye
	listener --relay "127.0.0.1:$PORT" --pcap relay.pcapng 127.0.0.1
	says 0 goodbye ncx 127.0.0.1 "$PORT" <<<hello
	succeeds "$SERVER"
	packets relay.pcapng
	grep -qE "^packet in tcp $U 127\.0\.0\.1:$PORT S 0 .*\| relayed to 127\.0\.0\.1:[0-9]+\$" <<<"$output"
	[ "$(said relay.pcapng in)" = hello ]
	[ "$(said relay.pcapng out)" = goodbye ]
	peer hear:hello say:goodbye
	ncx -c 'echo hello; read -r line; echo "$line" >heard' \
		--pcap program.pcapng 127.0.0.1 "$PORT"
	[ "$(<heard)" = goodbye ]
	[ "$(said program.pcapng out)" = hello ]
	[ "$(said program.pcapng in)" = goodbye ]
}

@test "a client whose upstream cannot be had: the connection" {
	listener --relay 127.0.0.1:1 --pcap a.pcapng 127.0.0.1
	run -0 ncx -d 127.0.0.1 "$PORT"
	finished "$SERVER"
	[ "$STATUS" -eq 1 ]
	packets a.pcapng
	T="127\.0\.0\.1:$PORT"
	shows "in tcp $U $T S 0 \| .* \| relayed to 127\.0\.0\.1:1" \
		"out tcp $T $U SA 0" "in tcp $U $T A 0" \
		"out tcp $T $U FA 0 \| \{.*\"status\":1\}"
}

@test "a chat of two: what each was told" {
	server --chat --pcap a.pcapng 127.0.0.1
	comes one
	comes two
	task one say hello
	task two find '<user1> hello\n'
	kill -TERM "$SERVER_PID"
	finished "$SERVER"
	packets a.pcapng
	[ "$(said a.pcapng in)" = hello ]
	said a.pcapng out | grep -qx '<user1> hello'
}
