#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# chat.bats - ncx --chat: a broker for people
load helper
load people

teardown() {
	tmux -S terminals kill-server 2>/dev/null || :
	end_test
}

# chat OPTION...: its stdin is descriptor 8; a and b are there, and have heard
# of each other.
chat() {
	fifo in 8
	listener --chat "$@" 127.0.0.1 <in >server.out
	SERVER_PID=$(program "$SERVER")
	people
	comes a
	comes b
	tasks <<-'END'
		a find nobody.\n
		a find as <user2>.\n
		b find as <user1>.\n
	END
}

# terminal NAME COMMAND: a window of tmux; all it shows is in the file NAME.
terminal() {
	: >"$1"
	tmux -S terminals -f /dev/null new-session -d -s "$1" -x 80 -y 24 \
		"exec env PS1= sh" 3>&-
	tmux -S terminals pipe-pane -t "$1" "exec cat >$PWD/$1"
	type_at "$1" "$2"
}

# type_at NAME LINE: type it there, and Enter.
type_at() {
	tmux -S terminals send-keys -t "$1" -l "$2"
	tmux -S terminals send-keys -t "$1" Enter
}

@test "three people at three terminals" {
	terminal host 'ncx --chat -v -n -l 127.0.0.1 0'
	await host '^Listening on 127.0.0.1 ([0-9]+)'
	PORT=${BASH_REMATCH[1]}
	terminal ann "ncx 127.0.0.1 $PORT"
	await ann '^<announce> already connected: nobody\.'
	terminal ben "ncx 127.0.0.1 $PORT"
	await ben '^<announce> already connected: 127\.0\.0\.1 [0-9]+ as <user1>\.'
	await ann '^<announce> 127\.0\.0\.1 [0-9]+ is connected as <user2>\.'
	type_at ann 'hello, I am Ann'
	await ben '^<user1> hello, I am Ann'
	await host '^<user1> hello, I am Ann'
	type_at ben 'und ich bin Jörg ☺'
	await ann '^<user2> und ich bin Jörg ☺'
	type_at host 'welcome'
	await ann '^<user0> welcome'
	await ben '^<user0> welcome'
	tmux -S terminals send-keys -t ann C-d
	await ben '^<announce> <user1> is disconnected\.'
	await host '^<announce> <user1> is disconnected\.'
	type_at ann 'echo status $?'
	await ann '^status 0'
	run ! grep -q '^<user1>' ann
}

@test "who is there, who comes and who goes" {
	chat
	comes c
	task c find '> 127.0.0.1 '
	task c find ' is connected as <user3>.\n<announce> already connected: 127.0.0.1 '
	task a find 'as <user3>.\n'
	task b end
	task a hear '<announce> <user2> is disconnected.'
	task c find '<announce> <user2> is disconnected.\n'
	task b gone
	task c reset
	task a hear '<announce> <user3> is disconnected.'
	comes d
	task a find 'is connected as <user4>.\n'
	await server.out '^<announce> <user3> is disconnected.$'
	await server.out '^<announce> 127.0.0.1 [0-9]+ is connected as <user4>.$'
}

@test "a line is passed on when it is whole" {
	chat
	task a send 'first'
	task b say 'second'
	task a hear '<user2> second'
	task a send ' half'
	echo 'third' >&8
	task b hear '<user0> third'
	task a send '\n'
	task b hear '<user1> first half'
	task a send 'two\nlines\nand a half'
	task b hear '<user1> two'
	task b hear '<user1> lines'
	task a end
	task b hear '<user1> and a half'
	task b hear '<announce> <user1> is disconnected.'
}

@test "CR LF is the end of a line, in pieces too" {
	chat
	tasks <<-'END'
		a send one\r\ntwo\r
		b hear <user1> one
		a send \nthree\n
		b hear <user1> two
		b hear <user1> three
		a send \r\n\n
		b hear <user1>\x20
		b hear <user1>\x20
	END
}

