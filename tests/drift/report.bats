#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The fields of a report: those of the schema, of the manual and of the program.

bats_require_minimum_version 1.5.0

setup()
{
	load helper
	SCHEMA=$NCX_SOURCE/tests/interop/report.schema.json
}

# The tags of the list that the manual has for an object: its name
fields_of_manual()
{
	awk -v name="$1" '
	$0 == ".\\\" fields: " name { here = 1 }
	/^\.El/ { here = 0 }
	here && sub(/^\.It Cm /, "") { gsub(/ , /, "\n"); print }
	' "$NCX_SOURCE/man/ncx.1" | sort
}

# The properties of definitions of the schema, all together
fields_of_schema()
{
	for name; do
		jq -r --arg name "$name" \
			'."$defs"[$name].properties | keys[]' "$SCHEMA"
	done | sort -u
}

@test "the manual has a list for every object of the schema, and no other" {
	same "sed -n 's/^\.\\\\\" fields: //p' '$NCX_SOURCE/man/ncx.1' | sort" \
		"{ jq -r '.\"\$defs\" | to_entries[] | select(.value.properties) | .key' \
			'$SCHEMA' | grep -vxE 'peer|upstream|received|sent'; echo way; } | sort"
}

@test "each list has the fields of its object" {
	for name in line closed proxy attempt tls certificate tcp_info end hash; do
		same "fields_of_manual $name" "fields_of_schema $name"
	done
	same "fields_of_manual address" "fields_of_schema address peer"
	same "fields_of_manual way" "fields_of_schema received sent"
}

@test "an upstream has what the manual says" {
	names=$(sed -n '/^\.It Cm upstream/,/^\.It Cm up$/p' \
		"$NCX_SOURCE/man/ncx.1" | sed -n 's/ \.$//; s/^\.Cm //p' |
		sed 's/ , /\n/g' | sort)
	diff <(echo "$names") <(fields_of_schema upstream)
}

@test "the schema lets nothing in that it does not name" {
	# shellcheck disable=SC2016  # $defs is jq's
	run -0 jq -r '."$defs" | to_entries[] |
		select(.value.properties and .value.additionalProperties != false) |
		.key' "$SCHEMA"
	[ -z "$output" ]
}

@test "the order of a report is that of the manual" {
	# what is printed is the contract for people who read it with their eyes
	diff <("$NCX" --report=json 127.0.0.1 1 2>&1 </dev/null | grep '^{' |
		jq -r 'keys_unsorted[]') \
		<(awk '$0 == ".\\\" fields: closed" { here = 1 }
			/^\.El/ { here = 0 }
			here && sub(/^\.It Cm /, "") { gsub(/ , /, "\n"); print }
		' "$NCX_SOURCE/man/ncx.1")
}
