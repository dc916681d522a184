#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Every ```console example of README.md does what README.md says.

bats_require_minimum_version 1.5.0

setup()
{
	load console
	mkdir "$BATS_TEST_TMPDIR/bin" "$BATS_TEST_TMPDIR/blocks"
	ln -s "$NCX" "$BATS_TEST_TMPDIR/bin/ncx"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

# TLS may be left out of a build; an example that has it is then wrong.
can_be_run()
{
	[[ $1 != *--tls* || $without_tls != *"was built without TLS"* ]]
}

# Every example of the file $1, so that all that fail are seen
check_all()
{
	local block wrong=0 count=0 without_tls

	without_tls=$(ncx --tls -w 1 127.0.0.1 1 2>&1) || true
	console_blocks "$1" "$BATS_TEST_TMPDIR/blocks"
	for block in "$BATS_TEST_TMPDIR"/blocks/*; do
		[ -s "$block" ] || { echo "no examples in $1"; return 1; }
		can_be_run "$(<"$block")" || continue
		console_check "$block" || ((wrong += 1))
		((count += 1))
	done
	echo "$wrong of $count examples of $1 are wrong"
	((wrong == 0))
}

@test "an example that is wrong is found out" {
	cd "$BATS_TEST_TMPDIR" || return
	sed 's/^	//' >wrong.md <<-'END'
		```console
		$ echo one
		two
		```
	END
	run ! check_all wrong.md
	[[ $output == *'1 of 1 examples of wrong.md are wrong' ]]
	rm blocks/*
	sed 's/^	//' >right.md <<-'END'
		```console
		$ ncx -lv 127.0.0.1 5000 >copy &
		[1] 4711
		Listening on localhost 5000
		$ for word in one two
		> do echo "$word"; done | ncx 127.0.0.1 5000; echo $?
		Connection received on ...
		0
		[1]+  Done
		$ false
		$ echo $? [a*b] $(cat copy)
		1 [a*b] one two
		```
	END
	check_all right.md
}

@test "the examples of README.md" {
	check_all "$NCX_SOURCE/README.md"
}
