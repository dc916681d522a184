#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# asked.bats - what SIGUSR1 tells, and what ss(8) tells of the same sockets
load helper
load ../e2e/asked
load ../e2e/lonely

setup_file() {
	:
}

# told FILE: the latest whole answer, in ss's columns and the last of ours
told() {
	awk '/^State / { last = text; text = ""; next }
		{ text = text $1 " " $2 " " $3 " " $4 " " $5 " " $9 "\n" }
		END { printf "%s", last }' "$1"
}

# agrees PID FILE SS...: until both say the same of all sockets that have a
# state; what is under way may change between two looks.
agrees() {
	until kill -USR1 "$1" && kill -USR1 "$1" &&
		told "$2" | grep -v '^- ' | cut -d ' ' -f 1-5 | sort >ncx.told &&
		[ -s ncx.told ] &&
		"${NETWORK[@]}" ss -H -n "${@:3}" |
		awk '{ print $1, $2, $3, $4, $5 }' | sort >ss.told &&
		cmp -s ncx.told ss.told; do
		((SECONDS < LIMIT)) || { diff ncx.told ss.told; return 1; }
	done
}

@test "a listener of both families" {
	network peers
	start "${NETWORK[@]}" ncx -lkvn 5000 </dev/null >out 2>server.err
	SERVER=$!
	await server.err '^Listening on ::'
	inside "$SERVER"
	agrees "$NCX_PID" server.err -tl
}

@test "a connection that is full: its queues, and its time" {
	network peers
	mkfifo stuck
	exec 8<>stuck
	start "${NETWORK[@]}" ncx -lvn 127.0.0.1 5000 </dev/null >stuck 2>server.err
	SERVER=$!
	await server.err '^Listening on'
	start "${NETWORK[@]}" ncx -v 127.0.0.1 5000 </dev/zero 2>client.err
	CLIENT=$!
	await client.err '^Connection to'
	inside "$SERVER"
	agrees "$NCX_PID" server.err -t '( sport = :5000 )'
	grep -Eq '^ESTAB [1-9][0-9]* 0 ' ncx.told
	inside "$CLIENT"
	agrees "$NCX_PID" client.err -t '( dport = :5000 )'
	grep -Eq '^ESTAB 0 [1-9][0-9]* ' ncx.told
	rtt=$(told client.err | sed 's/.* //; s/ms$//')
	"${NETWORK[@]}" ss -H -tin '( dport = :5000 )' >ss.told
	awk -v "ours=$rtt" '{
		for (i = 1; i <= NF; i++)
			if (sub(/^rtt:/, "", $i) && $i + 0 == ours + 0)
				found = 1
	} END { exit !found }' ss.told || { echo "$rtt" && cat ss.told && false; }
}

@test "a connection that is being closed" {
	network peers
	fifo in 8
	start "${NETWORK[@]}" ncx -lvn 127.0.0.1 5000 <in >out 2>server.err
	SERVER=$!
	await server.err '^Listening on'
	echo hello >&8
	start "${NETWORK[@]}" ncx -v 127.0.0.1 5000 <<<hi >client.out 2>client.err
	CLIENT=$!
	await client.out '^hello$'
	await out '^hi$'
	inside "$SERVER"
	agrees "$NCX_PID" server.err -t state all '( sport = :5000 )'
	inside "$CLIENT"
	agrees "$NCX_PID" client.err -t state all '( dport = :5000 )'
	grep -q '^FIN-WAIT-2 ' ncx.told
}

@test "an attempt to connect" {
	lonely
	start "${NETWORK[@]}" ncx dead 7777 </dev/null 2>client.err
	CLIENT=$!
	inside "$CLIENT"
	ready "$NCX_PID"
	ask "$NCX_PID" client.err '10\.0\.0\.2:7777'
	agrees "$NCX_PID" client.err -t state all
	grep -q '^SYN-SENT 0 1 ' ncx.told
}

@test "datagrams" {
	network peers
	start "${NETWORK[@]}" ncx -luvn 127.0.0.1 5000 </dev/null >out 2>server.err
	SERVER=$!
	await server.err '^Bound on'
	inside "$SERVER"
	agrees "$NCX_PID" server.err -ua '( sport = :5000 )'
	start "${NETWORK[@]}" ncx -u 127.0.0.1 5000 <<<hello
	await out '^hello$'
	agrees "$NCX_PID" server.err -ua '( sport = :5000 )'
	grep -q '^ESTAB 0 0 127\.0\.0\.1:5000 ' ncx.told
}
