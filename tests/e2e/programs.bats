#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# programs.bats - a program for each client of a listener
load helper
load processes

@test "a listener's program gets the half-close, its output and status arrive" {
	listener -c 'sort; exit 7' 127.0.0.1
	run -0 ncx 127.0.0.1 "$PORT" < <(printf 'b\na\n')
	[ "$output" = $'a\nb' ]
	finished "$SERVER"
	[ "$STATUS" -eq 7 ]
}

@test "the status of a one-shot: a signal that ends the program" {
	listener -c 'kill -USR1 $$' 127.0.0.1
	run -0 ncx 127.0.0.1 "$PORT" </dev/null
	finished "$SERVER"
	[ "$STATUS" -eq 138 ]
}

@test "-e splits words and needs no shell" {
	listener -e 'printf [%s] a\ b "c d"' 127.0.0.1
	run -0 ncx 127.0.0.1 "$PORT" </dev/null
	[ "$output" = '[a b]["c][d"]' ]
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
}

@test "a program that ends ends the session, though its client would go on" {
	listener -c 'read -r line; echo "heard $line"; exit 3' 127.0.0.1
	dial
	echo hello >&8
	run -0 timeout "$LIMIT" cat <&8
	[ "$output" = 'heard hello' ]
	finished "$SERVER"
	[ "$STATUS" -eq 3 ]
}

@test "what a program says on stderr is not for the client" {
	listener -c 'echo for us >&2; echo for the client' 127.0.0.1
	run -0 ncx 127.0.0.1 "$PORT" </dev/null
	[ "$output" = 'for the client' ]
	finished "$SERVER"
	grep -qx 'for us' server.err
}

@test "-k: clients at once, each with a program of its own" {
	listener -k -c 'echo $$; exec cat' 127.0.0.1
	local line first second
	exec 8<>"/dev/tcp/127.0.0.1/$PORT"
	hear 8 first
	exec 9<>"/dev/tcp/127.0.0.1/$PORT"
	hear 9 second
	[ "$first" -ne "$second" ]
	echo two >&9
	hear 9 line
	[ "$line" = two ]
	echo one >&8
	hear 8 line
	[ "$line" = one ]
	[ "$(ncx 127.0.0.1 "$PORT" <<<three | tail -n 1)" = three ]
	kill -0 "$first" "$second"
}

@test "-k: the status of a program is no end of the listener" {
	listener -k -c 'exit 7' 127.0.0.1
	for _ in 1 2 3; do
		run -0 ncx 127.0.0.1 "$PORT" </dev/null
	done
	kill "$(program "$SERVER")"
	finished "$SERVER"
	[ "$STATUS" -eq 143 ]
}

# What a program hears of a side: NCAT_, NCX_ and UCSPI
SIDES='echo $NCAT_PROTO $NCX_PROTO $PROTO
	echo $NCAT_REMOTE_ADDR $NCAT_REMOTE_PORT $NCX_REMOTE_ADDR $NCX_REMOTE_PORT
	echo $NCAT_LOCAL_ADDR $NCAT_LOCAL_PORT $NCX_LOCAL_ADDR $NCX_LOCAL_PORT
	eval "echo \$${PROTO}REMOTEIP \$${PROTO}REMOTEPORT"
	eval "echo \$${PROTO}LOCALIP \$${PROTO}LOCALPORT \$${PROTO}CONNNUM"'

@test "the environment: both sides, over IPv4 and IPv6" {
	for host in 127.0.0.1 ::1; do
		listener -c "$SIDES" "$host"
		run -0 ncx "$host" "$PORT" </dev/null
		finished "$SERVER"
		await server.err "^Connection received on $host ([0-9]+)\$"
		local remote="$host ${BASH_REMATCH[1]}" near="$host $PORT"
		diff - <(echo "$output") <<-END
			TCP TCP TCP
			$remote $remote
			$near $near
			$remote
			$near 1
		END
	done
}

@test "the environment: an IPv4 client of a socket for any address" {
	listener -k -c 'echo $TCPREMOTEIP $NCAT_LOCAL_ADDR'
	run -0 ncx 127.0.0.1 "$PORT" </dev/null
	[ "$output" = '127.0.0.1 127.0.0.1' ]
	run -0 ncx ::1 "$PORT" </dev/null
	[ "$output" = '::1 ::1' ]
}

@test "the environment: how many come from one host" {
	listener -k -c 'echo $TCPCONNNUM; exec cat' 127.0.0.1
	local count
	dial
	hear 8 count
	[ "$count" -eq 1 ]
	exec 9<>"/dev/tcp/127.0.0.1/$PORT"
	hear 9 count
	[ "$count" -eq 2 ]
	run -0 ncx -s 127.0.0.9 127.0.0.1 "$PORT" </dev/null
	[ "$output" = 1 ]
}

