#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# proxy.bats - ncx through real proxies, on port 5001 of a test's own network
load helper

teardown() {
	local status=0
	end_test || status=$?
	rm -f "/dev/shm/ncx$$-cf__"* # squid's
	return "$status"
}

# proxy WORDS...: start one; its messages are in proxy.log
proxy() {
	ip_start "$@" </dev/null >proxy.log 2>&1
	PROXY=$!
	listens "$PROXY" tcp ':1389 0+:0000 0A '
}

socks() {
	proxy microsocks -i 127.0.0.1 -p 5001 "$@"
	THROUGH=(-X 5 -x 127.0.0.1:5001)
}

# tinyproxy [LINE...]: more lines of its configuration
tinyproxy() {
	printf '%s\n' 'Port 5001' 'Listen 127.0.0.1' 'Timeout 60' "$@" >tinyproxy.conf
	proxy tinyproxy -d -c tinyproxy.conf
	THROUGH=(-X connect -x 127.0.0.1:5001)
}

# squid [LINE...]: it is nobody in a namespace of its own, for it will not be
# root, and cannot become another user in ours; where there are none, it can.
# Its name keeps its shared memory apart from another squid's.
squid() {
	local own=(unshare --user)
	"${own[@]}" true 2>/dev/null || own=()
	printf '%s\n' 'http_port 127.0.0.1:5001' 'cache deny all' \
		'pid_filename none' 'access_log none' 'cache_log /dev/null' \
		'coredump_dir none' 'netdb_filename none' 'pinger_enable off' \
		'max_filedescriptors 256' 'dns_nameservers 127.0.0.1' \
		'dns_timeout 1 second' 'shutdown_lifetime 0 seconds' \
		"$@" 'http_access allow all' >squid.conf
	proxy "${own[@]}" squid -N -n "ncx$$" -f "$PWD/squid.conf"
	THROUGH=(-X connect -x 127.0.0.1:5001)
}

