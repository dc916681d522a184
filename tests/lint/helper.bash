# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# What the lint tests share.
#
# Set by CTest: NCX_SOURCE, the top of the tree; NCX_BUILD, where it was built.
bats_require_minimum_version 1.5.0

setup()
{
	: "${NCX_SOURCE:?the top of the tree}" "${NCX_BUILD:?where it was built}"
	cd "$NCX_SOURCE" || return
}

# One run of the command for each file of the list on stdin, two at a time;
# prints what they find and fails if one of them fails.
each()
{
	xargs -P 2 -n 1 -d '\n' "$@" 3>&-
}

# The files of the tree that have the names, or the options of find(1), given;
# but for what is fed to the fuzzers, which may be anything
files()
{
	find . -path './.git' -prune -o -path './build*' -prune -o \
		-path './tests/fuzz/corpus' -prune -o \
		-type f \( "$@" \) -print
}

# Fails, with the lines, if stdin has any.
nothing()
{
	! grep '' || return 1
}

# How a source file of the layer $1 is compiled: the options that matter to
# what reads it besides the compiler, one on a line.
flags_of_layer()
{
	grep -m 1 "\"command\":.* -c [^ ]*/src/$1/[^ ]*\"" \
		"$NCX_BUILD/compile_commands.json" |
		grep -oE ' (-I|-isystem |-D|-std=)[^ ]+' | tr -s ' ' '\n' |
		sed '/^$/d'
}
