#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The option table against everything that is written by hand about it.

bats_require_minimum_version 1.5.0

setup()
{
	load helper
}

@test "--list-options has every row of options.def, in its order" {
	same "options_of_source | grep -v '^#' | cut -d ' ' -f 1,2" \
		"options_of_program | cut -f 1,2 | tr '\t' ' '"
}

@test "every line of --list-options has six fields, none of them empty" {
	run -0 "$NCX" --list-options
	[ -z "$(awk -F '\t' 'NF != 6 || /\t\t/ || /\t$/' <<<"$output")" ]
}

@test "the manual's options are those of the program: names, arguments, order" {
	same "options_of_manual | grep -v '^#'" options_of_program
}

@test "the manual groups the options as options.def does" {
	# what is compared: each heading, and how many rows follow it
	same "options_of_manual | sed '/^#/!s/.*/row/'" \
		"options_of_source | sed '/^#/!s/.*/row/'"
}

@test "no text of the manual names a long option that does not exist" {
	run -0 grep -oE '(Fl -|--)[a-z][-a-z0-9]+' "$NCX_SOURCE/man/ncx.1"
	unknown=$(sed -E 's/^(Fl -|--)//' <<<"$output" | sort -u |
		grep -vxF -f <(options_of_program | cut -f 2) || true)
	[ -z "$unknown" ] || { echo "$unknown"; false; }
}

@test "the manual lists the exit statuses of status.h" {
	same "section_of_manual 'EXIT STATUS' | sed -n 's/^\.It //p'" \
		statuses_of_source
}

@test "--help names every option, with its argument and its help" {
	run -0 "$NCX" --help
	while IFS=$'\t' read -r short long argument _ _ text; do
		line=$(grep -E "^  (   |-.,) --$long(\[| |\$)" <<<"$output") ||
			{ echo "not in --help: --$long"; false; }
		[[ $short == - || $line == "  -$short, --"* ]]
		[[ $line == *" the same as --"* ]] && continue
		[[ $argument == '['* ]] || argument=" $argument" # as in [=file]
		[[ $argument == ' -' || $line == *" --$long$argument "* ]]
		[[ $line == *" $text" ]] || { echo "another text: $line"; false; }
	done < <("$NCX" --list-options)
}

@test "no line of --help is longer than a terminal is wide" {
	run -0 "$NCX" --help
	[ -z "$(awk 'length > 80' <<<"$output")" ]
}

@test "the files of the access lists are files to the completions" {
	for name in allowfile denyfile port-file; do
		[ "$("$NCX" --list-options |
			awk -F '\t' -v name="$name" '$2 == name { print $4 }')" = file ]
	done
}

@test "--version is the version of CMakeLists.txt" {
	version=$(sed -n 's/^project(ncx VERSION \([0-9.]*\).*/\1/p' \
		"$NCX_SOURCE/CMakeLists.txt")
	run -0 "$NCX" --version
	[ "$output" = "ncx $version" ]
}
