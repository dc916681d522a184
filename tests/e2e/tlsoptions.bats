#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# tlsoptions.bats - which TLS options do not go together, and what they may say
load helper
load wrong

PIN=sha256:00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF

# refuses LINE OPTION...: status 2, and this line alone.
refuses() {
	wrong 2 "" "${@:2}"
	[ "$stderr" = "ncx: $1" ] || { echo "not \"$1\": $stderr"; return 1; }
}

@test "TLS is for streams, and stays in this process" {
	refuses "cannot use --tls and -u" --tls -u h 1
	refuses "cannot use --tls and -u" --ssl -lu 1
	refuses "cannot use --tls and -u" --tls-pin "$PIN" -uU path
	refuses "cannot use --tls and -F" --tls -F h 1
	refuses "cannot use --tls and --seqpacket" --tls -U --seqpacket path
	refuses "cannot use --relay-tls and -u" -lu --relay h:1 --relay-tls 1
	refuses "cannot use --relay-tls and --seqpacket" \
		-lU --seqpacket --relay unix:other --relay-tls path
}

@test "a pin is sha256: and 64 hex digits" {
	form="expected sha256: and 64 hex digits"
	for pin in "" x sha256: "${PIN#*:}" "sha1:${PIN#*:}" "${PIN}0" \
		"${PIN%?}" "${PIN%?}g" " $PIN" "$PIN " "SHA256:${PIN#*:}" \
		sha256:00:11:22 "${PIN%?}"$'\n'; do
		wrong 2 "--tls-pin" --tls-pin "$pin" h 1
		[[ $stderr == "ncx: --tls-pin \""*"\": $form" ]]
	done
	refuses "--tls-pin \"x\": $form" --tls-pin "$PIN" --tls-pin x h 1
}

@test "a list of ALPN names has no empty one, and none too long" {
	long=$(printf '%0256d' 0)
	for list in "" "," "h2," ",h2" "h2,,x" "$long" "h2,$long"; do
		wrong 2 "--tls-alpn \"$list\": expected names of 1 to 255 bytes" \
			--tls-alpn "$list" h 1
	done
}

@test "names and paths are not empty" {
	for option in tls-name tls-ca tls-crl tls-cert tls-ciphers tls-tofu; do
		wrong 2 "--$option \"\": expected " "--$option=" h 1
	done
	wrong 2 "--tls-client-ca \"\": expected " -l --tls-client-ca "" 1
	wrong 2 "--tls-key \"\": expected " --tls-cert c --tls-key "" h 1
	wrong 2 "--tls-name \"a b\": expected " --tls-name "a b" h 1
}

@test "words that can be chosen" {
	refuses '--tls-min "1.1": expected one of 1.2 1.3' --tls-min 1.1 h 1
	refuses '--tls-min "": expected one of 1.2 1.3' --tls-min= h 1
	refuses '--starttls "ldap": expected one of smtp imap pop3 ftp postgres' \
		--starttls ldap h 1
	bad_value 0 -l --tls --handshake-timeout 0 1
	bad_value never -l --tls --handshake-timeout never 1
}

@test "flags take no value, and values are needed" {
	refuses "option '--tls' doesn't allow an argument" --tls=yes h 1
	refuses "option '--ssl' doesn't allow an argument" --ssl=yes h 1
	refuses "option '--tls-ca' requires an argument" h 1 --tls-ca
	refuses "option '--tls-pin' requires an argument" h 1 --tls-pin
	refuses "option '--tls-c' is ambiguous" --tls-c f h 1
}

@test "a file of known peers needs a =" {
	# the word is a host, and there are two more: no port
	wrong 2 'port "h"' --tls-tofu file h 1
}

@test "what needs another option" {
	refuses "must use --tls-cert with --tls-key" --tls-key k h 1
	refuses "must use --relay with --relay-tls" -l --relay-tls 1
	refuses "must use -l with --tls-client-ca" --tls-client-ca f h 1
	refuses "must use -l with --handshake-timeout" --handshake-timeout 1 h 1
	refuses "must use --tls with --tls-client-ca" \
		-l --relay h:1 --relay-tls --tls-client-ca f 1
}

@test "who trusts anybody has no use for more" {
	refuses "cannot use --tls-insecure and --tls-pin" \
		--tls-insecure --tls-pin "$PIN" h 1
	refuses "cannot use --tls-insecure and --tls-tofu" \
		--tls-insecure --tls-tofu h 1
	refuses "cannot use --tls-insecure and --tls-ca" \
		--tls-insecure --ssl-trustfile f h 1
	refuses "cannot use --tls-insecure and --tls-crl" \
		--tls-insecure --tls-crl f h 1
	refuses "cannot use --ssl-verify and --tls-insecure" \
		--tls-insecure --ssl-verify h 1
}

@test "what vouches alone leaves no list of revocations unread" {
	refuses "cannot use --tls-tofu and --tls-pin" \
		--tls-tofu --tls-pin "$PIN" h 1
	refuses "must use --tls-ca with --tls-crl" \
		--tls-pin "$PIN" --tls-crl f h 1
	refuses "must use --tls-ca with --tls-crl" --tls-tofu --tls-crl f h 1
}

@test "what a listener can only do towards its target" {
	for option in --tls-tofu --tls-insecure "--starttls smtp"; do
		read -ra words <<<"$option"
		refuses "cannot use ${words[0]} and -l" -l "${words[@]}" 1
		refuses "cannot use ${words[0]} and -l" --inetd "${words[@]}"
		refuses "must use --relay-tls with ${words[0]}" \
			-l --relay h:1 "${words[@]}" 1
	done
}

@test "a listener does not ignore whom it is to trust" {
	refuses "--tls-ca is for a server's certificate; for those of clients \
use --tls-client-ca" -l --tls-cert c --tls-ca f 1
	refuses "cannot use --tls-ca and --tls-client-ca" \
		-l --tls-ca f --tls-client-ca f 1
	refuses "must use --tls-client-ca with --tls-name" -l --tls-name n 1
	refuses "must use --tls-client-ca with --tls-crl" -l --tls-crl f 1
	refuses "cannot use --ssl-verify and --relay-tls" \
		-l --tls --relay h:1 --relay-tls --ssl-verify 1
}

@test "the words are checked with TLS as without" {
	refuses "missing port number; see ncx --help" --tls h
	refuses "missing host and port number; see ncx --help" --tls
	wrong 2 'port "443x"' --tls h 443x
}
