#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# lecture.bats - the exercises of a lecture on networks, as they are typed; the
# ports are the lecture's, on a machine of the test's own
load helper

teardown() {
	tmux -S terminals kill-server 2>/dev/null || :
	rm -rf "${PLACES[@]}"
	end_test
}

# terminal NAME COMMAND: a window of tmux; all it shows is in the file NAME.  Its
# shell has no prompt, which would come late and stand before what ncx says.
terminal() {
	: >"$1"
	tmux -S terminals -f /dev/null new-session -d -s "$1" -x 80 -y 24 \
		"exec ${NETWORK[*]} env PS1= sh" 3>&-
	tmux -S terminals pipe-pane -t "$1" "exec cat >$PWD/$1"
	type_at "$1" "$2"
}

# type_at NAME LINE: type it there, and Enter.
type_at() {
	tmux -S terminals send-keys -t "$1" -l "$2"
	tmux -S terminals send-keys -t "$1" Enter
}

# machines: two, joined by a cable; "${LEFT[@]}" and "${RIGHT[@]}" run a program
# there.
machines() {
	network left
	LEFT=("${NETWORK[@]}")
	network right "${LEFT[@]}"
	RIGHT=("${NETWORK[@]}")
	"${LEFT[@]}" ip link add eth0 type veth peer name eth0 netns "$MACHINE"
	"${LEFT[@]}" ip addr add 10.0.0.1/24 dev eth0
	"${LEFT[@]}" ip addr add fd00::1/64 dev eth0 nodad
	"${LEFT[@]}" ip link set eth0 up
	"${RIGHT[@]}" ip addr add 10.0.0.2/24 dev eth0
	"${RIGHT[@]}" ip addr add fd00::2/64 dev eth0 nodad
	"${RIGHT[@]}" ip link set eth0 up
}

# web_server: a real one on port 80 of $NETWORK, with one page
web_server() {
	mkdir -p nginx/html
	echo 'Hello, lecture.' >nginx/html/index.html
	cat >nginx/conf <<END
daemon off;
user root root;
master_process off;
pid $PWD/nginx/pid;
error_log $PWD/nginx/log notice;
events { }
http {
	access_log off;
	client_body_temp_path $PWD/nginx/body;
	proxy_temp_path $PWD/nginx/proxy;
	fastcgi_temp_path $PWD/nginx/fastcgi;
	uwsgi_temp_path $PWD/nginx/uwsgi;
	scgi_temp_path $PWD/nginx/scgi;
	server {
		listen 80;
		listen [::]:80;
		root $PWD/nginx/html;
	}
}
END
	: >nginx/log
	start "${NETWORK[@]}" nginx -p "$PWD/nginx" -c "$PWD/nginx/conf" \
		-e "$PWD/nginx/log"
	await nginx/log 'using the ".*" event method'
}

@test "a chat in two terminals: ncx -l 51234 and ncx localhost 51234" {
	network lecture
	terminal one 'ncx -v -l 51234'
	await one '^Listening on :: 51234'
	terminal two 'ncx localhost 51234'
	type_at two 'hello from two'
	await one '^hello from two'
	type_at one 'hello from one'
	await two '^hello from one'
	type_at two 'how are you?'
	await one '^how are you\?'
	"${NETWORK[@]}" ss -tn state established | grep -q ':51234 '
	[ "$("${NETWORK[@]}" netstat -tn | grep -c ':51234 .*ESTABLISHED')" -eq 2 ]
	tmux -S terminals send-keys -t two C-d
	type_at two 'echo status $?'
	await two '^status 0'
	type_at one 'echo status $?'
	await one '^status 0'
}

@test "a chat between two machines, over IPv4 and IPv6" {
	machines
	for host in 10.0.0.1 fd00::1; do
		fifo "in-$host" 8
		fifo "in2-$host" 9
		start "${LEFT[@]}" ncx -v -n -l 51234 \
			<"in-$host" >left.out 2>left.err
		SERVER=$!
		await left.err '^Listening on :: 51234$'
		start "${RIGHT[@]}" ncx "$host" 51234 <"in2-$host" >right.out
		CLIENT=$!
		for n in 1 2 3; do
			echo "right says $n" >&9
			await left.out "^right says $n\$"
			echo "left says $n" >&8
			await right.out "^left says $n\$"
		done
		grep -Eq '^Connection received on (10\.0\.0\.2|fd00::2) [0-9]+$' left.err
		exec 8>&- 9>&-
		finished "$CLIENT"
		[ "$STATUS" -eq 0 ]
		finished "$SERVER"
		[ "$STATUS" -eq 0 ]
	done
}

@test "datagrams in two terminals: ncx -u" {
	network lecture
	terminal one 'ncx -v -u -l 51234'
	await one '^Bound on :: 51234'
	terminal two 'ncx -u localhost 51234'
	type_at two 'hello from two'
	await one '^hello from two'
	type_at one 'hello from one'
	await two '^hello from one'
	"${NETWORK[@]}" ss -un | grep -q ':51234 '
}

