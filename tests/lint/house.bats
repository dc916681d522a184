#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# How the house is built: layers, sizes, names
load helper

# A line "#include HEADER" compiled as the layer $1 is; the compiler's words
# are $output.
include_in()
{
	local flags

	mapfile -t flags < <(flags_of_layer "$1")
	((${#flags[@]} > 0)) || { echo "no source of $1 was compiled"; return 2; }
	printf '#include "%s"\n' "$2" >"$BATS_TEST_TMPDIR/one_line.c"
	run gcc "${flags[@]}" -fsyntax-only "$BATS_TEST_TMPDIR/one_line.c"
}

# The layers that a layer sees; a new layer needs a line
layers()
{
	cat <<-'END'
		core: core
		net: net core
		filter: filter core
		proto: proto core
		app: app net proto filter core
	END
}

@test "every layer of src has its place" {
	diff <(layers | sed 's/:.*//' | sort) \
		<(find src -mindepth 1 -maxdepth 1 -type d ! -name cmake \
			-printf '%f\n' | sort)
}

@test "a layer can include what is below it, and nothing else" {
	while IFS=': ' read -r layer below; do
		for other in src/*/; do
			other=$(basename "$other")
			header=$(find "src/$other" -name '*.h' -printf '%f\n' |
				sort | head -n 1)
			[ -n "$header" ] || continue
			include_in "$layer" "$header"
			if [[ " $below " == *" $other "* ]]; then
				[ "$status" -eq 0 ]
			else
				[ "$status" -eq 1 ]
				[[ $output == *"$header: No such file"* ]]
			fi
		done
	done < <(layers)
}

@test "no header has the name of a system header" {
	for header in src/*/*.h; do
		header=$(basename "$header")
		[ ! -e "/usr/include/$header" ] || { echo "$header"; false; }
	done
}

@test "no source file has an #if" {
	grep -nE '^[[:space:]]*#[[:space:]]*(if|el|endif)' src/*/*.c | nothing
}

@test "no function is longer than 50 lines, no file longer than 400" {
	ctags -x --languages=C --kinds-C=f --fields=+ne \
		--_xformat='%{line} %{end} %F:%n %N' src/*/*.c \
		>"$BATS_TEST_TMPDIR/functions"
	(($(wc -l <"$BATS_TEST_TMPDIR/functions") > 100))
	awk '$2 - $1 + 1 > 50 { print $3, $4, "has", $2 - $1 + 1, "lines" }' \
		"$BATS_TEST_TMPDIR/functions" | nothing
	wc -l src/*/*.[ch] | awk '$2 != "total" && $1 > 400' | nothing
}

@test "the top level has the six entries, and dot files" {
	diff <(printf '%s\n' CMakeLists.txt README.md completions man src tests) \
		<(find . -mindepth 1 -maxdepth 1 ! -name '.*' ! -name 'build*' \
			-printf '%f\n' | LC_ALL=C sort)
}
