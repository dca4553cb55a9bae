# The demo on this machine. Its state is in .sekisho/: data, logs, keys, and run/NAME.pid with "pid start-time" of each server.

# alive NAME: whether the server that wrote run/NAME.pid still runs. The start time tells it from a later process with its id.
alive() {
    local pid start
    [ -r "$STATE/run/$1.pid" ] || return 1
    read -r pid start <"$STATE/run/$1.pid" || return 1
    [ -r "/proc/$pid/stat" ] && [ "$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null | cut -d' ' -f20)" = "$start" ]
}

demo() { fail "the demo is not part of this version yet"; }

# stop_one NAME SIGNAL SECONDS: asks it to end, then ends it.
stop_one() {
    local pid _ end
    if alive "$1"; then
        read -r pid _ <"$STATE/run/$1.pid"
        say "stopping $1"
        kill "-$2" "$pid" 2>/dev/null || true
        end=$((SECONDS + $3))
        while alive "$1"; do
            if [ $SECONDS -ge $end ]; then kill -KILL "$pid" 2>/dev/null || true; end=$((SECONDS + 5)); fi
            sleep 0.1
        done
    fi
    rm -f "$STATE/run/$1.pid"
}

stop_all() {
    stop_one all TERM 20
    stop_one mailbox TERM 10
    stop_one keycloak TERM 20
    stop_one postgres INT 30
}

any_alive() {
    local name
    for name in postgres keycloak mailbox all; do if alive $name; then return 0; fi; done
    return 1
}

stop() {
    any_alive || { echo "the demo is not running"; return; }
    stop_all
    echo "stopped; ./sekisho demo starts it again with the same data, ./sekisho reset throws the data away"
}

reset() {
    stop_all
    rm -rf "$STATE/demo" "$STATE/run" "$STATE/logs"
    echo "the data of the demo is gone"
}

status() {
    local name pid _
    for name in postgres keycloak mailbox all; do
        if alive $name; then
            read -r pid _ <"$STATE/run/$name.pid"
            printf '%-10s running, process %s\n' "$name" "$pid"
        else
            printf '%-10s not running\n' "$name"
        fi
    done
}

logs() {
    local name=${1:-} follow=${2:-}
    if [ -z "$name" ]; then
        ls "$STATE/logs" 2>/dev/null || echo "no logs yet; ./sekisho demo makes them"
        return
    fi
    [ -r "$STATE/logs/$name.log" ] || fail "there is no log '$name'; ./sekisho logs lists them"
    if [ "$follow" = -f ]; then tail -n 100 -f "$STATE/logs/$name.log"; else tail -n 100 "$STATE/logs/$name.log"; fi
}
