# The demo on this machine. Its state is in .sekisho/: data, logs, keys, and run/NAME.pid with "pid start-time" of each server.

# alive NAME: whether the server that wrote run/NAME.pid still runs. The start time tells it from a later process with its id.
alive() {
    local pid start
    [ -r "$STATE/run/$1.pid" ] || return 1
    read -r pid start <"$STATE/run/$1.pid" || return 1
    [ -r "/proc/$pid/stat" ] && [ "$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null | cut -d' ' -f20)" = "$start" ]
}

DEMO_SERVERS="mailbox postgres keycloak all"

# port_setting NAME DEFAULT: the port that the environment or the default says.
port_setting() { local value=${!1:-$2}; echo "$value"; }

# check_port SETTING DEFAULT: stops when somebody listens there already.
check_port() {
    local port
    port=$(port_setting "$1" "$2")
    if (exec 7<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
        fail "port $port is in use; stop the program that listens there, or set $1 to another port"
    fi
}

demo() {
    umask 077
    mkdir -p "$STATE"
    command -v flock >/dev/null || fail "flock is missing; install it (Debian: apt-get install util-linux)"
    exec 8>"$STATE/.lock"
    flock -n 8 || fail "another ./sekisho demo is just starting; wait for it"
    if all_alive; then
        echo "the demo is running already: $(web_url)  (./sekisho status, ./sekisho stop)"
        return
    fi
    need_java
    need_disk "$TOOLS"
    need_disk "$STATE"
    need_memory 2000
    stop_all # what is left of a demo that lost a part
    check_port SEKISHO_WEB_PORT 8080
    check_port SEKISHO_HEALTH_PORT 9000
    check_port SEKISHO_SMTP_PORT 2525
    check_port SEKISHO_KEYCLOAK_PORT 8180
    check_port SEKISHO_KEYCLOAK_MANAGEMENT_PORT 9180
    check_port SEKISHO_MAILBOX_PORT 2580
    check_port SEKISHO_MAILBOX_SMTP_PORT 2526
    if [ ! -e "$STATE/demo/complete" ]; then rm -rf "$STATE/demo"; fi # a first start that never ended
    prepare postgres keycloak >/dev/null
    build_if_needed
    DEMO_READY=
    undo '[ -n "$DEMO_READY" ] || stop_all'
    # In the background, so that a signal to us is acted on at once and not when it has ended.
    "$JAVA_HOME/bin/java" -Xmx256m -XX:TieredStopAtLevel=1 -cp "$REPO/deploy/demo/target/classes:$REPO/deploy/demo/target/lib/*" \
        sekisho.demo.Demo "$STATE" 8>&- &
    DEMO_STARTER=$!
    undo 'kill -TERM $DEMO_STARTER 2>/dev/null && wait $DEMO_STARTER'
    wait $DEMO_STARTER || exit 1
    DEMO_READY=yes
}

web_url() { echo "http://localhost:$(port_setting SEKISHO_WEB_PORT 8080)/"; }

all_alive() {
    local name
    for name in $DEMO_SERVERS; do alive "$name" || return 1; done
}

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
    stop_one keycloak TERM 20
    stop_one mailbox TERM 10
    stop_one postgres INT 30
}

any_alive() {
    local name
    for name in $DEMO_SERVERS; do if alive "$name"; then return 0; fi; done
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
    for name in $DEMO_SERVERS; do
        if alive "$name"; then
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
