# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# pki.bash - certificates of every kind, made by openssl(1) when a test needs
# them.  NAME.crt is a certificate, NAME.pem the same with those that lead to
# its root, NAME.key its key.

# pki: all of them, in $PKI.
pki() {
	export PKI=$BATS_FILE_TMPDIR/pki
	mkdir "$PKI"
	(cd "$PKI" && pki_make) >"$PKI/log" 2>&1 || { cat "$PKI/log" && false; }
}

pki_make() {
	set -e
	pki_configure
	pki_authority root root -selfsign
	pki_authority middle root
	pki_authority fallen root
	pki_authority stranger stranger -selfsign
	pki_authority old old -selfsign \
		-startdate 20240102101112Z -enddate 20250102101112Z
	pki_servers
	pki_clients
	pki_revocations
	pki_keys
}

# One for all authorities; $CA is whose.
pki_configure() {
	cat >ca.cnf <<-'END'
		[ca]
		default_ca = here
		[here]
		database = $ENV::CA.index
		new_certs_dir = .
		certificate = $ENV::CA.crt
		private_key = $ENV::CA.key
		rand_serial = yes
		unique_subject = no
		default_md = sha256
		default_days = 30
		default_crl_days = 30
		policy = any
		copy_extensions = copy
		[any]
		commonName = supplied
		[leaf]
		basicConstraints = critical, CA:false
		keyUsage = digitalSignature
		extendedKeyUsage = serverAuth, clientAuth
		subjectKeyIdentifier = hash
		authorityKeyIdentifier = keyid
		[authority]
		basicConstraints = critical, CA:true
		keyUsage = keyCertSign, cRLSign
		subjectKeyIdentifier = hash
		authorityKeyIdentifier = keyid
	END
}

# pki_request NAME SUBJECT [OPTION...]: a key, and what is to be signed
pki_request() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$1.key" -out "$1.csr" -subj "/CN=$2" "${@:3}"
}

# pki_sign NAME AUTHORITY KIND [OPTION...]
pki_sign() {
	CA=$2 openssl ca -batch -notext -config ca.cnf -extensions "$3" \
		-in "$1.csr" -out "$1.crt" "${@:4}"
	cp "$1.crt" "$1.pem"
	[ "$1" = "$2" ] || [ ! -e "$2.pem" ] || cat "$2.pem" >>"$1.pem"
}

# pki_authority NAME BY [OPTION...]: "CN = test NAME"
pki_authority() {
	: >"$1.index"
	pki_request "$1" "test $1"
	if [ "$1" = "$2" ]; then
		CA=$1 openssl ca -batch -notext -config ca.cnf -keyfile "$1.key" \
			-extensions authority -in "$1.csr" -out "$1.crt" "${@:3}"
		: >"$1.pem"
	else
		pki_sign "$1" "$2" authority "${@:3}"
	fi
}

# pki_leaf NAME AUTHORITY SUBJECT NAMES [OPTION...]: NAMES may be nothing
pki_leaf() {
	pki_request "$1" "$3" ${4:+-addext "subjectAltName = $4"}
	pki_sign "$1" "$2" leaf "${@:5}"
}

pki_servers() {
	local here='DNS:localhost, IP:127.0.0.1, IP:::1'
	pki_leaf server middle 'test server' "$here"
	pki_leaf expired middle 'test expired' "$here" \
		-startdate 20240102101112Z -enddate 20250102101112Z
	pki_leaf future middle 'test future' "$here" \
		-startdate 20400102101112Z -enddate 20500102101112Z
	pki_leaf elsewhere middle localhost 'DNS:a.example, DNS:b.example, IP:192.0.2.1'
	pki_leaf wildcard middle 'test wildcard' 'DNS:*.wild.example'
	pki_leaf nameless middle localhost ''
	pki_leaf unknown stranger 'test unknown' "$here"
	pki_leaf aged old 'test aged' "$here"
	pki_leaf revoked middle 'test revoked' "$here"
	pki_leaf misled fallen 'test misled' "$here"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout self.key -out self.crt -subj '/CN=test self' -days 30 \
		-addext "subjectAltName = $here"
	cp self.crt self.pem
}

pki_clients() {
	pki_leaf alice middle alice 'DNS:alice.example'
	pki_leaf mallory stranger mallory 'DNS:alice.example'
	pki_leaf late middle late 'DNS:late.example' \
		-startdate 20240102101112Z -enddate 20250102101112Z
}

# root.crl revokes an authority, all.crl has that and what the others revoke
pki_revocations() {
	CA=root openssl ca -config ca.cnf -revoke fallen.crt
	CA=middle openssl ca -config ca.cnf -revoke revoked.crt
	for authority in root middle fallen; do
		CA=$authority openssl ca -config ca.cnf -gencrl \
			-out "$authority.crl"
	done
	cat root.crl middle.crl fallen.crl >all.crl
}

# locked.key is server.key behind a password; cut.pem and cut.key are broken,
# both.pem has certificate and key.
pki_keys() {
	openssl pkey -in server.key -aes256 -passout pass:sesame -out locked.key
	head -c 300 server.crt >cut.pem
	head -c 100 server.key >cut.key
	cat server.pem server.key >both.pem
}

# pin NAME: of a certificate, as ncx writes it
pin() {
	local hash
	hash=$(openssl x509 -in "$PKI/$1.crt" -outform DER | sha256sum)
	echo "sha256:${hash%% *}"
}

# validity NAME: "DATE to DATE", as ncx writes them
validity() {
	local which
	for which in start end; do
		date -u -d "$(openssl x509 -in "$PKI/$1.crt" -noout \
			"-${which}date" | cut -d = -f 2)" '+%F %T UTC'
	done | paste -s -d , | sed 's/,/ to /'
}
