# The demo on this machine. Its state is in .sekisho/: data, logs, keys, and run/NAME.pid with "pid start-time" of each server.

DEMO_SERVERS="mailbox postgres keycloak all"
DEMO_PORTS=(SEKISHO_WEB_PORT=8080 SEKISHO_HEALTH_PORT=9000 SEKISHO_SMTP_PORT=2525 SEKISHO_KEYCLOAK_PORT=8180
    SEKISHO_KEYCLOAK_MANAGEMENT_PORT=9180 SEKISHO_MAILBOX_PORT=2580 SEKISHO_MAILBOX_SMTP_PORT=2526)

# start_time PID: when it was started, field 22 of proc(5) stat; nothing when there is no such process, or it has ended.
start_time() {
    local fields
    read -r -a fields <<<"$(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null || true)"
    if [ "${fields[0]:-Z}" != Z ]; then echo "${fields[19]}"; fi
}

# alive NAME: whether the process that run/NAME.pid names still runs. The start time tells it from a later one with its id.
alive() {
    local pid start
    [ -r "$STATE/run/$1.pid" ] || return 1
    read -r pid start <"$STATE/run/$1.pid" || return 1
    [ -n "$start" ] && [ "$(start_time "$pid")" = "$start" ]
}

# port_setting NAME=DEFAULT: the port that the environment or the default says.
port_setting() { local name=${1%=*}; echo "${!name:-${1#*=}}"; }

