# SPDX-License-Identifier: ISC
# ncx.fish - completion; the program itself says which options there are
set -l program (string replace -r '^~/' ~/ -- (commandline -opc)[1])
type -q -- "$program"; or set program ncx
set -l path '__fish_contains_opt -s U unixsock'
set -l services '(getent services | string split -f 1 " ")'

complete -c ncx -f
complete -c ncx -n $path -F
complete -c ncx -n "not $path" -a '(__fish_print_hostnames)'
complete -c ncx -n "not $path; and not __fish_is_first_token" -a $services
$program --list-options | while read -l -d \t short long argument kind choices help
	set -l option -c ncx -l $long -d $help
	test $short = -; or set -a option -s $short
	switch $argument:$kind
		case '-:*'
		case '[=*:file'
			set -a option -F
		case '*:text' '*:file'
			set -a option -r -F
		case '*:port'
			set -a option -x -a $services
		case '*'
			set -a option -x -a (string trim -c - -- $choices | string replace -a '|' ' ')
	end
	complete $option
end
