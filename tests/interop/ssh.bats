#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# ssh.bats - OpenSSH over ncx, and ncx over OpenSSH
load helper

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	head -c "$HALF_SIZE" /dev/urandom >ours
	for key in host user; do
		ssh-keygen -q -t ed25519 -N '' -f "$key"
	done
	cat >server.conf <<-END
		HostKey $PWD/host
		AuthorizedKeysFile $PWD/user.pub
		PermitRootLogin yes
		StrictModes no
		UsePAM no
		LogLevel ERROR
	END
	cat >client.conf <<-END
		Host *
		HostName 127.0.0.1
		User $(id -un)
		HostKeyAlias host
		IdentityFile $PWD/user
		IdentitiesOnly yes
		IdentityAgent none
		UserKnownHostsFile $PWD/known
		GlobalKnownHostsFile /dev/null
		StrictHostKeyChecking yes
		BatchMode yes
		LogLevel ERROR
	END
	echo "host $(<host.pub)" >known
}

# A server of ssh on a free port, $PORT, one process for each client.  As root
# it wants a folder that only a start of the whole system makes.
sshd() {
	local sshd="exec /usr/sbin/sshd -i -e -f $BATS_FILE_TMPDIR/server.conf"
	local run='mount -t tmpfs none /run && mkdir -m 755 /run/sshd'
	if [ "$(id -u)" -eq 0 ]; then
		sshd="exec unshare --mount sh -c \"$run && $sshd\""
	fi
	echo "$sshd" >sshd
	start socat -d -d TCP-LISTEN:0,bind=127.0.0.1,fork EXEC:'sh sshd' \
		2>socat.err
	await socat.err 'listening on AF=2 127.0.0.1:([0-9]+)$'
	PORT=${BASH_REMATCH[1]}
}

# socks [WORDS...]: a proxy on a free port, $PROXY_PORT
socks() {
	start microsocks -i 127.0.0.1 -p 0 "$@" 2>/dev/null
	local pid
	until pid=$(program "$!") && PROXY_PORT=$(ss -Hltnp |
		sed -nE "s/.* 127.0.0.1:([0-9]+) .*,pid=$pid,.*/\1/p" | grep .); do
		kill -0 "$!"
	done
}

# ssh OPTION... COMMAND
ssh() {
	timeout -k 1 "$LIMIT" ssh -F "$BATS_FILE_TMPDIR/client.conf" \
		-p "$PORT" "$@" 3>&- 8>&- 9>&-
}

# works OPTION: bytes go to a host and come back, and so does a status
works() {
	ssh "$@" host cat <"$BATS_FILE_TMPDIR/ours" >back
	cmp back "$BATS_FILE_TMPDIR/ours"
	run -7 ssh "$@" host 'exit 7' </dev/null
	[ -z "$output" ]
}

@test "ssh: ProxyCommand ncx" {
	sshd
	works -o 'ProxyCommand ncx %h %p'
}

@test "ssh: ProxyCommand ncx -N, -q 0, and without a half-close" {
	sshd
	for options in -N '-q 0' --no-shutdown '-w 30'; do
		works -o "ProxyCommand ncx $options %h %p"
	done
}

@test "ssh: ProxyCommand ncx through SOCKS 5" {
	sshd
	socks
	works -o "ProxyCommand ncx -X 5 -x 127.0.0.1:$PROXY_PORT %h %p"
}

@test "ssh: ProxyCommand ncx through SOCKS 5 with a password" {
	sshd
	socks -u bob -P secret
	NCX_PROXY_PASS=secret works \
		-o "ProxyCommand ncx -P bob -x 127.0.0.1:$PROXY_PORT %h %p"
	NCX_PROXY_PASS=wrong run -255 ssh \
		-o "ProxyCommand ncx -P bob -x 127.0.0.1:$PROXY_PORT %h %p" host true
	[[ ${lines[0]} == *'(socks5) failed: user or password refused'* ]]
}

@test "ssh: ProxyUseFdpass with ncx -F" {
	sshd
	works -o ProxyUseFdpass=yes -o 'ProxyCommand ncx -F %h %p'
}

@test "ssh: ProxyUseFdpass with ncx -F through SOCKS 5" {
	sshd
	socks
	works -o ProxyUseFdpass=yes \
		-o "ProxyCommand ncx -F -x 127.0.0.1:$PROXY_PORT %h %p"
}

@test "ssh: ProxyUseFdpass says why there is no connection" {
	PORT=1
	run -255 ssh -o ProxyUseFdpass=yes -o 'ProxyCommand ncx -F %h %p' host true
	[[ $output == *'ncx: connect to 127.0.0.1 port 1 (tcp) failed: Connection refused'* ]]
}

# dynamic: ssh -D on a port that happens to be free, $PROXY_PORT
dynamic() {
	: >said
	until grep -qx ready said; do
		PROXY_PORT=$((20000 + RANDOM % 10000))
		start ssh -F "$BATS_FILE_TMPDIR/client.conf" -p "$PORT" \
			-D "127.0.0.1:$PROXY_PORT" -o ExitOnForwardFailure=yes \
			host 'echo ready; exec cat' <in >said 2>/dev/null
		until grep -qx ready said || ! kill -0 "$!"; do :; done
	done
}

@test "ncx through ssh -D: SOCKS 4, 4a and 5, with half-closes" {
	fifo in 8
	sshd
	dynamic
	for type in 4 4a 5; do
		listener 127.0.0.1 <"$BATS_FILE_TMPDIR/ours" >theirs
		ncx -X "$type" -x "127.0.0.1:$PROXY_PORT" 127.0.0.1 "$PORT" \
			<"$BATS_FILE_TMPDIR/ours" >ours
		finished "$SERVER"
		[ "$STATUS" -eq 0 ]
		cmp ours "$BATS_FILE_TMPDIR/ours"
		cmp theirs "$BATS_FILE_TMPDIR/ours"
	done
	run -8 ncx -X 5 -x "127.0.0.1:$PROXY_PORT" 127.0.0.1 1
	[[ $output == *" port 1 (tcp) through proxy 127.0.0.1 port $PROXY_PORT (socks5) failed: "* ]]
}

@test "ncx to a server of ssh: its banner" {
	sshd
	run -0 ncx -d -W 1 127.0.0.1 "$PORT"
	[[ $output == SSH-2.0-OpenSSH_* ]]
}
