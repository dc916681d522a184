# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# helper.bash - ncx against the other netcats.
#
# A test over IP has a network of its own, where port 5000 is always free, so
# that a peer that cannot tell its port, or takes no port 0, can be told.
load ../e2e/helper

FILE_SIZE=20000000
HALF_SIZE=5000000

# What a file of tests moves; a setup_file() with more to do calls it first.
make_files() {
	cd "$BATS_FILE_TMPDIR" || return
	head -c "$FILE_SIZE" /dev/urandom >file
	head -c "$HALF_SIZE" /dev/urandom >ours
	head -c "$HALF_SIZE" /dev/urandom >theirs
}

setup_file() {
	make_files
}

# ip WORDS...: start them in the network of the test; see start.
ip_start() {
	((${#NETWORK[@]} > 0)) || network peers
	start "${NETWORK[@]}" "$@"
}

# listens PID FILE REGEX: until the socket that the process makes is in a table
# of its network; not all peers say that they listen.
listens() {
	"${NETWORK[@]}" sh -c '
		until grep -qE "$3" /proc/net/$2*; do
			[ -d /proc/$1 ] || exit 1
		done' - "$@" 3>&- 8>&- 9>&-
}

# server WORDS... / datagram_server WORDS...: start one on port 5000 (1388 in
# hexadecimal); its $! is $SERVER.
server() {
	ip_start "$@"
	SERVER=$!
	listens "$SERVER" tcp ':1388 0+:0000 0A '
}

datagram_server() {
	ip_start "$@"
	SERVER=$!
	listens "$SERVER" udp ':1388 0+:0000 07 '
}

# client WORDS...: run one to its end; its output is its own, its status 0.
client() {
	ip_start "$@"
	succeeds "$!"
}

# The same for Unix sockets: their name, as the system shows it, comes first.
# A stream has to listen (flag 10000), a datagram socket (type 2) has not.
unix_server() {
	start "${@:2}"
	SERVER=$!
	listens "$SERVER" unix " (00010000 0001|00000000 0002) .* $1\$"
}

unix_client() {
	start "$@"
	succeeds "$!"
}

succeeds() {
	finished "$1"
	[ "$STATUS" -eq 0 ] || { echo "status $STATUS"; return 1; }
}

# arrived FILE COUNT: until the file has so many bytes.
arrived() {
	local count
	count=$(timeout "$LIMIT" tail -c +1 -f "$1" 3>&- 8>&- 9>&- |
		head -c "$2" | wc -c)
	[ "$count" -eq "$2" ]
}

# 5 MB each way at the same time.  Many peers drop what they have still to send
# when their peer ends its direction, so ncx does that when all has arrived;
# that the peer ends its own direction much earlier, must not matter.  The peer
# reads $THEIRS, ncx has the options $OPTIONS, if they are set.
exchange() {
	timeout "$LIMIT" cat "$BATS_FILE_TMPDIR/ours" >&8
	arrived peer.out "$HALF_SIZE"
	arrived ncx.out "$HALF_SIZE"
	exec 8>&-
	succeeds "$1"
	succeeds "$2"
	cmp "$BATS_FILE_TMPDIR/ours" peer.out
	cmp "$BATS_FILE_TMPDIR/theirs" ncx.out
}

exchange_with_server() {
	: >ncx.out
	fifo in 8
	server "$@" <"${THEIRS-$BATS_FILE_TMPDIR/theirs}" >peer.out
	ip_start ncx "${OPTIONS[@]}" 127.0.0.1 5000 <in >ncx.out
	exchange "$!" "$SERVER"
}

exchange_with_client() {
	: >peer.out
	fifo in 8
	server ncx "${OPTIONS[@]}" -l 127.0.0.1 5000 <in >ncx.out
	ip_start "$@" <"${THEIRS-$BATS_FILE_TMPDIR/theirs}" >peer.out
	exchange "$SERVER" "$!"
}

# A server that can answer only when it has read the question to its end
answered_by_ncx() {
	mkfifo back
	server sh -c 'ncx "$@" -l 127.0.0.1 5000 <back | sort >back' - \
		"${OPTIONS[@]}"
	client "$@" >answer <<-'END'
		two
		one
	END
	succeeds "$SERVER"
	[ "$(<answer)" = $'one\ntwo' ]
}

answered_to_ncx() {
	server "$@"
	client ncx "${OPTIONS[@]}" 127.0.0.1 5000 >answer <<-'END'
		two
		one
	END
	succeeds "$SERVER"
	[ "$(<answer)" = $'one\ntwo' ]
}

# web_server LINE...: nginx with these lines for its server, and at the path
# "web"; it has the files of the tests.
web_server() {
	cat >nginx.conf <<-END
		daemon off; master_process off; pid nginx.pid; error_log stderr;
		user root;
		events {}
		http {
			access_log off; client_body_temp_path body;
			proxy_temp_path proxy; fastcgi_temp_path fastcgi;
			scgi_temp_path scgi; uwsgi_temp_path uwsgi;
			server {
				$*
				listen unix:$PWD/web;
				root $BATS_FILE_TMPDIR;
				location /echo/ { return 200 "\$request_method \$uri"; }
			}
		}
	END
	ip_start nginx -p "$PWD" -e stderr -c nginx.conf
	listens "$!" unix " 00010000 0001 .* $PWD/web\$"
}