@test "a Unix socket in two terminals: ncx -lU and ncx -U" {
	network lecture
	terminal one 'ncx -v -lU chat'
	await one '^Listening on chat'
	terminal two 'ncx -U chat'
	type_at two 'hello from two'
	await one '^hello from two'
	type_at one 'hello from one'
	await two '^hello from one'
	"${NETWORK[@]}" ss -xn | grep -q ' chat '
}

@test "GET by hand" {
	network lecture
	web_server
	printf 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' |
		"${NETWORK[@]}" ncx localhost 80 >reply
	[ "$(head -n 1 reply)" = $'HTTP/1.1 200 OK\r' ]
	[ "$(tail -n 1 reply)" = 'Hello, lecture.' ]
}

@test "GET typed at a terminal, with -C" {
	network lecture
	web_server
	terminal one 'ncx -C localhost 80'
	type_at one 'GET / HTTP/1.1'
	type_at one 'Host: localhost'
	type_at one 'Connection: close'
	type_at one ''
	await one '^HTTP/1.1 200 OK'
	await one '^Hello, lecture.'
	type_at one 'echo status $?'
	await one '^status 0'
}

@test "several GETs on one connection" {
	network lecture
	web_server
	fifo in 8
	start "${NETWORK[@]}" ncx -C localhost 80 <in >reply
	CLIENT=$!
	for page in / /none; do
		printf 'GET %s HTTP/1.1\nHost: localhost\n\n' "$page" >&8
		await reply "^HTTP/1.1 (200 OK|404 Not Found)"
	done
	await reply '^HTTP/1.1 404 Not Found'
	exec 8>&-
	finished "$CLIENT"
	[ "$STATUS" -eq 0 ]
}

@test "a server that answers in capitals" {
	network lecture
	mkfifo back
	start "${NETWORK[@]}" sh -c \
		'ncx -v -l 12000 <back | tr a-z A-Z >back' 2>server.err
	SERVER=$!
	await server.err '^Listening on :: 12000$'
	run -0 "${NETWORK[@]}" ncx localhost 12000 <<<'make me large'
	[ "$output" = 'MAKE ME LARGE' ]
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
}

@test "a folder: tar c dir | ncx -l 5000 and ncx host 5000 | tar x" {
	network lecture
	mkdir -p dir/deeper there
	seq 100000 >dir/numbers
	head -c 1000000 /dev/urandom >dir/deeper/bytes
	start "${NETWORK[@]}" sh -c 'tar c dir | ncx -v -l 5000' 2>server.err
	SERVER=$!
	await server.err '^Listening on :: 5000$'
	"${NETWORK[@]}" sh -c 'ncx localhost 5000 | tar x -C there' </dev/null
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
	diff -r dir there/dir
}

@test "a folder the other way, with an open input: ncx -l 5000 | tar x" {
	network lecture
	mkdir dir there
	seq 100000 >dir/numbers
	fifo in 8
	start "${NETWORK[@]}" sh -c 'ncx -v -l 5000 | tar x -C there' <in 2>server.err
	SERVER=$!
	await server.err '^Listening on :: 5000$'
	"${NETWORK[@]}" sh -c 'tar c dir | ncx localhost 5000'
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
	diff -r dir there/dir
}

@test "a file of 1 GiB, and the sha256 of both ends" {
	LIMIT=150
	network lecture
	local folder=$PWD
	if (($(stat -f -c '%a * %S' /dev/shm) > (3 << 30))); then
		folder=$(mktemp -d /dev/shm/ncx-XXXXXX)
		PLACES+=("$folder")
	fi
	head -c 64M /dev/urandom >"$folder/part"
	for n in {1..16}; do
		echo "part $n" && cat "$folder/part"
	done >"$folder/file"
	truncate -s 1G "$folder/file"
	start sha256sum <"$folder/file" >sum
	SUM=$!
	start "${NETWORK[@]}" ncx -v -l 5000 <"$folder/file" 2>server.err
	SERVER=$!
	await server.err '^Listening on :: 5000$'
	"${NETWORK[@]}" ncx localhost 5000 </dev/null >"$folder/copy"
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
	sha256sum <"$folder/copy" >sum.copy
	finished "$SUM"
	cmp sum sum.copy
}

@test "ncx host 5000 | head -c 10 ends at once, quietly" {
	network lecture
	start "${NETWORK[@]}" sh -c 'yes | ncx -v -l 5000' 2>server.err
	await server.err '^Listening on :: 5000$'
	run -0 "${NETWORK[@]}" sh -c \
		'{ ncx localhost 5000 </dev/null; echo $? >status; } | head -c 10'
	[ "$output" = $'y\ny\ny\ny\ny' ]
	[ "$(<status)" -eq 6 ]
}
