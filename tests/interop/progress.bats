#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# progress.bats - the live line of --progress on the terminals of tmux
load helper

# bytes of what is sent, and of a part of it that is more than all buffers
FILE_SIZE=200000000
PART=20000000

setup_file() {
	truncate -s "$FILE_SIZE" "$BATS_FILE_TMPDIR/file"
}

teardown() {
	tmux -S terminals kill-server 2>/dev/null || :
	end_test
}

# terminal COLUMNS COMMAND: one window of a shell without a prompt, where the
# command was typed; the bytes of its output are in the file "bytes".
terminal() {
	printf '#!/bin/sh\nexec %s\n' "$2" >go
	chmod +x go
	: >bytes
	tmux -S terminals -f /dev/null new-session -d -s one -x "$1" -y 24 \
		-c "$PWD" "exec env ENV= PS1= sh" 3>&- 8>&- 9>&-
	tmux -S terminals pipe-pane -t one "exec cat >$PWD/bytes"
	type_line './go; echo s$?'
}

type_line() {
	tmux -S terminals send-keys -t one -l "$1"
	tmux -S terminals send-keys -t one Enter
}

press() {
	tmux -S terminals send-keys -t one "$1"
}

resize() {
	tmux -S terminals resize-window -t one -x "$1" -y 24
}

# What can be seen, each line as it was written; and the rows that it takes
# besides the command, which may have been moved off it.
screen() {
	tmux -S terminals capture-pane -p -J -t one | sed 's/ *$//'
}

rows() {
	tmux -S terminals capture-pane -p -t one | sed '/^$/d; /^\.\/go/d' | wc -l
}

# shows REGEX: until a line of the screen matches; all of it is $SCREEN.
shows() {
	until SCREEN=$(screen) && grep -Eq "$1" <<<"$SCREEN"; do
		((SECONDS < LIMIT)) || { echo "no '$1' on:" && screen && return 1; }
	done
}

# looks TEXT: it is all of the screen, where a # of the text is any number.
looks() {
	local want=$1 got
	until got=$(screen | sed -E 's/[0-9]+(\.[0-9]+)?/#/g; s/ +/ /g; s/[KMG]iB/B/g') &&
		[ "$got" = "$want" ]; do
		((SECONDS < LIMIT)) || { diff <(echo "$want") <(echo "$got"); return 1; }
	done
}

# taker: a listener that takes as much as the test does from descriptor 9; what
# it says is read from the file, if there is one
taker() {
	mkfifo taken
	exec 7<>taken
	start ncx -lvn 127.0.0.1 0 <"${1-/dev/null}" >taken 2>server.err 7>&-
	SERVER=$!
	exec 9<taken 7>&-
	await server.err '^Listening on .* ([0-9]+)$'
	PORT=${BASH_REMATCH[1]}
}

takes() {
	head -c "$1" <&9 >/dev/null
}

takes_all() {
	timeout "$LIMIT" cat <&9 >/dev/null
	finished "$SERVER"
}

# sends COLUMNS [OPTION...]: the file, from a terminal, and a part has arrived
sends() {
	taker
	terminal "$1" "ncx ${*:2} --progress 127.0.0.1 $PORT <$BATS_FILE_TMPDIR/file"
	takes "$PART"
}

# No line is broken, and the cursor is there.
tidy() {
	[ "$(tmux -S terminals display-message -p -t one '#{cursor_flag}')" -eq 1 ]
}

@test "80 columns: all of it, in one line, and then the summary" {
	sends 80
	shows '^in +0B  out .*MiB .*/s  0:0[0-9]  \[=*> *\] +[0-9]+%  ETA [0-9:-]+$'
	[ "$(rows)" -eq 1 ]
	line=$(tail -n 1 <<<"$SCREEN")
	[ "${#line}" -eq 79 ]
	takes_all
	looks './go; echo s$?
# bytes received, # bytes sent (#B) in # s, #B/s
s#'
	shows '^0 bytes received, 200000000 bytes sent \(191MiB\) in '
	shows '^s0$'
	tidy
}

@test "40 columns, and 20" {
	sends 40
	shows '^out .*MiB .*/s .*[0-9]%( |$)'
	[ "$(rows)" -eq 1 ]
	resize 20
	shows '^out +[0-9.]+MiB +[0-9]+%$'
	[ "$(rows)" -eq 1 ]
	resize 5
	shows '^ [0-9]+%$'
	resize 80
	takes_all
	shows '^s0$'
	tidy
}

@test "it follows the width, and leaves nothing of the line before" {
	sends 80
	shows ' ETA '
	for columns in 40 100 30 60 80; do
		resize "$columns"
		if ((columns < 60)); then
			shows '^out .*%'
		else
			shows '^in .*%'
		fi
		[ "$(rows)" -eq 1 ]
	done
	takes_all
	shows '^s0$'
	[ "$(rows)" -eq 2 ]
}

