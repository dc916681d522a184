# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# story.bash - the steps that -vv tells

# told FILE PATTERN...: the file has steps like these, in this order; others
# may be between them.
told() {
	local steps at=0 pattern
	mapfile -t steps < <(sed -nE 's/^ncx: [0-9]+\.[0-9]{6}s //p' "$1")
	for pattern in "${@:2}"; do
		until ((at == ${#steps[@]})) || [[ ${steps[at]} =~ ^$pattern$ ]]; do
			((++at))
		done
		if ((at++ == ${#steps[@]})); then
			echo "no step like '$pattern' here in $1:" && cat "$1"
			return 1
		fi
	done
}

# silent_about FILE WORDS: no step has them.
silent_about() {
	! sed -nE 's/^ncx: [0-9]+\.[0-9]{6}s //p' "$1" | grep -F -- "$2"
}
