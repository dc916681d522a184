# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# processes.bash - what a server leaves behind: processes and descriptors

# eventually COMMAND...: until it succeeds, or the test has taken too long.
eventually() {
	until "$@"; do
		((SECONDS < LIMIT)) || { echo "never: $*" && return 1; }
	done
}

# Until the process has ended, reaped by whoever inherits it or not.
gone() {
	while read -r LINE <"/proc/$1/stat" && [[ $LINE != *') '[ZX]' '* ]]; do
		((SECONDS < LIMIT)) || return 1
	done 2>/dev/null
}

# has_descriptors PID COUNT
has_descriptors() {
	local fds=("/proc/$1/fd/"*)
	[ "${#fds[@]}" -eq "$2" ]
}

# It has no child, not even one that has ended and is not reaped.
has_no_child() {
	! pgrep -P "$1" >/dev/null
}

# The most memory that it has had so far, in KiB.
memory_peak() {
	awk '/^VmHWM:/ { print $2 }' "/proc/$1/status"
}

# dial: a connection to $PORT, on descriptor 8.
dial() {
	exec 8<>"/dev/tcp/127.0.0.1/$PORT"
}

# hear FD NAME...: words of a line that comes there
hear() {
	read -r -t "$LIMIT" "${@:2}" <&"$1"
}

# vanish: leave with something unread, which is a reset.
vanish() {
	exec 8>&-
}
