#!/usr/bin/env bash
# Makes thumbnails of all pictures in a directory, each by a task that ImageMagick runs wherever an
# executor of the stack `imagemagick` is:
#
#     thumbnails.sh PICTURES THUMBNAILS      ends with 1 where one could not be made
#
# Both directories are seen by the executors under the same paths. `taskbbs` is found in PATH, the
# broker by TASKBBS_ENDPOINT.
set -euo pipefail

[ $# = 2 ] || { echo "usage: thumbnails.sh PICTURES THUMBNAILS" >&2; exit 2; }
pictures=$(realpath "$1")
mkdir -p "$2"
thumbnails=$(realpath "$2")

# Of this run alone, so that several at a time don't take each other's outcomes.
run=thumbnails-$(od -An -N8 -tx8 /dev/urandom | tr -d ' ')

# As one word for sh.
quoted() {
    printf "'%s'" "${1//\'/\'\\\'\'}"
}

# The first frame, at most 160x160. A thumbnail appears whole or not at all, so making one twice, as
# after the loss of an executor, does no harm.
command_for() {
    local target=$thumbnails/${1##*/}.png
    echo "convert $(quoted "$1[0]") -auto-orient -thumbnail '160x160>' $(quoted "png:$target.part")" \
        "&& mv $(quoted "$target.part") $(quoted "$target")"
}

# guid -> picture, of those that are not resolved yet; and the number of the first task's event.
declare -A left=()
first=

for picture in "$pictures"/*; do
    [ -f "$picture" ] || continue
    guid=$run-${#left[@]}
    seq=$(taskbbs desire "$guid" --domain "$run" --stack imagemagick --type Thumbnail --on-executor-lost requeue \
        --annotation "${picture##*/}" --payload "$(command_for "$picture")" | awk 'NR == 2 { print $2 }')
    left[$guid]=${picture##*/}
    first=${first:-$seq}
done
[ ${#left[@]} -gt 0 ] || { echo "thumbnails: no picture in $pictures" >&2; exit 1; }

# Takes the outcome of a completed task and says what became of it.
failed=0
collect() {
    local guid=$1 outcome status=0
    outcome=$(taskbbs resolving "$guid") || status=$?
    case $status in
        0) echo "${left[$guid]}: done" ;;
        1)
            echo "${left[$guid]}: failed: $(tail -n 1 <<<"$outcome")" >&2
            failed=1
            ;;
        *) exit "$status" ;;
    esac
    taskbbs resolve "$guid" >/dev/null
    unset "left[$guid]"
}

# From the first task on: what was completed before the watch began is told as well. A task may be
# announced again while it waits here.
exec {watch}< <(exec taskbbs watch --domain "$run" --stream completed --from "$first")
watcher=$!
trap 'kill $watcher 2>/dev/null || true' EXIT
while [ ${#left[@]} -gt 0 ] && read -r _ _ _ _ guid _ <&"$watch"; do
    [ -z "${left[$guid]:-}" ] || collect "$guid"
done
[ ${#left[@]} = 0 ] || { echo "thumbnails: the watch has ended" >&2; exit 1; }
exit $failed