# password KIND: lines of squid that ask for bob's, which is secret.  Whoever
# squid is may come and read it.
password() {
	local dir=/usr/lib/squid above=$PWD
	until [ "$above" = "${BATS_RUN_TMPDIR%/*}" ]; do
		chmod go+x "$above"
		above=${above%/*}
	done
	printf 'bob:secret\n' >digest
	perl -e 'print "bob:", crypt("secret", "\$5\$salt\$"), "\n"' >basic
	chmod go+r digest basic
	case $1 in
	basic) echo "auth_param basic program $dir/basic_ncsa_auth $PWD/basic" ;;
	digest) echo "auth_param digest program $dir/digest_file_auth $PWD/digest" ;;
	esac
	echo "auth_param $1 realm test"
	echo 'acl known proxy_auth REQUIRED'
	echo 'http_access deny !known'
}

# crosses HOST OPTION...: a file arrives there by way of the proxy, and one
# from there; one after the other, for proxies take the end of one direction
# for that of both.
crosses() {
	server ncx -l "$1" 5000 </dev/null >received
	client ncx "${THROUGH[@]}" "${@:2}" "${NAME-$1}" 5000 \
		<"$BATS_FILE_TMPDIR/ours" 2>client.err
	succeeds "$SERVER"
	cmp received "$BATS_FILE_TMPDIR/ours"
	server ncx -l "$1" 5000 <"$BATS_FILE_TMPDIR/theirs"
	client ncx -d "${THROUGH[@]}" "${@:2}" "${NAME-$1}" 5000 \
		>received 2>>client.err
	succeeds "$SERVER"
	cmp received "$BATS_FILE_TMPDIR/theirs"
	[ ! -s client.err ]
}

# fails STATUS WHY OPTION... HOST PORT: one line, with target, proxy and WHY
fails() {
	local host=${*: -2:1} port=${*: -1}
	run "-$1" --separate-stderr "${NETWORK[@]}" \
		ncx "${THROUGH[@]}" "${@:3}" </dev/null
	echo "$stderr"
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == "ncx: connect to $host port $port (tcp) through proxy 127.0.0.1 port 5001 ("*') failed: '*"$2"* ]]
	[[ $stderr != *secret* ]]
}

@test "SOCKS 5, microsocks: to an IPv4 and an IPv6 address" {
	socks
	for host in 127.0.0.1 ::1; do
		crosses "$host"
	done
}

@test "SOCKS 5, microsocks: with user and password" {
	socks -u bob -P secret
	crosses 127.0.0.1 -P bob:secret
	NCX_PROXY_PASS=secret crosses 127.0.0.1 -P bob
	fails 8 'user or password refused' -P bob:wrong-secret 127.0.0.1 5000
	fails 8 'no authentication method is acceptable' 127.0.0.1 5000
	NCX_PROXY_PASS=secret-no fails 8 'user or password refused' \
		-P bob 127.0.0.1 5000
}

@test "CONNECT, tinyproxy: to an IPv4 and an IPv6 address" {
	tinyproxy
	for host in 127.0.0.1 ::1; do
		crosses "$host"
	done
}

@test "CONNECT, tinyproxy: with Basic" {
	tinyproxy 'BasicAuth bob secret'
	crosses 127.0.0.1 -P bob:secret
	NCX_PROXY_PASS=secret crosses 127.0.0.1 -P bob
	fails 8 '401 Unauthorized' -P bob:wrong-secret 127.0.0.1 5000
	fails 8 'a user is needed (--proxy-auth)' 127.0.0.1 5000
}

@test "CONNECT, squid: to an IPv4 and an IPv6 address" {
	squid
	for host in 127.0.0.1 ::1; do
		crosses "$host"
	done
}

@test "CONNECT, squid: with Basic" {
	mapfile -t lines < <(password basic)
	squid "${lines[@]}"
	crosses 127.0.0.1 -P bob:secret
	fails 8 'user or password refused' -P bob:wrong-secret 127.0.0.1 5000
	fails 8 'a user is needed' 127.0.0.1 5000
}

@test "CONNECT, squid: with Digest" {
	mapfile -t lines < <(password digest)
	squid "${lines[@]}"
	crosses 127.0.0.1 -P bob:secret
	fails 8 'user or password refused' -P bob:wrong-secret 127.0.0.1 5000
}

@test "CONNECT, ncat: plain, and with Basic" {
	proxy ncat -l --proxy-type http 127.0.0.1 5001
	THROUGH=(-X connect -x 127.0.0.1:5001)
	crosses 127.0.0.1
	kill "$PROXY"
	finished "$PROXY"
	proxy ncat -l --proxy-type http --proxy-auth bob:secret 127.0.0.1 5001
	crosses 127.0.0.1 -P bob:secret
	fails 8 'user or password refused' -P bob:wrong-secret 127.0.0.1 5000
}

@test "a web server behind a proxy" {
	cat >nginx.conf <<-END
		daemon off; master_process off; pid nginx.pid; error_log stderr;
		user root;
		events {}
		http {
			access_log off; client_body_temp_path body;
			proxy_temp_path proxy; fastcgi_temp_path fastcgi;
			scgi_temp_path scgi; uwsgi_temp_path uwsgi;
			server { listen 127.0.0.1:5000; return 200 welcome; }
		}
	END
	server nginx -p "$PWD" -e stderr -c nginx.conf
	for kind in socks tinyproxy squid; do
		"$kind"
		run -0 "${NETWORK[@]}" ncx "${THROUGH[@]}" \
			127.0.0.1 5000 < <(printf 'GET / HTTP/1.0\r\n\r\n')
		[[ $output == 'HTTP/1.1 200 OK'*welcome ]]
		kill "$PROXY"
		finished "$PROXY"
	done
}

# A proxy that knows what is in hosts.there, while we know hosts.here.
split_names() {
	network peers
	echo '127.0.0.1 only.there' >hosts.there
	echo '127.0.0.1 only.here' >hosts.here
	echo 'hosts: files' >nsswitch.conf
	"${NETWORK[@]}" mount --bind nsswitch.conf /etc/nsswitch.conf
	"${NETWORK[@]}" mount --bind hosts.there /etc/hosts
	"$@"
	"${NETWORK[@]}" mount --bind hosts.here /etc/hosts
}

# The proxy has a view of its own, which our later mounts do not change.
there() {
	proxy unshare --mount "$@"
}

@test "names are looked up by the proxy, or with --proxy-dns local by us" {
	split_names there microsocks -i 127.0.0.1 -p 5001
	THROUGH=(-X 5 -x 127.0.0.1:5001)
	for options in '' -n '--proxy-dns remote'; do
		read -ra options <<<"$options"
			NAME=only.there crosses 127.0.0.1 "${options[@]}"
		fails 8 '' "${options[@]}" only.here 5000
	done
	NAME=only.here crosses 127.0.0.1 --proxy-dns local
	says 3 'ncx: lookup of "only.there" failed: Name or service not known' \
		"${NETWORK[@]}" ncx "${THROUGH[@]}" --proxy-dns local only.there 5000
}

@test "the same with CONNECT" {
	tinyproxy
	kill "$PROXY"
	finished "$PROXY"
	split_names there tinyproxy -d -c "$PWD/tinyproxy.conf"
	NAME=only.there crosses 127.0.0.1
	fails 8 '' only.here 5000
	NAME=only.here crosses 127.0.0.1 --proxy-dns local
}

@test "8: the target refuses" {
	socks
	fails 8 'Connection refused' 127.0.0.1 5000
	fails 8 'Connection refused' ::1 5000
	kill "$PROXY"
	finished "$PROXY"
	tinyproxy
	fails 8 'Unable to connect' 127.0.0.1 5000
	kill "$PROXY"
	finished "$PROXY"
	squid
	fails 8 '503 Service Unavailable' 127.0.0.1 5000
}

@test "1: the proxy is not there" {
	network peers
	says 1 'ncx: connect to proxy 127.0.0.1 port 5001 (tcp) for host.example port 80 failed: Connection refused' \
		"${NETWORK[@]}" ncx -x 127.0.0.1:5001 host.example 80
	says 3 'ncx: lookup of "no.proxy" failed: Name or service not known' \
		"${NETWORK[@]}" ncx -n -x no.proxy:5001 host.example 80
}

@test "several ports: the first that the proxy gets to" {
	socks
	server ncx -l 127.0.0.1 5000 <<<hello
	run -0 --separate-stderr "${NETWORK[@]}" \
		ncx -d "${THROUGH[@]}" 127.0.0.1 1-2 5000
	[ "$output" = hello ]
	[ "${#stderr_lines[@]}" -eq 2 ]
}

@test "-z through a proxy" {
	for kind in socks squid; do
		server ncx -lk 127.0.0.1 5000 </dev/null
		"$kind"
		run -0 "${NETWORK[@]}" ncx -zv "${THROUGH[@]}" 127.0.0.1 4999-5000
		[[ ${lines[0]} == *' port 4999 (tcp) through proxy '*' failed: '* ]]
		[ "${lines[1]}" = 'Connection to 127.0.0.1 5000 port [tcp/*] succeeded!' ]
		[[ ${lines[2]} == 'open: 5000 ('* ]]
		[[ ${lines[3]} == 'closed: 4999 ('* ]]
		run -0 "${NETWORK[@]}" ncx -z "${THROUGH[@]}" 127.0.0.1 4999-5000
		[ -z "$output" ]
		run -1 "${NETWORK[@]}" ncx -z "${THROUGH[@]}" 127.0.0.1 4999
		kill "$PROXY" "$SERVER"
		finished "$PROXY"
		finished "$SERVER"
	done
}

@test "--retry waits for the proxy, and for the target" {
	network peers
	ip_start ncx -vv --retry forever --retry-delay 20ms \
		-d -x 127.0.0.1:5001 127.0.0.1 5000 >client.out 2>client.err
	CLIENT=$!
	await client.err 'connect to proxy .* failed: Connection refused$'
	socks
	await client.err 'through proxy .* failed: Connection refused$'
	ip_start ncx -l 127.0.0.1 5000 <<<hello
	succeeds "$CLIENT"
	[ "$(<client.out)" = hello ]
}

# asked STATUS PASSWORD WORDS...: with -P bob, and a terminal to answer from;
# what is to be seen there is in screen, without the question.  The shell makes
# room for timeout(1), which else would leave the terminal's foreground.
asked() {
	mkfifo keys
	: >screen
	start script -qec "exec ${NETWORK[*]} ncx ${THROUGH[*]} -P bob ${*:3}" \
		/dev/null <>keys >screen
	local asker=$!
	await screen 'Proxy password for bob@127\.0\.0\.1$' :
	echo "$2" >keys
	finished "$asker"
	[ "$STATUS" -eq "$1" ]
	run -1 grep "$2" screen
	[ "$(grep -c 'Proxy password for' screen)" -eq 1 ]
	rm keys
}

@test "the password is asked for on the terminal" {
	tinyproxy 'BasicAuth bob secret'
	server ncx -l 127.0.0.1 5000 <<<hello
	asked 0 secret 127.0.0.1 5000
	grep -q hello screen
	asked 8 secrecy 127.0.0.1 5000
}

@test "the password is asked for once, for all ports and tries" {
	socks -u bob -P secret
	server ncx -lk 127.0.0.1 5000 </dev/null
	asked 0 secret -zv 127.0.0.1 4990-5000
	[ "$(grep -c 'failed: Connection refused' screen)" -eq 10 ]
	asked 8 secret -v --retry 2 --retry-delay 1ms 127.0.0.1 4999
	[ "$(grep -c 'failed: Connection refused' screen)" -eq 3 ]
}

@test "the password is in no message" {
	tinyproxy 'BasicAuth bob secret'
	server ncx -lk 127.0.0.1 5000 </dev/null
	for credentials in bob:hushhush bob:secret; do
		run "${NETWORK[@]}" ncx -z -vv "${THROUGH[@]}" -P "$credentials" \
			127.0.0.1 5000
		[[ $output == *'connected to '* ]]
		[[ $output != *hush* && $output != *secret* ]]
		[[ $output != *"$(printf %s "$credentials" | base64)"* ]]
	done
	[ "$status" -eq 0 ]
}

# relayed OPTION...: clients of port 5002 get to port 5000 through the proxy
relayed() {
	ip_start ncx -lk "${THROUGH[@]}" "$@" --relay 127.0.0.1:5000 \
		127.0.0.1 5002 2>relay.err
	listens "$!" tcp ':138A 0+:0000 0A '
}

@test "--relay through a proxy: each client has a connection of its own" {
	server ncx -lk -c 'read -r line; echo "heard $line"; cat' 127.0.0.1 5000
	for kind in socks tinyproxy squid; do
		"$kind"
		relayed
		local relay=$!
		for word in one other; do
			client ncx 127.0.0.1 5002 >received \
				< <(echo "$word" && cat "$BATS_FILE_TMPDIR/ours")
			cmp received <(echo "heard $word" && cat "$BATS_FILE_TMPDIR/ours")
		done
		kill "$relay" "$PROXY"
		finished "$relay"
		finished "$PROXY"
	done
}

@test "--relay through a proxy that refuses: the client sees the end" {
	socks -u bob -P secret
	relayed -P bob:wrong-secret
	for _ in 1 2; do
		run --separate-stderr "${NETWORK[@]}" ncx 127.0.0.1 5002 </dev/null
		[ -z "$output" ]
	done
	await relay.err 'through proxy .* failed: .*user or password refused'
	run -1 grep secret relay.err
}