@test "the environment is ours, without what others said of theirs" {
	export NCX_PROXY_PASS=secret TCPREMOTEHOST=other NCAT_REMOTE_ADDR=other
	export NOTIFY_SOCKET=@nobody OURS=ours
	listener -c 'env' 127.0.0.1
	run -0 ncx 127.0.0.1 "$PORT" </dev/null
	finished "$SERVER"
	[ "$(grep -c '^NCAT_REMOTE_ADDR=' <<<"$output")" -eq 1 ]
	[[ $output == *NCAT_REMOTE_ADDR=127.0.0.1* && $output == *OURS=ours* ]]
	run -1 grep -E '=(secret|other)|^NOTIFY_' <<<"$output"
}

@test "a program has three descriptors, and none of ours" {
	listener -k -c 'ls -l /proc/$PPID/fd; echo; exec ls -l /proc/self/fd' 127.0.0.1
	dial
	ncx 127.0.0.1 "$PORT" </dev/null | awk '{ print $NF }' >fds
	grep -q '^socket:' fds
	run -1 grep -E '^(socket:|anon_inode:)' < <(sed '1,/^$/d' fds)
	[ "$(grep -c '^pipe:' < <(sed '1,/^$/d' fds))" -ge 2 ]
}

@test "a program has the usual signals" {
	listener -c 'grep -E "^Sig(Blk|Ign):" /proc/self/status' 127.0.0.1
	run -0 ncx 127.0.0.1 "$PORT" </dev/null
	finished "$SERVER"
	[[ $output == 'SigBlk:'*0000000000000000*'SigIgn:'*00000000 ]] ||
		[[ $output == 'SigBlk:'*0000000000000000*'SigIgn:'*80000000 ]] # C library
}

@test "over UDP each peer has a program, with -k" {
	listener -u -k -c 'read -r line; echo "$UDPREMOTEPORT $line"; exec cat' 127.0.0.1
	local ports=()
	for fd in 8 9; do
		fifo "in$fd" "$fd"
		: >"out$fd"
		start ncx -u 127.0.0.1 "$PORT" <"in$fd" >"out$fd"
		echo "hello $fd" >&"$fd"
		await "out$fd" "^([0-9]+) hello $fd\$"
		ports+=("${BASH_REMATCH[1]}")
	done
	[ "${ports[0]}" -ne "${ports[1]}" ]
	echo again >&8
	await out8 '^again$'
	[ "$(wc -l <out9)" -eq 1 ]
}

@test "over UDP a one-shot ends with its program" {
	listener -u -c 'read -r line; echo "to $line"; exit 5' 127.0.0.1
	run -0 ncx -u -W 1 127.0.0.1 "$PORT" <<<you
	[ "$output" = 'to you' ]
	finished "$SERVER"
	[ "$STATUS" -eq 5 ]
}

@test "over a Unix socket, with -k" {
	start ncx -lkU -v -c 'sort; echo $PROTO $UNIXLOCALPATH' path 2>server.err
	await server.err '^Listening on path$'
	for _ in 1 2; do
		run -0 ncx -U path < <(printf 'b\na\n')
		[ "$output" = $'a\nb\nUNIX path' ]
	done
}

@test "over Unix datagrams a client with a path is answered" {
	start ncx -lukU -v -c 'read -r l; echo "$l $UNIXREMOTEPATH"' path 2>server.err
	await server.err '^Bound on path$'
	run -0 ncx -uU -W 1 -s mine path <<<hello
	[ "$output" = 'hello mine' ]
}

@test "a program that cannot be run: 127 or 126, and the client sees the end" {
	listener -e /no/such 127.0.0.1
	run -0 ncx 127.0.0.1 "$PORT" </dev/null
	finished "$SERVER"
	[ "$STATUS" -eq 127 ]
	grep -qx 'ncx: run /no/such failed: No such file or directory' server.err
	listener -e /etc 127.0.0.1
	run -0 ncx 127.0.0.1 "$PORT" </dev/null
	finished "$SERVER"
	[ "$STATUS" -eq 126 ]
	grep -qx 'ncx: run /etc failed: Permission denied' server.err
}

@test "-k goes on when the program cannot be run, and runs it once it can" {
	listener -k -e ./later 127.0.0.1
	for _ in 1 2 3; do
		run -0 ncx 127.0.0.1 "$PORT" </dev/null
		[ -z "$output" ]
	done
	[ "$(grep -c '^ncx: run ./later failed: ' server.err)" -eq 3 ]
	printf '#!/bin/sh\necho here\n' >draft
	chmod +x draft
	mv draft later
	run -0 ncx 127.0.0.1 "$PORT" </dev/null
	[ "$output" = here ]
}

