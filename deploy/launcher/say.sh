# Words to the person: progress and failures go to standard error, results to standard output.

STARTED=$SECONDS

# say TEXT: one line of progress, with the seconds since the start.
say() { printf '%4ds  %s\n' $((SECONDS - STARTED)) "$*" >&2; }

# fail TEXT: one line that says what is wrong and what to do; ends the program with status 1.
fail() { printf 'sekisho: %s\n' "$*" >&2; exit 1; }

# undo COMMAND...: runs COMMAND when the program ends, however it ends; the last one named runs first.
UNDO=()
undo() { UNDO=("$*" ${UNDO[@]+"${UNDO[@]}"}); }
run_undo() {
    local status=$? step
    trap - EXIT
    trap '' INT TERM HUP # a second Ctrl-C doesn't stop the tidying up
    end_children
    for step in ${UNDO[@]+"${UNDO[@]}"}; do eval "$step" || true; done
    exit "$status"
}
trap run_undo EXIT
trap 'echo "sekisho: stopped at ${BASH_SOURCE[0]##*/}:$LINENO, which should not happen: $BASH_COMMAND" >&2' ERR
trap 'echo "sekisho: interrupted" >&2; exit 130' INT
trap 'echo "sekisho: told to end" >&2; exit 143' TERM HUP

# [LOG=FILE] child COMMAND...: runs it and waits for it, in the background: a signal to us is acted on at once, and ends it.
CHILD=
child() {
    local status=0
    if [ -n "${LOG:-}" ]; then "$@" >"$LOG" 2>&1 & else "$@" & fi
    CHILD=$!
    wait "$CHILD" || status=$?
    CHILD=
    return "$status"
}

# beside COMMAND...: starts it; a signal to us ends it.
BESIDE=
beside() {
    "$@" &
    BESIDE+=" $!"
}
# wait_beside: waits for all of them. Its status is that of one that failed.
wait_beside() {
    local status=0 each
    for each in $BESIDE; do wait "$each" || status=$?; done
    BESIDE=
    return "$status"
}

# end_children: what runs for us ends now.
end_children() {
    local child
    for child in $CHILD $BESIDE; do kill -TERM "$child" 2>/dev/null || true; done
    for child in $CHILD $BESIDE; do wait "$child" || true; done
}

# need_disk MEGABYTES FOLDER [SETTING]: stops unless so much is free where FOLDER is or will be, which SETTING moves.
need_disk() {
    local folder=$2 free
    while [ ! -d "$folder" ]; do folder=$(dirname "$folder"); done
    free=$(($(df -Pk "$folder" | awk 'NR==2 {print $4}') / 1024))
    [ "$free" -ge "$1" ] || fail "$free MB free at $folder, $1 MB needed; make room${3:+, or set $3 to a folder on another disk}"
}

# need_folder FOLDER SETTING: makes it; stops when we can't write there.
need_folder() {
    { mkdir -p "$1" && [ -w "$1" ]; } 2>/dev/null \
        || fail "cannot write to the folder $1; set $2 to one that you may write to, or become the user it belongs to"
}

# need_memory MEGABYTES: stops unless that much memory is available to us.
need_memory() {
    local available limit used spare
    available=$(awk '/^MemAvailable:/ {print int($2 / 1024)}' /proc/meminfo)
    if [ -r /sys/fs/cgroup/memory.max ] && limit=$(cat /sys/fs/cgroup/memory.max) && [ "$limit" != max ]; then
        # what is kept of files, and by the kernel, counts as used there and goes when somebody needs the room
        spare=$(awk '/^(inactive_file|active_file|slab_reclaimable) / {sum += $2} END {printf "%.0f", sum}' /sys/fs/cgroup/memory.stat)
        used=$(cat /sys/fs/cgroup/memory.current)
        limit=$(((limit - used + spare) / 1048576))
        [ "$limit" -ge "$available" ] || available=$limit
    fi
    [ "$available" -ge "$1" ] || fail "$available MB of memory available, $1 MB needed; close something and try again"
}
