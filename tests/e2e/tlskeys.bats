#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# tlskeys.bats - files of keys and certificates, and how secrets stay secret
load tls

# cannot FILES-OPTION...: status 6 and one line; $stderr has it.
cannot() {
	run -6 --separate-stderr ncx -l --tls "$@" 127.0.0.1 0 </dev/null
	echo "$stderr"
	[ -z "$output" ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == 'ncx: '* ]]
	[[ $stderr != *BEGIN* ]]
}

@test "a file that is not there" {
	local good=(--tls-cert "$PKI/server.pem" --tls-key "$PKI/server.key")
	cannot --tls-cert none.pem
	[ "$stderr" = 'ncx: read of none.pem failed: No such file or directory' ]
	cannot --tls-cert "$PKI/server.pem" --tls-key none.key
	[ "$stderr" = 'ncx: read of none.key failed: No such file or directory' ]
	cannot "${good[@]}" --tls-client-ca none.crt
	[ "$stderr" = 'ncx: read of none.crt failed: No such file or directory' ]
	cannot "${good[@]}" --tls-client-ca "$PKI/root.crt" --tls-crl none.crl
	[ "$stderr" = 'ncx: read of none.crl failed: No such file or directory' ]
	for option in tls-ca tls-crl tls-cert; do
		says 6 'ncx: read of none failed: No such file or directory' \
			ncx "--$option" none 127.0.0.1 1 </dev/null
	done
}

@test "a file that cannot be read" {
	mkdir folder
	cannot --tls-cert folder
	[ "$stderr" = 'ncx: read of folder failed: Is a directory' ]
	cannot --tls-cert "$PKI/server.pem" --tls-key folder
	[ "$stderr" = 'ncx: read of folder failed: Is a directory' ]
}

@test "a file that is something else" {
	cannot --tls-cert "$PKI/cut.pem" --tls-key "$PKI/server.key"
	[ "$stderr" = "ncx: read of $PKI/cut.pem failed: no certificate in PEM form" ]
	cannot --tls-cert "$PKI/server.pem" --tls-key "$PKI/cut.key"
	[ "$stderr" = "ncx: read of $PKI/cut.key failed: no private key in PEM form" ]
	cannot --tls-cert "$PKI/server.key" --tls-key "$PKI/server.key"
	[ "$stderr" = "ncx: read of $PKI/server.key failed: no certificate in PEM form" ]
	cannot --tls-cert "$PKI/server.pem"
	[ "$stderr" = "ncx: read of $PKI/server.pem failed: no private key in PEM form" ]
	says 6 "ncx: read of $PKI/server.pem failed: no list of revocations in PEM form" \
		ncx --tls-ca "$PKI/server.pem" --tls-crl "$PKI/server.pem" 127.0.0.1 1 </dev/null
	says 6 "ncx: read of $PKI/cut.key failed: no certificate in PEM form" \
		ncx --tls-ca "$PKI/cut.key" 127.0.0.1 1 </dev/null
}

@test "a key of another certificate" {
	cannot --tls-cert "$PKI/server.pem" --tls-key "$PKI/alice.key"
	[ "$stderr" = "ncx: use of $PKI/alice.key failed: it is not the key of the certificate in $PKI/server.pem" ]
}

@test "certificate and key in one file" {
	listener --tls --tls-cert "$PKI/both.pem" 127.0.0.1 <<<hello
	opens "${CA[@]}"
	certified server <<<hello
	opens "${CA[@]}" --ssl-cert "$PKI/both.pem"
}

@test "files that are pipes" {
	listener --tls --tls-cert <(cat "$PKI/server.pem") \
		--tls-key <(cat "$PKI/server.key") 127.0.0.1 <<<hello
	opens --tls-ca <(cat "$PKI/root.crt")
	listener --tls --tls-cert <(cat "$PKI/both.pem") 127.0.0.1 <<<hello
	opens --tls-ca <(cat "$PKI/root.crt")
}

# locked PASSWORD: a listener on a terminal, where the password is typed
locked() {
	: >screen
	rm -f keys
	mkfifo keys
	start script -qec "ncx -lvnd --tls --tls-cert $PKI/server.pem --tls-key $PKI/locked.key 127.0.0.1 0" \
		/dev/null <>keys >screen
	SERVER=$!
	await screen "^Password for the key in $PKI/locked.key\$" :
	echo "$1" >keys
}

@test "a key behind a password: it is asked for, and not shown" {
	locked sesame
	await screen 'Listening on .* ([0-9]+).$'
	PORT=${BASH_REMATCH[1]}
	says 0 '' ncx --tls "${CA[@]}" 127.0.0.1 "$PORT" <<<hello
	await screen '^hello.$'
	finished "$SERVER"
	[ "$STATUS" -eq 0 ]
	run -1 grep sesame screen
}

@test "a key behind a password: the wrong one" {
	locked sesam
	finished "$SERVER"
	[ "$STATUS" -eq 6 ]
	grep -q 'ncx: .*locked\.key' screen
	run -1 grep sesam screen
}

@test "a key behind a password: without a terminal" {
	run -6 --separate-stderr setsid -w "$NCX" -l --tls \
		--tls-cert "$PKI/server.pem" --tls-key "$PKI/locked.key" \
		127.0.0.1 0 </dev/null
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == *locked.key* ]]
}

# A child that writes down what it could know
@test "a child gets no secret: not by words, nor variables, nor descriptors" {
	cat >spy <<-'END'
		#!/bin/bash
		tr '\0' '\n' </proc/self/cmdline >seen
		tr '\0' '\n' </proc/self/environ >>seen
		for fd in /proc/$$/fd/*; do
			echo "fd ${fd##*/} $(readlink "$fd")" >>seen
		done
		echo done
	END
	chmod +x spy
	: >screen
	mkfifo keys
	start script -qec "ncx -lvn --tls --tls-cert $PKI/server.pem --tls-key $PKI/locked.key -e $PWD/spy 127.0.0.1 0" \
		/dev/null <>keys >screen
	await screen "^Password for" :
	echo sesame >keys
	await screen 'Listening on .* ([0-9]+).$'
	PORT=${BASH_REMATCH[1]}
	says 0 'done' ncx --tls "${CA[@]}" 127.0.0.1 "$PORT" </dev/null
	grep -q '^fd 0 ' seen
	run -1 grep -E 'sesame|PRIVATE|\.key|\.pem' seen
	run -1 grep -E '^fd .* socket:' seen
}

@test "no message has a key in it, however much is said" {
	certified server -k -vv <<<hello
	opens "${CA[@]}"
	openssl pkey -in "$PKI/server.key" -noout -text |
		sed -n '/priv:/,/pub:/p' | tr -dc '0-9a-f' | head -c 32 >priv
	run -1 grep -iF "$(<priv)" <(tr -d ': \n' <server.err)
	run -1 grep -F "$(sed -n 2p "$PKI/server.key")" server.err
}
