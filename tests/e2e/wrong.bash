# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# wrong.bash - what is wrong is said in one line, at once, and nothing is made
# or removed

# seconds: one, and one for a busy machine
AT_ONCE=2

# wrong STATUS WORD OPTION...: ncx ends with the status and says one line with
# the word in it; the line is $stderr.
wrong() {
	mkdir empty && cd empty || return
	run --separate-stderr "-$1" timeout "$AT_ONCE" ncx "${@:3}" </dev/null
	cd .. || return
	if [ "${#stderr_lines[@]}" -ne 1 ] || [ -n "$output" ] ||
		[[ $stderr != "ncx: "*"$2"* ]] || ! rmdir empty; then
		echo "ncx ${*@Q}: $stderr"
		return 1
	fi
}

# bad_value VALUE OPTION...: the line quotes the value and says what would do.
bad_value() {
	wrong 2 "\"$1\": expected " "${@:2}"
}
