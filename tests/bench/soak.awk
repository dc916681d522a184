# SPDX-License-Identifier: ISC
#
# soak.awk - say whether a server keeps something of its clients
#
# usage: awk -f soak.awk CSV-FILE
#
# The medians of the first and the last third are compared; what a slow reader
# more needs is no leak, so a little growth is allowed.

BEGIN {
	FS = ","
	rss_factor = 1.1
	rss_kib = 512
	fds_factor = 1.1
	fds_more = 8
	bad = 0
}

NR == 1 { # the heading
	next
}

{
	if (!($1 in lines)) {
		names[++nnames] = $1
		lines[$1] = 0
	}
	done[$1] = $4
	failed[$1] = $5
}

$2 == "run" {
	lines[$1]++
	rss[$1, lines[$1]] = $7
	fds[$1, lines[$1]] = $8
	next
}

{
	at[$1, $2, "fds"] = $8
	at[$1, $2, "children"] = $9
}

END {
	for (i = 1; i <= nnames; i++)
		report(names[i])
	exit bad || nnames == 0
}

# --- sums -------------------------------------------------------------------

function median(of, name, from, to,    n, i, j, x, v)
{
	for (i = from; i <= to; i++) {
		x = of[name, i]
		for (j = n++; j > 0 && v[j] > x; j--)
			v[j + 1] = v[j]
		v[j + 1] = x
	}
	return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}

# --- what is said -----------------------------------------------------------

function say(name, good, words)
{
	bad = bad || !good
	printf "%-6s %-9s %s\n", name, good ? "ok" : "NOT OK", words
}

function compare(name, of, what, factor, more,    third, a, b)
{
	third = int(lines[name] / 3)
	a = median(of, name, 1, third)
	b = median(of, name, lines[name] - third + 1, lines[name])
	say(name, b <= a * factor + more,
	    sprintf("%s: %d in the first third, %d in the last", what, a, b))
}

function report(name)
{
	say(name, failed[name] == 0,
	    sprintf("%d connections, %d failed", done[name], failed[name]))
	if (lines[name] < 3) {
		say(name, 0, "fewer than three lines: too short to compare")
	} else {
		compare(name, rss, "VmRSS in KiB", rss_factor, rss_kib)
		compare(name, fds, "descriptors", fds_factor, fds_more)
	}
	if (!((name, "rest", "fds") in at)) {
		say(name, 0, "the server has not seen the end")
		return
	}
	say(name, at[name, "rest", "fds"] <= at[name, "start", "fds"] &&
	    at[name, "rest", "children"] == 0,
	    sprintf("at rest: %d descriptors (%d at the start), %d children",
		at[name, "rest", "fds"], at[name, "start", "fds"],
		at[name, "rest", "children"]))
}
