#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# How files look: format, licence, and each language's own checker
load helper

@test "the C files are as clang-format writes them" {
	files -name '*.[ch]' | xargs -d '\n' clang-format --dry-run -Werror
}

@test "every source file names its licence" {
	files -path './src/*' -o -path './tests/*' ! -name '.*' \
		-o -path './man/*' -o -path './completions/*' \
		-o -path './.ci/*' -o -name CMakeLists.txt |
		while IFS= read -r file; do
			head -n 3 "$file" |
				grep -qE 'SPDX-License-Identifier: ISC( \*/|",)?$' ||
				echo "$file"
		done | nothing
}

@test "no line ends in a blank, every file ends in a newline" {
	files -path './src/*' -o -path './tests/*' -o -path './man/*' \
		-o -path './completions/*' -o -path './.*' \
		-o -name CMakeLists.txt >"$BATS_TEST_TMPDIR/files"
	xargs -d '\n' grep -nE '[[:blank:]]+$' <"$BATS_TEST_TMPDIR/files" | nothing
	while IFS= read -r file; do
		[ -z "$(tail -c 1 "$file")" ] || echo "$file"
	done <"$BATS_TEST_TMPDIR/files" | nothing
}

@test "shellcheck finds nothing in the scripts" {
	{
		files -name '*.bats' -o -name '*.bash'
		files ! -name '*.*' -perm -u+x | xargs -d '\n' \
			grep -lE -m 1 '^#!(/bin/sh|/usr/bin/env bash)$'
	} | sort -u >"$BATS_TEST_TMPDIR/scripts"
	(($(wc -l <"$BATS_TEST_TMPDIR/scripts") > 10))
	each shellcheck -x <"$BATS_TEST_TMPDIR/scripts"
}

@test "zsh and fish can read their scripts" {
	for file in completions/_ncx tests/*/*.zsh; do
		zsh -n "$file"
	done
	fish --no-execute completions/ncx.fish
}

@test "mandoc finds nothing in the manual" {
	run -0 mandoc -T lint -W warning man/ncx.1
	[ -z "$output" ]
}
