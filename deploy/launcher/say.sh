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
    trap - EXIT INT TERM HUP
    for step in ${UNDO[@]+"${UNDO[@]}"}; do eval "$step" || true; done
    exit "$status"
}
trap run_undo EXIT
trap 'echo "sekisho: stopped at ${BASH_SOURCE[0]##*/}:$LINENO, which should not happen: $BASH_COMMAND" >&2' ERR
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# need_disk FOLDER: stops unless 3 GB are free where FOLDER is or will be.
need_disk() {
    local folder=$1 free
    while [ ! -d "$folder" ]; do folder=$(dirname "$folder"); done
    free=$(df -Pk "$folder" | awk 'NR==2 {print $4}')
    [ "$free" -ge $((3 * 1024 * 1024)) ] \
        || fail "less than 3 GB free at $folder ($((free / 1024)) MB); make room, or set SEKISHO_TOOLS to a folder on another disk"
}

# need_memory MEGABYTES: stops unless that much memory is available to us.
need_memory() {
    local available limit used
    available=$(awk '/^MemAvailable:/ {print int($2 / 1024)}' /proc/meminfo)
    if [ -r /sys/fs/cgroup/memory.max ] && limit=$(cat /sys/fs/cgroup/memory.max) && [ "$limit" != max ]; then
        used=$(cat /sys/fs/cgroup/memory.current)
        limit=$(((limit - used) / 1048576))
        [ "$limit" -ge "$available" ] || available=$limit
    fi
    [ "$available" -ge "$1" ] || fail "$available MB of memory available, $1 MB needed; close something and try again"
}
