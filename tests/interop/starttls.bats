#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# starttls.bats - ncx asks real servers for TLS, on port 5000 of a test's own
# network.  They are whom they want to be, and all that is theirs lies in /run,
# which is the test's own as well.
load helper

# A CA, and what it says of localhost.
setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	local ec=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
	openssl req -x509 "${ec[@]}" -keyout ca.key -out ca.pem \
		-subj '/CN=test CA' -days 2 2>/dev/null
	openssl req "${ec[@]}" -keyout key.pem -out request.pem \
		-subj /CN=localhost 2>/dev/null
	echo 'subjectAltName = DNS:localhost' >names
	openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key \
		-CAcreateserial -extfile names -days 2 -out cert.pem 2>/dev/null
}

setup() {
	begin_test
	ALL_USERS=1 network peers
	"${NETWORK[@]}" mount -t tmpfs -o mode=755 run /run
	"${NETWORK[@]}" cp "$BATS_FILE_TMPDIR"/{key,cert}.pem /run
}

# there WORDS...: done where the servers are
there() {
	"${NETWORK[@]}" "$@" 3>&-
}

# postfix [LINE...]: more lines of its configuration.  It leaves alone a file
# that may just be written.
postfix() {
	there sh -ec '
		mkdir -p /run/postfix/etc /run/postfix/data /run/postfix/queue
		cd /run/postfix/queue
		mkdir pid private public incoming active deferred maildrop
		chmod 700 private
		chown postfix ../data private public
		cat >../etc/main.cf
		printf "%s\n" \
			"127.0.0.1:5000 inet n - n - - smtpd" \
			"tlsmgr unix - - n 1000? 1 tlsmgr" \
			"anvil unix - - n - 1 anvil" >../etc/master.cf
		touch -d "1 hour ago" ../etc/*' < <(printf '%s\n' \
		'compatibility_level = 3.6' 'mail_owner = postfix' \
		'queue_directory = /run/postfix/queue' \
		'data_directory = /run/postfix/data' \
		'inet_interfaces = loopback-only' 'myhostname = mail.example' \
		'mydestination =' 'alias_maps =' 'local_recipient_maps =' \
		'smtpd_relay_restrictions = reject' \
		'smtpd_tls_security_level = may' \
		'smtpd_tls_chain_files = /run/key.pem /run/cert.pem' "$@")
	server /usr/lib/postfix/sbin/master -c /run/postfix/etc -d
}

# dovecot PROTOCOL
dovecot() {
	there tee /run/dovecot.conf >dovecot.conf <<-END
		base_dir = /run/dovecot
		state_dir = /run/dovecot
		log_path = /run/dovecot.log
		login_greeting = ready
		listen = 127.0.0.1
		protocols = $1
		service $1-login {
			inet_listener $1 {
				port = 5000
			}
			inet_listener ${1}s {
				port = 0
			}
		}
		passdb {
			driver = static
			args = nopassword=y
		}
		ssl = required
		ssl_cert = </run/cert.pem
		ssl_key = </run/key.pem
	END
	server dovecot -F -c /run/dovecot.conf
}

vsftpd() {
	there sh -c 'mkdir /run/empty && cat >/run/vsftpd.conf' <<-END
		listen=YES
		listen_address=127.0.0.1
		listen_port=5000
		background=NO
		seccomp_sandbox=NO
		secure_chroot_dir=/run/empty
		ssl_enable=YES
		rsa_cert_file=/run/cert.pem
		rsa_private_key_file=/run/key.pem
	END
	server vsftpd /run/vsftpd.conf
}

# postgres [OPTION...]: it will not be root
postgres() {
	local as=(env -C / setpriv --reuid postgres --regid postgres --clear-groups)
	local bin=(/usr/lib/postgresql/*/bin)
	there install -d -o postgres -g postgres /run/postgres
	there install -o postgres -m 600 /run/{key,cert}.pem /run/postgres
	there "${as[@]}" "${bin[0]}/initdb" -D /run/postgres/data \
		--auth trust --no-sync --no-instructions >initdb.log
	server "${as[@]}" "${bin[0]}/postgres" -D /run/postgres/data -F \
		-p 5000 -h 127.0.0.1 -k '' \
		-c ssl_cert_file=/run/postgres/cert.pem \
		-c ssl_key_file=/run/postgres/key.pem "$@" 2>postgres.log
}

