# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# asked.bash - who is asked by SIGUSR1, and answers on stderr

HEAD='^State +Recv-Q +Send-Q +Local Address:Port +Peer Address:Port +Received +Sent +Rate +RTT$'

# ready PID: until a signal is not its end any more (SIGUSR1 is 10)
ready() {
	local blocked=0
	until ((0x$blocked & 1 << 9)); do
		blocked=$(awk '/^SigBlk:/ { print $2 }' "/proc/$1/status")
	done
}

# ask PID FILE REGEX: ask it until a line of its stderr, the file, matches: what
# it is to tell may be a moment away.
ask() {
	while ! grep -Eq "$3" "$2"; do
		((SECONDS < LIMIT)) || { echo "no '$3' in $2:" && cat "$2" && return 1; }
		kill -USR1 "$1" || { cat "$2" && return 1; }
	done
}
