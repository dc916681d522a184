# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# report.bash - reports of sessions, as jq(1) and a JSON schema see them

# reports FILE COUNT: every line is right, and so many sessions are told of.
reports() {
	"$BATS_TEST_DIRNAME/report.py" "$BATS_TEST_DIRNAME/report.schema.json" \
		"$1" || { cat "$1" && return 1; }
	[ "$(jq -c 'select(.event == "closed")' "$1" | wc -l)" -eq "$2" ]
}

# told FILE CONDITION...: jq(1) finds them all true of the last session.
told() {
	local condition last
	last=$(jq -c 'select(.event == "closed")' "$1" | tail -n 1)
	for condition in "${@:2}"; do
		jq -e "$condition" <<<"$last" >/dev/null ||
			{ echo "not: $condition"; jq . <<<"$last"; return 1; }
	done
}

# The order in which things happened, of a session that came to its good end
in_order='[.start, .time] | . == sort'
