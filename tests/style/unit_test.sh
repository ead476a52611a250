#!/usr/bin/env bash
# systemd accepts a unit, with nothing to say about it, and finds little to reach from it: at most
# THRESHOLD, in tenths of its 0 to 10; with the drop-in too that DOCUMENT shows, if one is given.
# Skipped where there is no systemd-analyze.
set -euo pipefail
unit=$1
threshold=$2
document=${3-}

command -v systemd-analyze >/dev/null || exit 77

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# A template is looked at as one of its instances.
name=$(basename "$unit")
copy=$scratch/${name/@./@linux.}
# verify wants programs to be there; ours need not be installed for this test.
sed 's#=/usr/bin/taskbbsd\?#=/bin/true#' "$unit" >"$copy"
if [ -n "$document" ]; then
    mkdir "$copy.d"
    sed -n '/^    \[Service\]$/,/^$/s/^    //p' "$document" >"$copy.d/shown.conf"
    [ -s "$copy.d/shown.conf" ]
fi
findings=$(systemd-analyze verify --man=no "$copy" 2>&1) || findings+=$'\nverify failed'
if [ -n "$findings" ]; then
    echo "$findings"
    exit 1
fi
systemd-analyze security --offline=true --threshold="$threshold" --no-pager "$copy"
