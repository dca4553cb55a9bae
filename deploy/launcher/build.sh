# Building, testing, and running the administrator's programs.

MVN_FLAGS=(-B -ntp)
# Its date is that of the last build.
BUILT=$REPO/.sekisho/built

# Two builds in one folder would read each other's half-written jars: the second waits.
lock_build() {
    need_room_to_build
    mkdir -p "$(dirname "$BUILT")"
    command -v flock >/dev/null || fail "flock is missing; install it (Debian: apt-get install util-linux)"
    exec 6>"$BUILT.lock"
    if ! flock -n 6; then
        say "waiting for another ./sekisho that builds here"
        flock 6
    fi
}

unlock_build() { exec 6>&-; }

# need_room_to_build: what a build would miss only after minutes.
need_room_to_build() {
    [ -w "$REPO" ] || fail "cannot write to $REPO, where the build goes; clone it to a folder that you may write to"
    case $REPO in *+*) fail "the framework can't start from a folder with a + in its name: move $REPO elsewhere, then try again" ;; esac
    need_disk 1500 "$REPO"
    need_disk 1500 "$HOME/.m2"
}

# maven ARGS...: builds what they say; a signal to us ends it.
maven() { child env -C "$REPO" "$MAVEN" "${MVN_FLAGS[@]}" "$@" 8>&-; }
maven_beside() { beside env -C "$REPO" "$MAVEN" "${MVN_FLAGS[@]}" "$@" 8>&-; }

# build_modules ARGS...: packages what the arguments of Maven name, without tests. Needs the lock.
build_modules() {
    say "building"
    touch "$BUILT.new" # dated before the build: a change during it is built next time
    maven -q -DskipTests "$@" package || fail "the build failed; what is wrong is above"
    mv "$BUILT.new" "$BUILT"
}

build_all() {
    need_maven
    lock_build
    build_modules
    unlock_build
}

# needs_build: whether a source or pom is newer than the last build, or what it made is gone.
needs_build() {
    [ -e "$BUILT" ] && [ -e "$REPO/deploy/all/target/quarkus-app/quarkus-run.jar" ] && [ -d "$REPO/deploy/demo/target/lib" ] || return 0
    [ -n "$(find "$REPO" \( -name target -o -name .git -o -name .sekisho -o -name node_modules -o -name tests \) -prune \
        -o -type f \( -name pom.xml -o -path '*/src/main/*' \) -newer "$BUILT" -print -quit)" ]
}

# build_if_needed: what the demo and the administrator's programs need.
build_if_needed() {
    if needs_build; then
        need_maven
        lock_build
        if needs_build; then build_modules -pl deploy/all,deploy/demo -am; fi
        unlock_build
    fi
}

# run_tool NAME ARGS...: one of the programs in deploy/tools.
run_tool() { run_class sekisho.tools.Main "$@"; }

# run_class CLASS ARGS...: a main class on the class path of deploy/tools.
run_class() {
    need_java
    build_if_needed
    "$JAVA_HOME/bin/java" -cp "$REPO/deploy/tools/target/classes:$REPO/deploy/tools/target/lib/*" "$@" || exit $?
}

# audit ARGS...: without an address, the demo's audit log.
audit() {
    local demo=$STATE/demo url
    if [ "${1:-}" = verify ] && [[ " $* " != *" --url "* ]]; then
        [ -e "$demo/all/config/application.properties" ] \
            || fail "there is no demo here; start it (./sekisho demo), or name a database: ./sekisho audit verify --url ..."
        alive postgres || fail "the demo is not running; start it (./sekisho demo), or name a database: ./sekisho audit verify --url ..."
        url=$(sed -n 's/^gateway\.database\.url=//p' "$demo/all/config/application.properties")
        if [[ " $* " != *" --checkpoints "* ]] && [ -e "$demo/checkpoints.log" ]; then set -- "$@" --checkpoints "$demo/checkpoints.log"; fi
        if [[ " $* " != *" --public-key "* ]]; then set -- "$@" --public-key "$demo/keys/audit.public"; fi
        set -- "$@" --url "$url" --user sekisho_app --password-file "$demo/postgres/secrets/sekisho_app"
    fi
    run_tool audit "$@"
}

# with_login NAME ARGS...: a program that works on a database; without an address, on the demo's.
with_login() {
    local tool=$1 demo=$STATE/demo url
    shift
    if [[ " $*" != *" --url"* ]] && [ -e "$demo/all/config/application.properties" ]; then
        alive postgres || fail "the demo is not running; start it (./sekisho demo), or name a database: ./sekisho $tool ${1:-} ... --url ..."
        url=$(sed -n 's/^gateway\.database\.url=//p' "$demo/all/config/application.properties")
        set -- "$@" --url "$url" --user sekisho_app --password-file "$demo/postgres/secrets/sekisho_app"
    fi
    run_tool "$tool" "$@"
}

# store ARGS...: without a store, the demo's, whose keys are here too.
store() {
    local demo=$STATE/demo
    if [[ " $*" != *" --directory"* && " $*" != *" --s3"* ]] && [ -d "$demo/objects" ]; then
        set -- "$@" --directory "$demo/objects"
        if [[ " $* " == *" --deep "* ]]; then set -- "$@" --files-key "$demo/keys/files.private" --spool-key "$demo/keys/spool.private"; fi
    fi
    with_login store "$@"
}

# keys ARGS...: making them needs no database.
keys() {
    case ${1:-generate} in
        generate) run_tool keys "$@" ;;
        *) with_login keys "$@" ;;
    esac
}

