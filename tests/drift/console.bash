# SPDX-License-Identifier: ISC
# Runs the examples of a Markdown file as its reader would.
#
# An example is a block that begins with ```console.  A line "$ COMMAND" is
# typed, a line "> MORE" goes on with it, every other line is what then appears
# on the screen; "..." in it stands for anything.  Each block is one bash
# script in an empty directory, and has a loopback network of its own where the
# system allows that, so that fixed ports disturb nobody.
#
# A reader types the next command when the last one has had its effect.  So
# does the script: it goes on when all processes it has started are asleep or
# gone.  What an interactive bash says about its jobs ("[1] 4711") is ignored.

# Each block of the Markdown file $1 to a file of its own in the directory $2
console_blocks()
{
	awk -v dir="$2" '
		/^ *```console *$/ {
			file = sprintf("%s/%d.line%d", dir, ++n, NR)
			printf "" >file
			next
		}
		/^ *```/ { file = "" }
		file != "" { print >file }
	' "$1"
}

# The block $1 as a script
console_script()
{
	cat <<-'END'
		_asleep() { # all descendants of a process
			local pid state
			for pid in $(</proc/"$1"/task/"$1"/children); do
				{ read -r state </proc/"$pid"/stat; } 2>/dev/null || continue
				state=${state##*) }
				[[ ${state:0:1} == [STZ] ]] && _asleep "$pid" || return 1
			done 2>/dev/null
		}
		_rest() {
			local status=$? seen=0
			while ((seen < 3)); do
				read -rt 0.01 -u 9
				if _asleep $$; then ((seen += 1)); else seen=0; fi
			done
			return $status
		}
		_leave() {
			kill $(</proc/$$/task/$$/children)
		} 2>/dev/null
		trap _leave EXIT
		exec 9<> <(:)
	END
	awk '
		/^\$ / { if (typed) print "_rest"; typed = 1 }
		/^[$>] / { print substr($0, 3) }
		END { print "_rest" }
	' "$1"
}

# What should appear, as a pattern of bash
console_expected()
{
	sed -E -e '/^[$>] /d; /^\[[0-9]+\]/d; s/[[:space:]]+$//' \
		-e 's/[][*?\()|!+@]/\\&/g; s/\.\.\./*/g' "$1"
}

# Runs the script $1 in the directory $2 and prints what appears.
console_run()
{
	local network=()

	if unshare -n true 2>/dev/null; then
		network=(unshare -n)
	elif unshare -rn true 2>/dev/null; then
		network=(unshare -rn)
	fi
	(
		cd "$2" || exit
		((${#network[@]} == 0)) ||
			network+=(sh -c 'ip link set lo up; exec "$@"' sh)
		timeout -k 5 60 "${network[@]}" bash "$1" 2>&1 </dev/null 3>&- || true
	) | sed -E '/: line [0-9]+: +[0-9]+ (Terminated|Killed|Hangup|Interrupt)/d
		s/[[:space:]]+$//'
}

# The example in file $1: true when it does what it says
console_check()
{
	local dir actual expected

	dir=$(mktemp -d "$BATS_TEST_TMPDIR/example.XXXXXX")
	console_script "$1" >"$dir.script"
	actual=$(console_run "$dir.script" "$dir")
	expected=$(console_expected "$1")
	# shellcheck disable=SC2053  # it is a pattern
	[[ $actual == $expected ]] && return
	echo "--- the example (${1##*.})"
	cat "$1"
	echo "--- what appeared"
	echo "$actual"
	return 1
}
