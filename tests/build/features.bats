#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# features.bats - a build that leaves something out works, and says so
load ../e2e/helper

# cached NAME: what the build under test was configured with
cached() {
	sed -n "s/^$1:[A-Z]*=//p" "$NCX_BUILD/CMakeCache.txt"
}

# build_without FEATURE TARGET...: in the folder "other", as the one under test
build_without() {
	local names=(CMAKE_BUILD_TYPE CMAKE_C_COMPILER CMAKE_C_FLAGS NCX_WERROR)
	local settings=()
	for name in "${names[@]}"; do
		settings+=("-D$name=$(cached "$name")")
	done
	cmake -S "$NCX_SOURCE" -B other -G "$(cached CMAKE_GENERATOR)" \
		"${settings[@]}" "-DNCX_$1=OFF"
	cmake --build other --parallel 2 --target "${@:2}"
}

@test "without TLS: all else works, and its options say that it is not there" {
	export LIMIT=280
	build_without TLS ncx test_options test_options_tls test_dial test_server
	for test in options options_tls dial server; do
		"other/tests/unit/test_$test"
	done
	PATH=$PWD/other:$PATH
	run -1 grep -c libtls other/ncx
	listener 127.0.0.1 <<<hello
	says 0 hello ncx 127.0.0.1 "$PORT" </dev/null
	listener 127.0.0.1 <<<hello
	ncx --hash sha256 127.0.0.1 "$PORT" </dev/null 2>sums >received
	sha256sum -c --ignore-missing sums
	local none='ncx: this ncx was built without TLS'
	says 2 "$none" ncx --tls 127.0.0.1 1 </dev/null
	says 2 "$none" ncx --tls-insecure 127.0.0.1 1 </dev/null
	says 2 "$none" ncx --starttls smtp 127.0.0.1 1 </dev/null
	says 2 "$none" ncx -z --tls 127.0.0.1 1
	says 2 "$none" ncx -l --ssl 127.0.0.1 0 </dev/null
	says 2 "$none" ncx -lk --relay 127.0.0.1:1 --relay-tls 127.0.0.1 0
	says 2 'ncx: cannot use --tls and -u' ncx --tls -u 127.0.0.1 1
}
