# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the lints share. Each runs as LINT.sh SOURCE_DIR [FILE…] and prints one line per finding.
set -euo pipefail
shopt -s inherit_errexit

# shellcheck disable=SC2034 # the lints use it
src=$1
shift
findings=0
: "${NM:=nm}"

finding() {
	printf '%s\n' "$*"
	findings=$((findings + 1))
}

# A check without its tool is skipped, where skipping is allowed.
require() {
	command -v "$1" >/dev/null && return
	echo "$1 is not installed"
	[ "${NSJOIN_MUST_RUN:-0}" = 1 ] && exit 1
	exit 77
}

finish() {
	[ "$findings" -eq 0 ] || exit 1
}

# The objects of the static library, one path in each line of FILE, as "folder/name path".
objects() {
	if grep -vE '\.dir/(\./)?[a-z]+/[^/]+\.c\.o(bj)?$' "$1" >&2; then
		echo "These objects are in no folder of src/" >&2
		return 1
	fi
	sed -nE 's|^.*\.dir/(\./)?([a-z]+/[^/]+)\.c\.o(bj)?$|\2 &|p' "$1" | grep .
}

# symbols FILE NM-OPTION…: the symbols of all these objects, as "folder/name symbol", without what
# compilers and sanitizers add. What fortification calls __printf_chk is printf.
symbols() {
	local -A object=()
	local name path
	local -r added='^(__(asan|ubsan|lsan|sanitizer|sancov|gcov|llvm|stack_chk|odr_asan)|_GLOBAL_)'
	local all
	all=$(objects "$1")
	while read -r name path; do
		object[$path]=$name
	done <<<"$all"
	all=$("$NM" -A -P "${@:2}" "${!object[@]}")
	while read -r path name _; do
		[[ ! $name =~ $added ]] || continue
		[[ ! $name =~ ^__([a-z0-9_]+)_chk$ ]] || name=${BASH_REMATCH[1]}
		printf '%s %s\n' "${object[${path%:}]}" "$name"
	done <<<"$all"
}
