#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# broker.bats - the other netcats meet at ncx, and ncx at ncat
load helper

# tells NAME FD LINE: it says the line, and the other two hear it.
tells() {
	echo "$3" >&"$2"
	for name in ncat nc socat; do
		[ "$name" = "$1" ] || await "$name.out" "^$3\$"
	done
}

@test "ncat, nc.openbsd and socat at ncx --broker, each heard by the others" {
	touch ncat.out nc.out socat.out server.err
	fifo ncat.in 8
	fifo nc.in 9
	ip_start ncx --broker -d -v -n 127.0.0.1 5000 >server.out 2>server.err
	await server.err '^Listening on 127.0.0.1 5000$'
	ip_start ncat 127.0.0.1 5000 <ncat.in >ncat.out
	await server.err '^Connection received on '
	ip_start nc.openbsd 127.0.0.1 5000 <nc.in >nc.out
	mkfifo socat.in
	exec 7<>socat.in
	ip_start socat - TCP:127.0.0.1:5000 <socat.in >socat.out 7>&-
	local count
	count=$(timeout "$LIMIT" tail -n +1 -f server.err 3>&- 7>&- 8>&- 9>&- |
		grep -c -m 3 '^Connection received on ')
	[ "$count" -eq 3 ]
	tells ncat 8 'ncat speaks'
	tells nc 9 'nc speaks'
	tells socat 7 'socat speaks'
	exec 7>&-
	await server.out '^socat speaks$'
	run -1 grep 'ncat speaks' ncat.out
}

@test "ncx at ncat --broker" {
	fifo in 8
	touch one.out two.out
	server ncat --broker -l 127.0.0.1 5000
	ip_start ncx -v -n 127.0.0.1 5000 <in >one.out 2>one.err
	await one.err 'succeeded!$'
	ip_start ncx -v 127.0.0.1 5000 <<<'from the second' >two.out 2>two.err
	await one.out '^from the second$'
}
