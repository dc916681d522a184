# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# enduring.bash - a listener that has to bear much, and to be as it was before
load people

# endures [OPTION...]: a listener that keeps open, and has served a client; what
# comes is measured from there.
endures() {
	certified server -k -c "echo hello" "$@" </dev/null >server.out
	SERVER_PID=$(program "$SERVER")
	as alice
	opens "${CA[@]}" "${AS[@]}"
	eventually has_connections 0
	FDS=$(descriptors "$SERVER_PID")
}

# has_connections COUNT: sockets of the server, besides those that listen
has_connections() {
	(($(find "/proc/$SERVER_PID/fd" -lname 'socket:*' | wc -l) == $1 + 1))
}

# It serves as before, and nothing is left.
unharmed() {
	opens "${CA[@]}" "${AS[@]}"
	eventually has_descriptors "$SERVER_PID" "$FDS"
	(($(memory "$SERVER_PID") < MEMORY_MAX))
}

peers() {
	timeout "$LIMIT" python3 "$BATS_TEST_DIRNAME/tlspeer.py" "$@" 3>&-
}
