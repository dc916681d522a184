# SPDX-License-Identifier: ISC
# zsh -f complete.zsh DIR LINE: what the functions in DIR offer for LINE
#
# A real interactive zsh behind a pseudo-terminal gets LINE and a tab; its
# compadd says what it is given, between two marks.
zmodload zsh/zpty
zpty -b shell "TERM=dumb COLUMNS=500 zsh -f -i"
setup=(
	"PS1='' PS2='' PROMPT_EOL_MARK=''"
	"fpath=(${(q)1} \$fpath)"
	"autoload -Uz compinit && compinit -u -D"
	"compadd() {
		builtin compadd \"\$@\"
		local result=\$? offered
		[[ \${@[1,(i)(-|--)]} == *-[OAD]* ]] && return \$result
		builtin compadd -O offered \"\$@\"
		print -rl -- \"offer: \"\${^offered}
		return \$result
	}"
	"complete-aloud() { zle complete-word; print; print end of offers; zle kill-whole-line }"
	"zle -N complete-aloud && bindkey '^I' complete-aloud"
	"print ready ''to complete"
)
zpty -w shell "${(F)setup}"
zpty -r -m shell out '*ready to complete*' || exit 1
zpty -w -n shell "$2"$'\t'
zpty -r -m shell out '*end of offers*' || exit 1
print -r -- "$out" | tr -d '\r' | sed -n 's/^.*offer: //p'
zpty -d shell
