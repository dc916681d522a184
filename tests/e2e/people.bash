# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# people.bash - many clients of one server, told what to do by the test

# people: they come to be; see people.py.
people() {
	TASKS=0 CAME=0
	fifo tasks 9
	: >people.out
	start python3 "$BATS_TEST_DIRNAME/people.py" <tasks >people.out
}

# task WORDS...: one of them does that, and has done it; the words may have
# escapes.
task() {
	printf '%s\n' "$*" >&9
	await people.out "^($((++TASKS)) done|failed.*)\$"
	[[ $LINE == *done ]] || { echo "$LINE" && false; }
}

# tasks: those of stdin, a line each.
tasks() {
	local line
	while IFS= read -r line; do
		task "$line"
	done
}

# lines COUNT FILE REGEX: until so many lines of the file match.
lines() {
	local count
	count=$(timeout "$LIMIT" tail -n +1 -f "$2" 3>&- 8>&- 9>&- |
		grep -E -c -m "$1" "$3")
	((count == $1)) || { echo "$count lines like '$3' in $2:" && cat "$2"; }
	((count == $1))
}

# comes NAME [HOW WHERE]: to the listener, over TCP or as it is said, and is
# received.
comes() {
	(($# > 1)) || set -- "$1" tcp "$PORT"
	task "$@"
	lines "$((++CAME))" server.err '^Connection received on '
}

# arrived FILE COUNT: until the file has so many bytes.
arrived() {
	local count
	count=$(timeout "$LIMIT" tail -c +1 -f "$1" 3>&- 8>&- 9>&- |
		head -c "$2" | wc -c)
	((count == $2))
}

# server OPTION...: a listener that keeps open, and its people; its stdin is
# descriptor 8, its stdout server.out.
server() {
	fifo in 8
	listener -k "$@" <in >server.out
	SERVER_PID=$(program "$SERVER")
	people
}

# clock TIME: until so much has passed, as another ncx measures it.
clock() {
	: >clock.err
	start ncx -lk -v -n --idle-timeout "$1" 127.0.0.1 0 </dev/null 2>clock.err
	await clock.err '^Listening on .* ([0-9]+)$'
	task clock tcp "${BASH_REMATCH[1]}"
	task clock gone
}

# descriptors PID: how many a program has open.
descriptors() {
	find "/proc/$1/fd" -mindepth 1 | wc -l
}

# ticks PID: the time that it has computed, in ticks of the system's clock.
ticks() {
	awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"
}

# KiB that a server of theirs may need; the address sanitizer keeps what was
# freed, and would have a share in it.
# shellcheck disable=SC2034 # for the tests
MEMORY_MAX=163840
export ASAN_OPTIONS=${ASAN_OPTIONS-}:quarantine_size_mb=1

# memory PID: what it has had at most, in KiB.
memory() {
	awk '/^VmHWM/ { print $2 }' "/proc/$1/status"
}
