#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What is installed, with which mode: no more, no less.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
build=$1 cmake=$2

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
(umask 022 && DESTDIR=$stage "$cmake" --install "$build" --prefix /usr >/dev/null)

installed=$(cd "$stage" && find . ! -type d -printf '%m %P\n' | sort -k 2)
diff -u --label expected --label installed - <(echo "$installed") <<-END ||
	755 usr/bin/nsjoin
	644 usr/share/bash-completion/completions/nsjoin
	644 usr/share/fish/vendor_completions.d/nsjoin.fish
	644 usr/share/man/man1/nsjoin.1
	644 usr/share/zsh/site-functions/_nsjoin
END
	finding "the installed files differ from the list"
finish
