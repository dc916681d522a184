# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# helper.bash - what the tests share.  A test runs in a folder of its own, with
# ncx in its PATH; it waits for events, never for time to pass.  A strace(1) of
# it looks for no leaks: in the sanitizer build both want to be the debugger.
bats_require_minimum_version 1.5.0

# seconds for one program; a test that takes as long has failed
LIMIT=${LIMIT:-60}

# What every test begins with; a setup() with more to do calls it first.
begin_test() {
	: "${NCX:?the program to test}"
	PATH=${NCX%/*}:$PATH
	PIDS=()
	SECONDS=0
	cd "$BATS_TEST_TMPDIR" || return
}

setup() {
	begin_test
}

# What every test ends with; a teardown() with more to do calls it.
end_test() {
	exec 8>&- 9>&-
	for pid in "${!PIDS[@]}"; do
		kill "$pid" 2>/dev/null || :
	done
	wait
	((SECONDS < LIMIT)) || { echo "something hung for $LIMIT s" && false; }
}

teardown() {
	end_test
}

# ncx in the foreground, as a user would run it.
ncx() {
	timeout -k 1 "$LIMIT" ncx "$@" 3>&- 8>&- 9>&-
}

# start COMMAND...: in the background, with the redirections of the call; $!
# is a timeout(1) that passes the status on.
start() {
	timeout -k 1 "$LIMIT" "$@" <&0 3>&- 8>&- 9>&- &
	PIDS[$!]=$1
}

# The program itself behind a $! of start.
program() {
	pgrep -P "$1"
}

# finished PID: wait for what was started; its status is $STATUS.
finished() {
	STATUS=0
	wait "$1" || STATUS=$?
	unset "PIDS[$1]"
}

# await FILE REGEX [END]: until a line of the file matches; that line is $LINE.
# END is what ends one, where it is not the newline: a question has a colon.
await() {
	local lines missing=1
	exec {lines}< <(exec timeout "$LIMIT" tail -n +1 -f "$1" 3>&- 8>&- 9>&-)
	local follower=$!
	while ((missing)) && IFS= read -r -d "${3-$'\n'}" LINE <&"$lines"; do
		[[ ! $LINE =~ $2 ]] || missing=0
	done
	exec {lines}<&-
	kill "$follower" 2>/dev/null || :
	wait "$follower" || :
	((missing == 0)) || { echo "no line like '$2' in $1:" && cat "$1"; }
	return "$missing"
}

# fifo NAME FD: an input that stays open and silent until the test writes to
# the descriptor (8 or 9) or closes it.
fifo() {
	mkfifo "$1" && eval "exec $2<>$1"
}

# listener [OPTION...] [HOST]: ncx -l on a free port, which is $PORT; its
# stderr is server.err, its $! is $SERVER.
listener() {
	start ncx -l -v -n "$@" 0 2>server.err
	SERVER=$!
	await server.err '^(Listening|Bound) on .* ([0-9]+)$'
	PORT=${BASH_REMATCH[2]}
}

# network NAME [COMMAND...]: a machine with only its lo, made by way of COMMAND;
# the words that run a program there are "${NETWORK[@]}", and $MACHINE is the
# process that stands for it.  In a chroot no user namespace can be made, and
# root needs none.  There is only root in it, unless $ALL_USERS says otherwise:
# then one who is not root needs subordinate users, see subuid(5).
network() {
	local own=(--map-root-user) same=(--user --preserve-credentials)
	[ -z "${ALL_USERS-}" ] || own+=(--map-auto)
	unshare "${own[@]}" true 2>/dev/null || own=() same=(--root)
	: >"$1"
	start "${@:2}" unshare "${own[@]}" --net --mount sh -c \
		'ip link set lo up && echo "up $$" && exec tail -f /dev/null' >"$1"
	await "$1" '^up ([0-9]+)$'
	MACHINE=${BASH_REMATCH[1]}
	NETWORK=(nsenter "${same[@]}" --net --mount --wdns="$PWD" -t "$MACHINE" timeout -k 1 "$LIMIT")
}

# says STATUS LINE COMMAND...: it ends with the status, and with that one line
# on stderr and nothing on stdout.
says() {
	run --separate-stderr "-$1" "${@:3}"
	[ "$stderr$output" = "$2" ] || { echo "$stderr$output" && false; }
}

# The time since $EPOCHREALTIME was $1, in ms.
ms_since() {
	echo $(((${EPOCHREALTIME/[^0-9]/} - ${1/[^0-9]/}) / 1000))
}
