#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# cppcheck and gcc's own analyzer over src
load helper

# The options of the layer that sees all others
setup()
{
	cd "$NCX_SOURCE" || return
	mapfile -t flags < <(flags_of_layer app)
	((${#flags[@]} > 0))
}

@test "cppcheck finds nothing in src" {
	includes=()
	for flag in "${flags[@]}"; do
		[[ $flag != -[ID]* ]] || includes+=("$flag")
	done
	# sys/queue.h is in the folder of the architecture
	cppcheck --quiet --error-exitcode=1 --std=c11 \
		--enable=warning,style,performance,portability,unusedFunction \
		--library=posix --inline-suppr \
		--suppressions-list=tests/lint/cppcheck.suppressions \
		"${includes[@]}" -I "/usr/include/$(gcc -print-multiarch)" src
}

@test "gcc -fanalyzer finds nothing in src" {
	# the optimiser would take away much of what is to be analysed
	printf '%s\n' src/*/*.c |
		each gcc -fanalyzer -Werror -O0 "${flags[@]}" -S -o /dev/null
}
