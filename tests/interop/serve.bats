#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# serve.bats - other people's clients at a listener that runs a program for
# each of them, or relays them to a web server
load helper

# A web server in sh, for as many questions as a client has
setup() {
	begin_test || return
	cat >httpd <<-'END'
		#!/bin/sh
		cr=$(printf '\r')
		while read -r method path version; do
			while read -r header && [ "$header" != "$cr" ]; do :; done
			body="$method $path"
			printf 'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s' \
				"${#body}" "$body"
		done
	END
}

sh_server() {
	server ncx -lk --sh-exec 'exec sh httpd' 127.0.0.1 5000
}

# nginx at port 5001 and at the path "web"; ncx relays port 5000 to $1.
web_relay() {
	web_server 'listen 127.0.0.1:5001;'
	server ncx -lk --relay "$1" 127.0.0.1 5000
}

# asks WORDS...: two questions at once, and the end; so ask the netcats.
asks() {
	printf 'GET /echo/1 HTTP/1.1\r\nHost: a\r\n\r\nGET /echo/2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n' >questions
	client "$@" <questions >answers
	[ "$(grep -o 'HTTP/1.1 200 OK' answers | wc -l)" -eq 2 ]
	[ "$(grep -oE 'GET /echo/.' answers | xargs)" = 'GET /echo/1 GET /echo/2' ]
}

all_netcats() {
	asks ncx 127.0.0.1 5000
	asks nc.openbsd -N 127.0.0.1 5000
	asks nc.traditional -q 5 127.0.0.1 5000
	asks ncat 127.0.0.1 5000
	asks socat -t 60 - TCP:127.0.0.1:5000
	asks busybox nc 127.0.0.1 5000
}

# A browser keeps its connection, and opens a few.
browse() {
	local base=http://127.0.0.1:5000/echo
	run -0 "${NETWORK[@]}" curl -s -w '\n%{num_connects}\n' \
		"$base/1" "$base/2" "$base/3"
	[ "$(xargs <<<"$output")" = 'GET /echo/1 1 GET /echo/2 0 GET /echo/3 0' ]
	"${NETWORK[@]}" curl -s -Z --parallel-immediate --parallel-max 20 \
		"$base/[1-100]" -o 'page#1'
	for i in {1..100}; do
		[ "$(<"page$i")" = "GET /echo/$i" ]
	done
	run -0 "${NETWORK[@]}" curl -s -X DELETE "$base/x"
	[ "$output" = 'DELETE /echo/x' ]
}

# The same in another's words: many questions, one connection
ask_by_python() {
	"${NETWORK[@]}" python3 - <<-'END'
		import http.client
		c = http.client.HTTPConnection("127.0.0.1", 5000, timeout=50)
		c.connect()
		sock = c.sock
		for i in range(100):
		    c.request("GET", f"/echo/{i}", headers={"X-Filler": "x" * 2000})
		    answer = c.getresponse()
		    assert answer.status == 200
		    assert answer.read() == f"GET /echo/{i}".encode()
		    assert c.sock is sock
		c.close()
	END
}

@test "the netcats ask a program" {
	sh_server
	all_netcats
}

@test "curl and Python ask a program, with connections that are kept" {
	sh_server
	browse
	ask_by_python
}

@test "the netcats ask nginx behind --relay" {
	web_relay 127.0.0.1:5001
	all_netcats
}

@test "curl and Python ask nginx behind --relay, over TCP" {
	web_relay 127.0.0.1:5001
	browse
	ask_by_python
}

@test "curl and Python ask nginx behind --relay, over a Unix socket" {
	web_relay "unix:$PWD/web"
	browse
	ask_by_python
}

@test "files of 20 MB from nginx behind --relay, eight at once, and a part" {
	for target in 127.0.0.1:5001 "unix:$PWD/web"; do
		web_relay "$target"
		"${NETWORK[@]}" curl -s -Z --parallel-immediate \
			'http://127.0.0.1:5000/file?[1-8]' -o 'file#1'
		for i in {1..8}; do
			cmp "file$i" "$BATS_FILE_TMPDIR/file"
		done
		"${NETWORK[@]}" curl -s -r 1000-1999 http://127.0.0.1:5000/file >part
		cmp part <(tail -c +1001 "$BATS_FILE_TMPDIR/file" | head -c 1000)
		clean
	done
}

# Stop what was started, but for the network.
clean() {
	for pid in "${!PIDS[@]}"; do
		[[ ${PIDS[pid]} == unshare ]] || { kill "$pid"; finished "$pid"; }
	done
	rm -f web
}

@test "a client that is gone in the middle of a file is no harm" {
	web_relay 127.0.0.1:5001
	for _ in {1..20}; do
		"${NETWORK[@]}" curl -s http://127.0.0.1:5000/file 2>/dev/null |
			head -c 1000 >/dev/null || :
	done
	browse
}
