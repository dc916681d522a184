# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# capture.bash - what the tests share that show captures to Wireshark's tools

# wire WORDS...: tshark, with a home of its own; it has much to say to root, and
# takes port 5000 for a telephone's
wire() {
	HOME=$PWD timeout "$LIMIT" tshark --disable-protocol gsm_ipa "$@" \
		2>tshark.err 3>&- ||
		{ cat tshark.err && false; }
}

# sound FILE [WARNING]: with all checksums looked at, it sees nothing to warn of,
# but for that.
sound() {
	wire -r "$1" -q -z expert,warn -o ip.check_checksum:TRUE \
		-o tcp.check_checksum:TRUE -o udp.check_checksum:TRUE >expert
	grep -vE "^$|^(Errors|Warns) \\(|^=+$|^ +Frequency|${2-nothing else}" expert |
		nothing
	wire -r "$1" -Y 'tcp.analysis.retransmission || tcp.analysis.lost_segment ||
		tcp.analysis.ack_lost_segment || tcp.analysis.duplicate_ack ||
		tcp.analysis.out_of_order || _ws.malformed' | nothing
}

# Nothing comes, and if it does, it is shown.
nothing() {
	local text
	text=$(cat)
	[ -z "$text" ] || { echo "$text" && false; }
}

# fields FILE FILTER FIELD...: of the packets that match, apart by tabs
fields() {
	local words=()
	for field in "${@:3}"; do
		words+=(-e "$field")
	done
	wire -r "$1" -Y "$2" -T fields "${words[@]}"
}

# followed FILE STREAM client|server: what that side said in a TCP stream
followed() {
	wire -r "$1" -q -z "follow,tcp,raw,$2" >followed
	if [ "$3" = client ]; then
		grep -xE '[0-9a-f]+' followed
	else
		sed -nE 's/^\t([0-9a-f]+)$/\1/p' followed
	fi | xxd -r -p
}