@test "a message goes above it" {
	terminal 80 'ncx -lkvn --progress 127.0.0.1 0 >out'
	shows '^Listening on 127.0.0.1 [0-9]+$'
	PORT=$(sed -nE 's/^Listening on .* //p' <<<"$SCREEN")
	exec 8<>"/dev/tcp/127.0.0.1/$PORT"
	shows '^1 of 1 open  in +0B  out +0B +0B/s  0:0[0-9]$'
	exec 9<>"/dev/tcp/127.0.0.1/$PORT"
	echo hello >&9
	shows '^2 of 2 open  in +6B '
	exec 8>&-
	shows '^1 of 2 open  in +6B '
	looks './go; echo s$?
Listening on #.# #
Connection received on #.# #
Connection received on #.# #
Connection from #.# # closed after # s: # bytes received, # sent, ended by the peer
# of # open in #B out #B #B/s #:#'
	press C-c
	shows '^s130$'
	shows '^6 bytes received, 0 bytes sent in .*, 2 sessions$'
	exec 9>&-
	run ! grep ' open ' <<<"$SCREEN"
}

@test "^C leaves a summary, and nothing else" {
	sends 80
	shows ' ETA '
	press C-c
	looks './go; echo s$?
# bytes received, # bytes sent (#B) in # s, #B/s, where # were expected
s#'
	shows '^s130$'
	tidy
	takes_all
}

@test "^Z takes it away, and fg brings it back" {
	sends 80
	shows ' ETA '
	press C-z
	shows 'Stopped'
	run ! grep ETA <<<"$SCREEN"
	tidy
	type_line fg
	shows ' ETA '
	takes_all
	shows '^0 bytes received, 200000000 bytes sent '
	run ! grep ETA <<<"$SCREEN"
}

@test "in the background it draws nothing" {
	taker
	terminal 80 true
	shows '^s0$'
	printf '#!/bin/sh\nexec %s\n' "ncx -v -n --progress 127.0.0.1 $PORT" >go
	type_line "./go <$BATS_FILE_TMPDIR/file &"
	shows '^Connection to '
	takes_all
	shows '^0 bytes received, 200000000 bytes sent '
	run ! grep -a ETA bytes
}

@test "where TERM is dumb there is only the summary" {
	taker
	terminal 80 "env TERM=dumb ncx --progress 127.0.0.1 $PORT <$BATS_FILE_TMPDIR/file"
	takes_all
	shows '^0 bytes received, 200000000 bytes sent '
	run ! grep -a $'\033' bytes
	run ! grep -a ETA bytes
}

@test "a reply on the same terminal ends it" {
	fifo reply 8
	taker reply
	terminal 80 "ncx --progress 127.0.0.1 $PORT <$BATS_FILE_TMPDIR/file"
	takes "$PART"
	shows ' ETA '
	printf 'got a part\nand' >&8
	looks './go; echo s$?
got a part
and'
	takes "$PART"
	exec 8>&-
	takes_all
	looks './go; echo s$?
got a part
and
# bytes received, # bytes sent (#B) in # s, #B/s
s#'
	shows '^14 bytes received, 200000000 bytes sent '
}

@test "a talk has no live line" {
	taker
	terminal 80 "ncx -v -n --progress 127.0.0.1 $PORT"
	shows '^Connection to '
	type_line hello
	takes 6
	press C-d
	shows '^0 bytes received, 6 bytes sent in '
	takes_all
	run ! grep -a $'\033\\[J' bytes
}

@test "a report on the terminal leaves no room for it" {
	taker
	terminal 80 "ncx -d -n --progress --report=json:- --max-time 700ms 127.0.0.1 $PORT </dev/null"
	shows '^0 bytes received, 0 bytes sent in '
	takes_all
	run ! grep -a $'\033\\[J' bytes
}

@test "more than was said" {
	sends 80 --size 1m
	shows '^in +0B  out .*  more than expected$'
	press C-c
	shows 'where 1048576 were expected$'
	takes_all
}

@test "a terminal that was stopped does not stop the transfer" {
	sends 80
	shows ' ETA '
	press C-s
	takes_all
	[ "$STATUS" -eq 0 ]
	press C-q
	shows '^0 bytes received, 200000000 bytes sent '
	shows '^s0$'
}

# drawings: how often it has been drawn
drawings() {
	tr '\r' '\n' <bytes | grep -ac $'ETA .*\033\\[J' || :
}

@test "it is drawn four times a second, whatever happens" {
	local begin=$EPOCHREALTIME count=0
	sends 80
	for ((n = 0; count < 6; n++)); do
		resize $((60 + n % 20))
		count=$(drawings)
		((SECONDS < LIMIT)) || { echo "$count times" && return 1; }
	done
	echo "$count in $(ms_since "$begin") ms"
	((count <= $(ms_since "$begin") / 250))
	takes_all
}
