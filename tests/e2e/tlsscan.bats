#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# tlsscan.bats - -z with TLS: who is there, on which port
load helper

@test "a scan remembers a certificate under its port, said or not" {
	listener -k --tls 127.0.0.1 </dev/null >server.out
	ncx -z --tls-tofu=known 127.0.0.1 "$PORT" 2>err
	grep -Eqx "127.0.0.1:$PORT sha256:[0-9a-f]{64}" known
	grep -q "^ncx: 127.0.0.1:$PORT is new, sha256:" err
	says 0 "" ncx -z --tls-tofu=known 127.0.0.1 "$PORT"
	[ "$(wc -l <known)" = 1 ]
}

@test "a scan of anybody says of whom it knows nothing" {
	listener -k --tls 127.0.0.1 </dev/null >server.out
	says 0 "ncx: certificate of 127.0.0.1 port $PORT not verified \
(--tls-insecure)" ncx -z --tls-insecure 127.0.0.1 "$PORT"
}

@test "a scan does not say that there is no TLS where it is not trusted" {
	listener -k --tls 127.0.0.1 </dev/null >server.out
	run -7 ncx -zv --tls 127.0.0.1 "$PORT"
	[[ $output == *"failed: certificate is self-signed (its pin is "* ]]
	[[ ${lines[-1]} == "open, but TLS failed: $PORT ("* ]]
	[[ $output == *"Certificate valid from "* ]]
}
