# SPDX-License-Identifier: ISC
# What the documents say about the options, as tables that can be compared.
#
# Set by CTest: NCX, the program; NCX_SOURCE, the top of the tree.

# Two commands print the same, and it is not nothing.
same()
{
	local one two

	one=$(eval "$1")
	two=$(eval "$2")
	[ -n "$one" ] || { echo "nothing: $1"; return 1; }
	diff <(echo "$one") <(echo "$two")
}

# short, long and argument of every option, as the program knows them
options_of_program()
{
	"$NCX" --list-options | cut -f 1-3
}

# The same from the source, where an alias has no argument of its own; with
# the headings, each as "# title".
options_of_source()
{
	tr '\n' ' ' <"$NCX_SOURCE/src/app/options.def" |
		sed 's|/\*|\n&|g; s|\*/|&\n|g' | sed '/^\/\*/d' |
		grep -oE "(OPT\(('.'|0), *\"[^\"]*\", *(NULL|\"[^\"]*\"))|(ALIAS|GROUP)\(\"[^\"]*\"" |
		sed -E -e "s/^OPT\('(.)', */\1 /" -e 's/^OPT\(0, */- /' \
			-e 's/^ALIAS\(/- /' -e 's/^GROUP\("(.*)"/# \1/' \
			-e '/^#/!s/[",]//g' -e 's/NULL/-/'
}

# The same from the manual page's OPTIONS section: a row is
# ".It Fl l , Fl -listen" or ".It Fl p , Fl -source-port Ar port", or
# ".It Fl -tls-tofu Ns Op = Ns Ar file" where the argument may be left out.
options_of_manual()
{
	awk '
	/^\.Sh / { here = ($0 == ".Sh OPTIONS") }
	!here { next }
	/^\.Ss / { print "# " substr($0, 5) }
	/^\.It / {
		row = $0
		sub(/^\.It Fl /, "", row)
		short = "-"
		if (row !~ /^-/) {
			short = substr(row, 1, 1)
			if (!sub(/^. , Fl -/, "-", row))
				row = "-?" row
		}
		argument = "-"
		if (sub(/ Ns Op = Ns Ar /, " Ar [=", row))
			row = row "]"
		if (row ~ / /) {
			argument = row
			sub(/^[^ ]* Ar /, "", argument)
			sub(/ .*/, "", row)
		}
		print short "\t" substr(row, 2) "\t" argument
	}' "$NCX_SOURCE/man/ncx.1"
}

# The lines of a section of the manual page: its name
section_of_manual()
{
	awk -v name=".Sh $1" '/^\.Sh / { here = ($0 == name); next } here' \
		"$NCX_SOURCE/man/ncx.1"
}

# The exit statuses of status.h
statuses_of_source()
{
	tr -s '\n\t' '  ' <"$NCX_SOURCE/src/app/status.h" |
		grep -oE 'STATUS_[A-Z]+ = [0-9]+' |
		sed -E 's/^.*SIGNAL = (.*)/\1+n/; s/^.* = //'
}

# What the shell's completion offers for the words of a command line: a word
# on a line, without its description.
offered_by_bash()
{
	# shellcheck disable=SC2016  # $0 and $@ are for the bash that is asked
	bash --norc -c '
		source "$0" || exit
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		[[ $(complete -p ncx) =~ -F\ ([^ ]+) ]] || exit
		"${BASH_REMATCH[1]}" "$1" "${@: -1}" "${@: -2:1}"
		printf "%s\n" "${COMPREPLY[@]}"
	' "$NCX_SOURCE/completions/ncx.bash" "$@"
}

offered_by_zsh()
{
	timeout 30 zsh -f "$BATS_TEST_DIRNAME/complete.zsh" \
		"$NCX_SOURCE/completions" "$*"
}

offered_by_fish()
{
	# shellcheck disable=SC2016  # $argv is for fish
	fish --no-config -c '
		set fish_complete_path $argv[1] $fish_complete_path
		complete -C $argv[2]
	' "$NCX_SOURCE/completions" "$*" | cut -f 1
}
