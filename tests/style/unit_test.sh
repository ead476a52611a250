#!/usr/bin/env bash
# systemd accepts the service's unit and finds little to reach from it. Skipped where there is no
# systemd-analyze.
set -euo pipefail
unit=$1

command -v systemd-analyze >/dev/null || exit 77

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# verify wants programs to be there; the daemon need not be installed for this test.
sed 's#/usr/bin/taskbbsd#/bin/true#' "$unit" >"$scratch/taskbbsd.service"
findings=$(systemd-analyze verify --man=no "$scratch/taskbbsd.service" 2>&1) || {
    echo "$findings"
    exit 1
}
# In tenths: 2.0 of 10, "OK".
systemd-analyze security --offline=true --threshold=20 --no-pager "$unit"
