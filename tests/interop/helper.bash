# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# helper.bash - ncx against the other netcats.
#
# A test over IP has a network of its own, where port 5000 is always free, so
# that a peer that cannot tell its port, or takes no port 0, can be told.
load ../e2e/helper

FILE_SIZE=20000000
HALF_SIZE=5000000

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	head -c "$FILE_SIZE" /dev/urandom >file
	head -c "$HALF_SIZE" /dev/urandom >ours
	head -c "$HALF_SIZE" /dev/urandom >theirs
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