# check_ports: stops when a setting is no port, or somebody listens there already.
check_ports() {
    local pair name port seen=' '
    for pair in "${DEMO_PORTS[@]}"; do
        name=${pair%=*} port=$(port_setting "$pair")
        [[ $port =~ ^[1-9][0-9]{0,4}$ ]] && [ "$port" -le 65535 ] || fail "$name is a port, 1 to 65535, not '$port'"
        [[ $seen != *" $port "* ]] || fail "$name is port $port, and another setting too; give each a port of its own"
        seen+="$port "
    done
    for pair in "${DEMO_PORTS[@]}"; do
        name=${pair%=*} port=$(port_setting "$pair")
        if (exec 7<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || (exec 7<>"/dev/tcp/::1/$port") 2>/dev/null; then
            fail "port $port is in use; stop the program that listens there, or set $name to another port"
        fi
    done
}

# port_of NAME: a port of the demo, as it was started; NAME as between SEKISHO_ and _PORT.
port_of() { sed -n "s/^SEKISHO_$1_PORT=//p" "$STATE/demo/ports"; }

# lock_demo: only one of us at a time may start or stop the demo. Says no when another holds the lock.
lock_demo() {
    command -v flock >/dev/null || fail "flock is missing; install it (Debian: apt-get install util-linux)"
    need_folder "$STATE" SEKISHO_STATE
    { exec 8>"$STATE/.lock"; } 2>/dev/null || fail "cannot write to $STATE/.lock; become the user it belongs to"
    flock -n 8
}

demo() {
    local usual
    usual=$(umask)
    umask 077
    lock_demo || fail "another ./sekisho starts or stops the demo just now; wait for it, or end it with ./sekisho stop"
    if all_alive && [ -e "$STATE/run/ready" ]; then # else its launcher was killed before it had sent the message
        echo "the demo is running already: $(web_url)  (./sekisho status, ./sekisho stop)"
        return
    fi
    mkdir -p "$STATE/run"
    echo "$$ $(start_time $$)" >"$STATE/run/launcher.pid" # for a stop that comes before we have ended
    undo 'rm -f "$STATE/run/launcher.pid"'
    need_java
    need_disk 1000 "$STATE" SEKISHO_STATE
    need_memory 2000
    stop_all # what is left of a demo that lost a part
    check_ports
    if needs_build; then need_room_to_build; fi
    if [ ! -e "$STATE/demo/complete" ]; then rm -rf "$STATE/demo"; fi # a first start that never ended
    prepare postgres keycloak >/dev/null
    umask "$usual" # a runnable is for whoever runs it; only the demo's own state is nobody else's
    build_if_needed
    umask 077
    DEMO_READY=
    undo '[ -n "$DEMO_READY" ] || stop_all'
    child env -C "$REPO" "$JAVA_HOME/bin/java" -Xmx256m -XX:TieredStopAtLevel=1 \
        -cp "$REPO/deploy/demo/target/classes:$REPO/deploy/demo/target/lib/*" \
        sekisho.demo.Demo "$STATE" $((SECONDS - STARTED)) 8>&- || exit 1
    DEMO_READY=yes
}

web_url() { echo "http://localhost:$(port_of WEB)/"; }

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
        while alive "$1" && [ $SECONDS -lt $end ]; do sleep 0.1; done
        if alive "$1"; then kill -KILL "$pid" 2>/dev/null || true; fi
        end=$((SECONDS + 10))
        while alive "$1"; do
            [ $SECONDS -lt $end ] || fail "$1, process $pid, does not end; end it yourself, then try again"
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

# need_own_state: stops when the state is another user's; it would look as if nothing ran.
need_own_state() {
    [ ! -e "$STATE" ] || [ -O "$STATE" ] || [ "$(id -u)" -eq 0 ] || fail "$STATE is another user's; become that user"
}

# stop_starting: ends a ./sekisho demo that hasn't ended yet, which then takes back what it started; holds the lock after.
stop_starting() {
    local pid _
    if lock_demo; then return; fi
    if alive launcher; then
        read -r pid _ <"$STATE/run/launcher.pid"
        say "stopping the start of the demo"
        kill -TERM "$pid" 2>/dev/null || true
    fi
    flock -w 120 8 || fail "another ./sekisho that starts or stops the demo does not end; end it yourself, then try again"
}

stop() {
    need_own_state
    local ran=
    if [ ! -d "$STATE" ]; then echo "the demo is not running"; return; fi
    if any_alive || alive launcher; then ran=yes; fi
    stop_starting
    stop_all
    if [ -z "$ran" ]; then echo "the demo is not running"; return; fi
    echo "stopped; ./sekisho demo starts it again with the same data, ./sekisho reset throws the data away"
}

reset() {
    need_own_state
    stop_starting
    stop_all
    rm -rf "$STATE/demo" "$STATE/run" "$STATE/logs"
    echo "the data of the demo is gone"
}

status() {
    need_own_state
    local name pid _
    for name in $DEMO_SERVERS; do
        if alive "$name"; then
            read -r pid _ <"$STATE/run/$name.pid"
            printf '%-10s running, process %s%s\n' "$name" "$pid" "$(place_of "$name")"
        else
            printf '%-10s not running\n' "$name"
        fi
    done
}

# place_of NAME: where a server of the demo is reached.
place_of() {
    [ -r "$STATE/demo/ports" ] || return 0
    case $1 in
        mailbox) echo ", http://localhost:$(port_of MAILBOX)/, SMTP at 127.0.0.1:$(port_of MAILBOX_SMTP)" ;;
        keycloak) echo ", http://localhost:$(port_of KEYCLOAK)/" ;;
        all) echo ", $(web_url), $(web_url)admin, SMTP at 127.0.0.1:$(port_of SMTP), http://127.0.0.1:$(port_of HEALTH)/health and /metrics" ;;
        postgres) sed -n 's|^gateway.database.url=jdbc:postgresql://\(.*\)/.*|, \1|p' "$STATE/demo/all/config/application.properties" 2>/dev/null || true ;;
    esac
}

logs() {
    need_own_state
    local name=${1:-} follow=${2:-}
    if [ -z "$name" ]; then
        ls "$STATE/logs" 2>/dev/null || echo "no logs yet; ./sekisho demo makes them"
        return
    fi
    [ -r "$STATE/logs/$name.log" ] || fail "there is no log '$name'; ./sekisho logs lists them"
    if [ "$follow" = -f ]; then exec tail -n 100 -f "$STATE/logs/$name.log"; else tail -n 100 "$STATE/logs/$name.log"; fi
}
