#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# leaving.bats - a listener that is told to end: its status, and what it logs
load helper

# visit [OPTION...]: a client of a listener that stays until 9 is closed.
visit() {
	listener -k "$@" 127.0.0.1 <input >server.out
	start ncx 127.0.0.1 "$PORT" <input 2>/dev/null
	await server.err '^Connection received on '
}

# One line about the client that was there, which tells that it was cut off.
told_once() {
	[ "$(grep -c ' closed after .*, cut off$' server.err)" -eq 1 ]
	[ "$(grep -c ' closed after ' server.err)" -eq 1 ]
}

@test "--drain with nobody there is over at once, with status 0" {
	for time in 0 1ms 1h; do
		listener -k --drain "$time" 127.0.0.1 </dev/null
		kill -TERM "$(program "$SERVER")"
		finished "$SERVER"
		[ "$STATUS" -eq 0 ]
	done
}

@test "a signal: clients that were there have their line in the log" {
	fifo input 9
	for what in --recv-only --broker --chat '-e cat' '-c cat'; do
		# shellcheck disable=SC2086  # it may be two words
		visit $what
		kill -TERM "$(program "$SERVER")"
		finished "$SERVER"
		[ "$STATUS" -eq 143 ]
		told_once || { echo "$what" && cat server.err && false; }
	done
}

@test "--drain: who is cut off when it is over has his line in the log" {
	fifo input 9
	for what in --recv-only --broker '-e cat'; do
		# shellcheck disable=SC2086  # it may be two words
		visit --drain 50ms $what
		kill -TERM "$(program "$SERVER")"
		finished "$SERVER"
		[ "$STATUS" -eq 143 ]
		told_once || { echo "$what" && cat server.err && false; }
	done
}

@test "stdout that takes nothing more: the others have their line, too" {
	fifo input 9
	listener -k 127.0.0.1 <input >/dev/full
	start ncx 127.0.0.1 "$PORT" <input 2>/dev/null
	await server.err '^Connection received on '
	run ncx 127.0.0.1 "$PORT" <<<hello
	finished "$SERVER"
	[ "$STATUS" -eq 6 ]
	[ "$(grep -c ' closed after ' server.err)" -eq 2 ]
}
