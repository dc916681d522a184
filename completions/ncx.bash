# SPDX-License-Identifier: ISC
# ncx.bash - completion; the program itself says which options there are
_ncx()
{
	local program=${1/#\~\//$HOME/} long short argument kind choices word
	local want='' path='' given=0 i names=() action=(-A hostname)
	local -A takes=() picks=() bound=()

	while IFS=$'\t' read -r short long argument kind choices _; do
		for word in "--$long" "-${short#-}"; do
			[[ $word == - ]] && continue
			names+=("$word")
			[[ $argument == - ]] || takes[$word]=$kind picks[$word]=${choices#-}
			[[ $argument == \[* ]] && bound[$word]=1 # only behind a =
		done
	done < <("$program" --list-options 2>/dev/null)
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		[[ $word == = ]] && continue
		[[ -n $want ]] && want='' && continue
		[[ $word == -* ]] || { ((given++)); continue; }
		[[ $word == --unixsock ]] && path=1
		while [[ $word =~ ^-[^-] && -z ${takes[${word:0:2}]} ]]; do
			[[ $word == -U* ]] && path=1
			word=-${word:2} # the next letter of a cluster
		done
		[[ -n ${takes[$word]} ]] && want=$word
		[[ -n ${bound[$word]} && ${COMP_WORDS[i + 1]} != = ]] && want=''
	done
	((given > 0)) && action=(-A service)
	[[ -n $path || ${takes[${want:--}]} == file ]] && action=(-f) && compopt -o filenames 2>/dev/null
	[[ ${takes[${want:--}]} == port ]] && action=(-A service)
	[[ ${takes[${want:--}]} =~ ^(flag|number|size|time|times|tos|choice)$ ]] && action=(-W "${picks[$want]//|/ }")
	[[ -z $want && $2 == -* ]] && action=(-W "${names[*]}")
	mapfile -t COMPREPLY < <(compgen "${action[@]}" -- "${2#=}")
}
complete -F _ncx ncx