# policy ARGS...: without a policy file, the demo's.
policy() {
    case " $* " in
        " try "*" --policy"[\ =]*) run_tool policy "$@" ;;
        " try "*) run_tool policy "$@" --policy "$REPO/deploy/demo/policy.yaml" ;;
        *) run_tool policy "$@" ;;
    esac
}

# bench NAME [ROUNDS]: "intake", "limits" and "queue" need Debian's Postfix, and PostgreSQL; "download" Debian's nginx, PostgreSQL and Keycloak.
bench() {
    need_java
    case ${1:-} in
        intake | limits | queue) need_packages ;;
        download) need_packages missing_nginx ;;
    esac
    need_maven
    case ${1:-} in
        intake | limits | queue) prepare postgres >/dev/null ;;
        download) prepare postgres keycloak >/dev/null ;;
    esac
    lock_build
    build_modules -pl deploy/all,deploy/mail,deploy/web,deploy/demo -am
    unlock_build
    (cd "$REPO" && "$JAVA_HOME/bin/java" -Xmx1g --sun-misc-unsafe-memory-access=allow "-Djava.io.tmpdir=${TMPDIR:-/tmp}" -cp "$REPO/deploy/demo/target/classes:$REPO/deploy/demo/target/lib/*" \
        sekisho.demo.bench.Bench "$@") || exit $?
}

# fuzz TARGET [--time T] [--seed N]: goes on where it stopped the last time.
fuzz() {
    need_java
    need_maven
    lock_build
    build_modules -pl tests/fuzz -am
    unlock_build
    "$JAVA_HOME/bin/java" -cp "$REPO/tests/fuzz/target/classes:$REPO/tests/fuzz/target/lib/*" sekisho.fuzz.Fuzz "$REPO" "$STATE/fuzz" "$@" || exit $?
}

# run_tests: everything CI runs, then one line with the sum.
run_tests() {
    need_java
    need_room_to_build
    need_disk 3000 "${TMPDIR:-/tmp}" TMPDIR
    need_packages
    [ "$(id -u)" -eq 0 ] || say "not root: the tests that start Postfix will fail, since its master runs as root only"
    need_maven
    prepare >/dev/null
    prepare exim >/dev/null
    # A test that fails is tried once more: on a loaded machine one in thousands is late; those are named, they have to be mended.
    # What is built isn't built anew, however those below find each other's modules.
    local status=0 how=(--fail-at-end -Dsurefire.rerunFailingTestsCount=1 -Dfailsafe.rerunFailingTestsCount=1
        -Dmaven.compiler.useIncrementalCompilation=false -Djandex.skip=true test-compile)
    lock_build
    find "$REPO" -type d \( -name surefire-reports -o -name failsafe-reports \) -path '*/target/*' -prune -exec rm -rf {} +
    build_modules -T 2
    say "testing"
    # The house from outside mostly waits for processes: the modules' own tests go on beside it, and the fuzzers. The modules that the others build on have a Maven of their own.
    maven_beside "${how[@]}" -pl deploy/embedded,storage,gateway/inspection surefire:test
    maven_beside "${how[@]}" -Dsekisho.below.skip=true surefire:test
    maven -T 2 "${how[@]}" -pl tests,tests/fuzz -am failsafe:integration-test failsafe:verify || status=$?
    wait_beside || status=$?
    say "done"
    sum_reports || status=1
    unlock_build
    exit "$status"
}

# What goes by chance, be it a moment to kill at or who wins: passing when tried again says nothing about the first time.
BY_CHANCE='\.KilledUnderLoadTest\.|\.KilledPutTest\.|\.HoldTest\.|\.LastSecondTest\.|\.ScanRacesTest\.|AtOneTime|manyCopiesAtOnce'

# unsteady_tests: those that failed and passed when they were tried again, one a line.
unsteady_tests() {
    find "$REPO" -type f -name 'TEST-*.xml' \( -path '*/target/surefire-reports/*' -o -path '*/target/failsafe-reports/*' \) -exec awk '
        /<testcase / { name = match($0, / name="[^"]*"/) ? substr($0, RSTART + 7, RLENGTH - 8) : "?"; class = match($0, / classname="[^"]*"/) ? substr($0, RSTART + 12, RLENGTH - 13) : "?" }
        /<flaky(Failure|Error)[ >]/ { print class "." name }' {} + | sort -u
}

# sum_reports: adds up what the tests' reports say; status 1 when one failed, was skipped, or when there are none.
sum_reports() {
    local sums passed failed skipped unsteady chance
    sums=$(find "$REPO" -type f -name 'TEST-*.xml' \( -path '*/target/surefire-reports/*' -o -path '*/target/failsafe-reports/*' \) \
        -exec sed -n '/<testsuite /{p;q}' {} \; | awk '
            function number(name) { return match($0, " " name "=\"[0-9]+") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3) : 0 }
            { tests += number("tests"); bad += number("failures") + number("errors"); skipped += number("skipped") }
            END { print tests - bad - skipped, bad + 0, skipped + 0 }')
    read -r passed failed skipped <<<"$sums"
    unsteady=$(unsteady_tests)
    [ -z "$unsteady" ] || say "passed only when tried again, and to be mended:" "$unsteady"
    chance=$(grep -cE "$BY_CHANCE" <<<"$unsteady") || true
    passed=$((passed - chance)) failed=$((failed + chance))
    if [ "$skipped" -gt 0 ]; then
        echo "$passed passed, $failed failed, $skipped skipped (a skipped test counts as a failure)"
    else
        echo "$passed passed, $failed failed"
    fi
    [ "$failed" -eq 0 ] && [ "$skipped" -eq 0 ] && [ "$passed" -gt 0 ]
}