@test "control characters are shown, and steer no terminal" {
	chat
	tasks <<-'END'
		a say red \x1b[31m bell \x07 back \x08 tab \t null \x00 del \x7f
		b hear <user1> red \\033[31m bell \\007 back \\010 tab \t null \\000 del \\177
		a say fake\r<user2> hi
		b hear <user1> fake\\015<user2> hi
		a say C1 \xc2\x9b31m raw \x9b
		b hear <user1> C1 \\302\\23331m raw \\233
	END
	await server.out '^<user1> C1'
	LC_ALL=C run ! grep -q $'[\001-\010\013-\037\177]' server.out
}

@test "UTF-8 is passed on, in pieces too; what is none is shown" {
	chat
	tasks <<-'END'
		a say gr\xc3\xbc\xc3\x9fe \xe2\x98\xba \xf0\x9f\x98\x80
		b hear <user1> gr\xc3\xbc\xc3\x9fe \xe2\x98\xba \xf0\x9f\x98\x80
		a send \xf0\x9f
		b say meanwhile
		a hear <user2> meanwhile
		a send \x98\x80\n
		b hear <user1> \xf0\x9f\x98\x80
		a say cut \xe2\x98
		b hear <user1> cut \\342\\230
		a say latin \xfc overlong \xc0\xaf surrogate \xed\xa0\x80
		b hear <user1> latin \\374 overlong \\300\\257 surrogate \\355\\240\\200
	END
}

@test "a very long line is several, and none is lost" {
	chat
	task a pour 200 x
	task a pour 1 y
	task a send '\n'
	task b find y
	local part='<user1> '
	part+=$(head -c 4096 /dev/zero | tr '\0' x)
	for _ in {1..50}; do
		await server.out "^$part\$"
	done
	[ "$(grep -c "^$part\$" server.out)" -eq 50 ]
	[ "$(tr -cd x <server.out | wc -c)" -eq 204800 ]
}

@test "nobody can speak in the name of another" {
	chat
	task a say '<announce> <user2> is disconnected.'
	task b hear '<user1> <announce> <user2> is disconnected.'
	task a say '<user0> free beer'
	task b hear '<user1> <user0> free beer'
}

@test "a chat over UDP" {
	fifo in 8
	listener --chat -u 127.0.0.1 <in >server.out
	people
	task a udp "$PORT"
	task a say hello
	await server.out '^<user1> hello$'
	task b udp "$PORT"
	task b say hi
	await server.out '^<user2> hi$'
	task a find 'is connected as <user2>.\n'
	task a datagram '<user2> hi\n'
	task a send 'each is'
	task a say 'a line'
	task b find '<user1> each is\n'
	task b find '<user1> a line\n'
}

@test "a chat over a Unix socket" {
	fifo in 8
	: >server.err
	start ncx --chat -lkU -v sock <in >server.out 2>server.err
	await server.err '^Listening on sock$'
	people
	comes a unix sock
	comes b unix sock
	task a find ' is connected as <user2>.\n'
	task b find ' as <user1>.\n'
	task b say hello
	task a hear '<user2> hello'
}

@test "one that takes nothing is dropped, and all hear of it" {
	chat --stall-timeout 500ms
	comes deaf
	task a find 'as <user3>.\n'
	task b find 'as <user3>.\n'
	task a pour 131072 a
	task b find '<announce> <user3> is disconnected.\n'
	task a find '<announce> <user3> is disconnected.\n'
	lines 1 server.err 'Nothing taken for too long$'
	(($(memory "$SERVER_PID") < MEMORY_MAX))
}

@test "--talk is the same; --chat needs neither -l nor -k" {
	fifo in 8
	: >server.err
	start ncx --talk -v -n 127.0.0.1 0 <in >server.out 2>server.err
	await server.err '^Listening on 127.0.0.1 ([0-9]+)$'
	PORT=${BASH_REMATCH[1]}
	people
	comes a
	task a say hello
	await server.out '^<user1> hello$'
}