@test "a program may close its input at once" {
	head -c 20000000 /dev/zero >big
	listener -k -c 'exec <&-; echo no, thanks' 127.0.0.1
	# what the program did not take is no secret: 0 or 5, as the reset comes
	run --separate-stderr ncx 127.0.0.1 "$PORT" <big
	((status == 0 || status == 5))
	[ "$output" = 'no, thanks' ]
	run -0 ncx 127.0.0.1 "$PORT" </dev/null
	[ "$output" = 'no, thanks' ]
}

@test "100 MB for a client that does not read: it waits, and all arrives" {
	listener -k -c 'head -c 100000000 /dev/zero' 127.0.0.1
	local server
	server=$(program "$SERVER")
	dial
	head -c 1 <&8 >/dev/null # and what it reads ahead
	for _ in {1..10}; do
		[ "$(ncx -d 127.0.0.1 "$PORT" | wc -c)" -eq 100000000 ]
	done
	(($(memory_peak "$server") < 65536))
	[ -n "$(pgrep -P "$server")" ]
	(($(timeout "$LIMIT" cat <&8 | wc -c) >= 99000000))
	eventually has_no_child "$server"
}

@test "a program that never ends is ended with its group by a reset" {
	listener -k -c 'tail -f /dev/null & echo $! $$; exec yes' 127.0.0.1
	local grandchild leader
	dial
	hear 8 grandchild leader
	vanish
	gone "$grandchild"
	gone "$leader"
	eventually has_no_child "$(program "$SERVER")"
	await server.err '^Connection from 127.0.0.1 .* closed after '
}

@test "a program that ignores TERM is killed 2 s later" {
	listener -k -c 'trap "" TERM; tail -f /dev/null & echo $! $$; yes' 127.0.0.1
	local grandchild leader begun
	dial
	hear 8 grandchild leader
	begun=$EPOCHREALTIME
	vanish
	ncx 127.0.0.1 "$PORT" </dev/null | head -n 1 >other # meanwhile
	[ -s other ]
	gone "$grandchild"
	gone "$leader"
	(($(ms_since "$begun") >= 1900))
}

@test "silence ends the program: with -k the listener goes on, else 0 or 4" {
	listener -k --idle-timeout 50ms -c 'echo $$; exec tail -f /dev/null' 127.0.0.1
	for _ in 1 2; do
		dial
		hear 8 LINE
		gone "$LINE"
	done
	listener --idle-timeout 50ms -e cat 127.0.0.1
	dial
	finished "$SERVER"
	[ "$STATUS" -eq 4 ]
	listener -w 50ms -e cat 127.0.0.1
	dial
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
}

# One of each kind: served, half-closed, gone at once, reset.
mixed_clients() {
	for ((i = 0; i < $1; i++)); do
		case $((i % 4)) in
		0) ncx 127.0.0.1 "$PORT" <<<"$i" ;;
		1) ncx -d -N 127.0.0.1 "$PORT" ;;
		2) (exec 8<>"/dev/tcp/127.0.0.1/$PORT") ;;
		3) (dial && echo x >&8 && hear 8 _) ;;
		esac
	done >/dev/null
}

@test "200 clients later: no zombie, and no descriptor left" {
	listener -k -c 'echo 1; echo 2; exec cat' 127.0.0.1
	local server fds
	server=$(program "$SERVER")
	fds=("/proc/$server/fd/"*)
	mixed_clients 100 3>&- &
	local other=$!
	mixed_clients 100
	wait "$other"
	eventually has_no_child "$server"
	eventually has_descriptors "$server" "${#fds[@]}"
	[ "$(grep -c '^Connection received' server.err)" -eq 200 ]
}

@test "a signal ends all programs with their groups" {
	for options in -l -lk; do
		listener "$options" -c 'tail -f /dev/null & echo $! $$; wait' 127.0.0.1
		local line pids=()
		dial
		hear 8 line
		pids+=("$line")
		if [ "$options" = -lk ]; then
			exec 9<>"/dev/tcp/127.0.0.1/$PORT"
			hear 9 line
			pids+=("$line")
		fi
		kill "$(program "$SERVER")"
		finished "$SERVER"
		[ "$STATUS" -eq 143 ]
		for line in "${pids[@]}"; do
			gone "${line% *}"
			gone "${line#* }"
		done
	done
}

@test "-C and -t are for each client" {
	listener -k -C -t -c 'cat; echo end' 127.0.0.1
	for _ in 1 2; do
		run -0 ncx 127.0.0.1 "$PORT" < <(printf 'a\377\373\001b\n')
		[ "$(od -An -c <<<"$output" | tr -d ' \n')" = \
			'377376001ab\r\nend\r\n' ] # DONT ECHO
	done
}
