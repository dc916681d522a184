# SPDX-License-Identifier: ISC
#
# report.awk - turn run's figures into tables and compare them with the goals
#
# usage: awk -f report.awk goals figures

# --- reading ----------------------------------------------------------------

FNR == NR {
	if (NF && $1 !~ /^#/) {
		goals++
		for (i = 1; i <= 5; i++)
			goal[goals, i] = $i
	}
	next
}

FNR == 1 { # the heading of the figures
	FS = ","
	next
}

{
	if (!(($1) in seen))
		works[++nworks] = $1
	if (!(($1, $2) in seen) && $4 != "method") {
		tools[$1, ++ntools[$1]] = $2
		seen[$1, $2] = 1
	}
	if (!(($1, $4) in known) && $4 !~ /^(absent|failed|lost|method)$/) {
		metrics[$1, ++nmetrics[$1]] = $4
		known[$1, $4] = 1
	}
	seen[$1] = 1
	figure[$1, $2, $4, ++count[$1, $2, $4]] = $5
}

END {
	for (w = 1; w <= nworks; w++)
		table(works[w])
	print "\nGoals"
	for (g = 1; g <= goals; g++)
		for (w = 1; w <= nworks; w++)
			if (works[w] ~ regex(goal[g, 1]))
				judge(works[w], g)
}

# --- sums -------------------------------------------------------------------

function has(work, tool, metric)
{
	return (work, tool, metric, 1) in figure
}

# The first figure, where there is only one or one is enough.
function first(work, tool, metric)
{
	return figure[work, tool, metric, 1]
}

function median(work, tool, metric,    n, i, j, x, v)
{
	n = count[work, tool, metric]
	for (i = 1; i <= n; i++) {
		x = figure[work, tool, metric, i]
		for (j = i - 1; j > 0 && v[j] + 0 > x + 0; j--)
			v[j + 1] = v[j]
		v[j + 1] = x
	}
	return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}

# What keeps a tool from having a speed, in words; empty if nothing does.
function trouble(work, tool)
{
	if (has(work, tool, "absent"))
		return "is not there"
	if (has(work, tool, "lost"))
		return "LOST " first(work, tool, "lost") " bytes"
	if (has(work, tool, "failed") && first(work, tool, "failed") == 124)
		return "HANGS"
	if (has(work, tool, "failed"))
		return "FAILED with status " first(work, tool, "failed")
	return ""
}

function usable(work, tool, metric)
{
	return has(work, tool, metric) && trouble(work, tool) == ""
}

# A ratio as text; a peer without that figure has none.
function ratio(work, metric, peer)
{
	if (!usable(work, "ncx", metric) || !usable(work, peer, metric) ||
	    median(work, peer, metric) == 0)
		return "-"
	return sprintf("%.2f",
	    median(work, "ncx", metric) / median(work, peer, metric))
}

# --- tables -----------------------------------------------------------------

# The first is what tools are compared by.
function table(work,    t, m)
{
	printf "\n%-17s %13s %8s", work, metrics[work, 1], "ncx/it"
	for (m = 2; m <= nmetrics[work]; m++)
		printf "  %13s", metrics[work, m]
	print ""
	for (t = 1; t <= ntools[work]; t++)
		row(work, tools[work, t])
}

function row(work, tool,    words, main, m)
{
	main = metrics[work, 1]
	words = trouble(work, tool)
	if (words == "" && first(work, tool, main) == "ended")
		words = "has ended by itself"
	if (words != "") {
		printf "  %-15s %s\n", tool, words
		return
	}
	printf "  %-15s %13s %8s", tool, short(work, tool, main),
	    ratio(work, main, tool)
	for (m = 2; m <= nmetrics[work]; m++)
		printf "  %13s", short(work, tool, metrics[work, m])
	if (has(work, tool, "method"))
		printf "   %s", first(work, tool, "method")
	print ""
}

# A median with as many digits as mean something.
function short(work, tool, metric,    x)
{
	if (!has(work, tool, metric))
		return "-"
	x = median(work, tool, metric)
	return sprintf(x >= 100 || metric == "ticks" ? "%.0f" : "%.2f", x)
}

# --- goals ------------------------------------------------------------------

# A pattern of the shell as a regular expression.
function regex(pattern)
{
	gsub(/\*/, ".*", pattern)
	return "^" pattern "$"
}

# The peer with the best figure: the largest for ">=", else the smallest.
function best_peer(work, metric, is,    t, tool, x, best, name)
{
	for (t = 1; t <= ntools[work]; t++) {
		tool = tools[work, t]
		if (tool == "ncx" || tool == "limit" ||
		    !usable(work, tool, metric))
			continue
		x = median(work, tool, metric)
		if (name == "" || (is == ">=" ? x > best : x < best)) {
			best = x
			name = tool
		}
	}
	return name
}

function holds(x, is, y)
{
	return is == ">=" ? x >= y : is == "<=" ? x <= y : x < y
}

function judge(work, g,    metric, is, factor, peer, got, verdict)
{
	metric = goal[g, 2]
	is = goal[g, 3]
	factor = goal[g, 4]
	peer = goal[g, 5]
	if (peer == "every")
		peer = best_peer(work, metric, is)
	if (peer != "-")
		got = ratio(work, metric, peer)
	else if (usable(work, "ncx", metric))
		got = first(work, "ncx", metric)
	else
		got = "-"
	if (got == "-" || got == "ended")
		verdict = "not measured"
	else
		verdict = holds(got + 0, is, factor + 0) ? "reached" : "not reached"
	printf "  %-12s %-15s %-14s %5s %2s %4s%s\n", verdict, work, metric,
	    got, is, factor, peer == "-" ? "" : " x " peer
}