OURS=(--tls-ca "$BATS_FILE_TMPDIR/ca.pem" --tls-name localhost)

# talk STATUS PROTOCOL: what is on stdin, over TLS; the reply is $output.  Who
# closes without a look at our close_notify, as postfix does, resets the
# connection, and its last words may be lost; so it gets none.
talk() {
	run --separate-stderr "-$1" there ncx --no-shutdown --starttls "$2" \
		"${OURS[@]}" 127.0.0.1 5000
	echo "$output$stderr"
	[ "$1" -ne 0 ] || [ -z "$stderr" ]
}

# fails WHY OPTION...
fails() {
	says 7 "ncx: TLS handshake with 127.0.0.1 port 5000 (tcp) failed: $1" \
		there ncx "${OURS[@]}" "${@:2}" 127.0.0.1 5000 </dev/null
}

@test "SMTP, postfix" {
	postfix
	talk 0 smtp < <(printf 'QUIT\r\n')
	[ "${lines[0]}" = $'221 2.0.0 Bye\r' ]
	fails 'name "other.example" is not in the certificate (it has localhost)' \
		--starttls smtp --tls-name other.example
}

@test "SMTP, postfix: what is said after TLS is another session" {
	postfix
	talk 0 smtp < <(printf 'EHLO client.example\r\nQUIT\r\n')
	[ "${lines[0]}" = $'250-mail.example\r' ]
	[[ $output != *STARTTLS* ]]
	[ "${lines[-1]}" = $'221 2.0.0 Bye\r' ]
}

@test "SMTP, postfix: a server that does not offer it" {
	postfix 'smtpd_tls_security_level = none'
	fails 'the server does not offer STARTTLS' --starttls smtp
}

@test "IMAP, dovecot" {
	dovecot imap
	talk 0 imap < <(printf 'x LOGOUT\r\n')
	[[ ${lines[0]} == '* BYE '* ]]
	[[ ${lines[1]} == 'x OK '* ]]
}

@test "POP3, dovecot" {
	dovecot pop3
	talk 0 pop3 < <(printf 'QUIT\r\n')
	[[ ${lines[0]} == '+OK '* ]]
}

# It never says that it has said all.
@test "FTP, vsftpd" {
	vsftpd
	talk 5 ftp < <(printf 'QUIT\r\n')
	[[ ${lines[0]} == '221 '* ]]
	[ "$stderr" = 'ncx: receive from 127.0.0.1 port 5000 (tcp) failed: TLS stream cut off, no close_notify came' ]
}

# start-up message (protocol 3.0), a query, and the end
postgres_query() {
	printf '\0\0\0\x29\0\3\0\0user\0postgres\0database\0postgres\0\0'
	printf 'Q\0\0\0\x1bSELECT 6 * 7 AS answer\0'
	printf 'X\0\0\0\4'
}

@test "PostgreSQL" {
	postgres -c ssl=on
	there ncx --no-shutdown --starttls postgres "${OURS[@]}" 127.0.0.1 5000 \
		< <(postgres_query) >reply
	tr '\0' ' ' <reply | LC_ALL=C grep -a 'answer .*42.*SELECT 1'
}

@test "PostgreSQL without TLS" {
	postgres -c ssl=off
	fails 'the server does not offer TLS' --starttls postgres
}

@test "one server taken for another" {
	dovecot pop3
	fails 'the server does not speak IMAP: it says "+OK ready"' \
		--starttls imap
	fails 'the server does not speak SMTP: it says "+OK ready"' \
		--starttls smtp
}
