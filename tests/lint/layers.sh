#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Who may include whom. Two kinds of rows: a folder and the folders that its files may include;
# a file that may include less than its folder, through other headers as well.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
cd "$src/src"

declare -A may=(
	[util]='util/'
	[sys]='util/|sys/'
	[find]='util/|sys/|find/'
	[core]='util/|sys/|find/|core/'
	[leader]='leader/'
	[run]='util/|sys/|core/|leader/(calls|protocol|shim)\.h|run/'
	[show]='util/|sys/|find/|core/|show/'
	[cli]='util/|sys/nstype\.h|core/request\.h|cli/'
)

# A file elsewhere would be under no rule.
while read -r file; do
	finding "src/$file: main.c and what is in a folder of src/ are all that there is"
done < <(find . \( -path './*/*/*' -o ! -path './*/*' ! -name main.c \) -name '*.[ch]' -printf '%P\n')

# What each file includes, read once.
declare -A included=()
while read -r file mark header; do
	if [ "$mark" = '"' ]; then
		included[$file]+=" $header"
	elif [ -f "$header" ]; then
		finding "src/$file: <$header> is ours, and goes into quotes"
	fi
done < <(awk -- '
	match($0, /^[[:blank:]]*#[[:blank:]]*include[[:blank:]]*["<]/) {
		header = substr($0, RSTART + RLENGTH)
		sub(/[">].*/, "", header)
		print FILENAME, substr($0, RLENGTH, 1), header
	}' */*.[ch])

# Every header that a file reaches, itself left out.
reaches() {
	local -A seen=()
	local -a queue=("$1")
	local header
	while [ ${#queue[@]} -gt 0 ]; do
		for header in ${included[${queue[0]}]-}; do
			[ -z "${seen[$header]-}" ] || continue
			seen[$header]=1
			queue+=("$header")
		done
		queue=("${queue[@]:1}")
	done
	[ ${#seen[@]} -eq 0 ] || printf '%s\n' "${!seen[@]}"
}

for file in */*.[ch]; do
	folder=${file%%/*}
	if [ -z "${may[$folder]-}" ]; then
		finding "src/$file: the folder $folder/ is not in the table of layers"
		continue
	fi
	for header in ${included[$file]-}; do
		if [ ! -f "$header" ]; then
			finding "src/$file: \"$header\" is not a path below src/"
		elif ! [[ $header =~ ^(${may[$folder]}) ]]; then
			finding "src/$file: $folder/ must not include $header"
		fi
	done
done

# What decides without looking sees none of the headers that look.
for file in core/facts.h core/request*.[ch] core/plan*.[ch]; do
	[ -f "$file" ] || continue
	while read -r header; do
		[[ $header =~ ^(util/|core/|sys/(ns|stream)type\.h) ]] ||
			finding "src/$file: reaches $header; of sys/ only the types are allowed"
	done < <(reaches "$file")
done

if [ -f main.c ] && [ "$(wc -l <main.c)" -ge 60 ]; then
	finding "src/main.c: a table of contents has less than 60 lines"
fi
finish
