#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The completions, each asked in its own shell.

bats_require_minimum_version 1.5.0

setup()
{
	load helper
	ln -s "$NCX" "$BATS_TEST_TMPDIR/ncx"
	PATH=$BATS_TEST_TMPDIR:$PATH
	export HOME=$BATS_TEST_TMPDIR
	cd "$BATS_TEST_TMPDIR" || return
	touch here.sock
}

# Every option, long and short, is among the answers of the function $1.
offers_every_option()
{
	local offered missing

	offered=$({ "$1" ncx -; "$1" ncx --; } | sort -u)
	missing=$(options_of_program |
		awk '{ print "--" $2 } $1 != "-" { print "-" $1 }' |
		grep -vxF -e "$offered" || true)
	[ -n "$offered" ]
	[ -z "$missing" ] || { echo "$1 does not offer:" "$missing"; return 1; }
}

# What every shell knows to do at a place in the line, asked from $1.
offers_the_right_thing()
{
	[ "$("$1" ncx --li | sort | tr '\n' ' ')" = \
		"--linger --list-options --listen " ]
	"$1" ncx -lvp htt | grep -x http
	"$1" ncx localhost htt | grep -x http
	"$1" ncx -U here | grep -x here.sock
	"$1" ncx -lU here | grep -x here.sock
	"$1" ncx --port-file here | grep -x here.sock
	"$1" ncx --allowfile here | grep -x here.sock
	"$1" ncx --denyfile here | grep -x here.sock
	[ -z "$("$1" ncx --mtu x)" ]
}

# An argument that may be left out stands behind a =, else the next word is
# what it would be without the option.
knows_what_may_be_left_out()
{
	[ -z "$("$1" ncx --tls-tofu here)" ]
	"$1" ncx --tls-tofu localhost htt | grep -x http
	"$1" ncx --tls-to | grep -x -- '--tls-tofu=\?'
}

# Called by its path, with an ncx in PATH that knows no option (fish completes
# nothing for a name that is not in PATH)
works_under_a_path()
{
	mkdir elsewhere
	mv ncx elsewhere
	ln -s "$(type -P false)" ncx
	"$1" ./elsewhere/ncx --list- | grep -x -- --list-options
}

@test "bash: the script parses" {
	bash -n "$NCX_SOURCE/completions/ncx.bash"
}

@test "bash: offers every option" {
	offers_every_option offered_by_bash
}

@test "bash: offers files, ports and options where they belong" {
	offers_the_right_thing offered_by_bash
	offered_by_bash ncx --source-port = htt | grep -x http
}

@test "bash: an argument that may be left out stands behind a =" {
	knows_what_may_be_left_out offered_by_bash
	offered_by_bash ncx --tls-tofu = here | grep -x here.sock
	offered_by_bash ncx --tls-tofu = here localhost htt | grep -x http
}

@test "bash: asks the program that is called, wherever it is" {
	works_under_a_path offered_by_bash
}

@test "zsh: the script parses" {
	zsh -n "$NCX_SOURCE/completions/_ncx"
}

@test "zsh: offers every option" {
	offers_every_option offered_by_zsh
}

@test "zsh: offers files, ports and options where they belong" {
	offers_the_right_thing offered_by_zsh
	offered_by_zsh ncx --source-port=htt | grep -x http
}

@test "zsh: an argument that may be left out stands behind a =" {
	knows_what_may_be_left_out offered_by_zsh
	offered_by_zsh ncx --tls-tofu=here | grep -x here.sock
	offered_by_zsh ncx --tls-tofu=here localhost htt | grep -x http
}

@test "zsh: asks the program that is called, wherever it is" {
	works_under_a_path offered_by_zsh
}

@test "fish: the script parses" {
	fish --no-execute "$NCX_SOURCE/completions/ncx.fish"
}

@test "fish: offers every option" {
	offers_every_option offered_by_fish
}

@test "fish: offers files, ports and options where they belong" {
	offers_the_right_thing offered_by_fish
	offered_by_fish ncx --source-port=htt | grep -x -- --source-port=http
}

@test "fish: an argument that may be left out stands behind a =" {
	knows_what_may_be_left_out offered_by_fish
	offered_by_fish ncx --tls-tofu=here | grep -x -- --tls-tofu=here.sock
	offered_by_fish ncx --tls-tofu=here localhost htt | grep -x http
}

@test "fish: asks the program that is called, wherever it is" {
	works_under_a_path offered_by_fish
}
