#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Help, man page and completions list the options of the table, all of them and no others; the
# completions are what their generator prints; the man page lists the ids of the errors.
# docs.sh SOURCE_DIR NSJOIN
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
nsjoin=$1
require "${CC:=cc}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

same() {
	diff "$work/$1" "$work/$2" >"$work/diff" || finding "$3:"$'\n'"$(cat "$work/diff")"
}

# table_of [VERB] - each option of the table as "-n --net[=FILE]"
table_of() {
	"$nsjoin" __complete options "$@" | awk -F '\t' '
		{
			value = ""
			if ($3 == "required") value = "=" $4
			if ($3 == "optional" || $3 == "nsfile") value = "[=" $4 "]"
			print ($1 == "-" ? "" : "-" $1 " ") "--" $2 value
		}' | sort
}

in_help() {
	sed -nE 's/^ +((-[A-Za-z]), )?(--[^ ]+).*/\2 \3/p' | sed 's/^ //' | sort
}

# in_man FROM TO - the options between two headings of the man page
in_man() {
	sed -nE "/^\.S[hs] $1/,/^\.S[hs] $2/ {
		s/ Ns Oo = Ns Ar ([A-Z]+) Oc\$/[=\\1]/
		s/ Ns = Ns Ar ([A-Z]+)\$/=\\1/
		s/^\.It Fl ([A-Za-z]) , Fl -/-\\1 --/p
		s/^\.It Fl -/--/p
	}" "$src/man/nsjoin.1" | sort
}

table_of >"$work/table"
[ -s "$work/table" ] || finding "the table of options is empty"
"$nsjoin" --help | in_help >"$work/help"
same table help "the table of options and --help differ"
in_man OPTIONS SHELL >"$work/man"
same table man "the table of options and the man page differ"

for verb in ps:inspect inspect:ENVIRONMENT; do
	table_of "${verb%:*}" >"$work/verb-table"
	[ -s "$work/verb-table" ] || finding "the table of options of ${verb%:*} is empty"
	"$nsjoin" help "${verb%:*}" | in_help >"$work/verb-help"
	same verb-table verb-help "the options of ${verb%:*} and its help differ"
	in_man "${verb%:*}" "${verb#*:}" >"$work/verb-man"
	same verb-table verb-man "the options of ${verb%:*} and the man page differ"
done

"$CC" -std=gnu11 -D_GNU_SOURCE -I"$src/src" -o "$work/generate" \
	"$src/completions/generate.c" "$src/src/cli/option_table.c" "$src/src/cli/verb_table.c" ||
	finding "completions/generate.c cannot be compiled"
for pair in bash:nsjoin.bash zsh:_nsjoin fish:nsjoin.fish; do
	file=completions/${pair#*:}
	"$work/generate" "${pair%%:*}" >"$work/completion"
	cmp -s "$work/completion" "$src/$file" ||
		finding "$file is not what \"generate ${pair%%:*}\" prints: build the target completions"
	sed -E 's/(=|\[).*//; s/.*--//' "$work/table" | while read -r name; do
		grep -qE -- "(--|-l )$name([^a-z-]|\$)" "$src/$file" ||
			echo "$file lacks --$name"
	done >"$work/missing"
	[ ! -s "$work/missing" ] || finding "$(cat "$work/missing")"
done

sed -nE 's/^\t\[ERROR_[A-Z_]+\] = "(.*)",$/\1/p' "$src/src/util/error.c" | grep -vx none |
	sort >"$work/ids"
sed -nE '/^\.Sh DIAGNOSTICS/,/^\.Sh COMPAT/ s/^\.It Cm ([a-z-]+)$/\1/p' "$src/man/nsjoin.1" |
	sort >"$work/diagnostics"
same ids diagnostics "the ids of errors and the man page differ"
finish
