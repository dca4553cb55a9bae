# Finds a JDK 25 and a Maven 3.9.

JDK_LEAST=25
MAVEN_VERSION=3.9.11

# jdk_version HOME: the feature number of the JDK at HOME, or 0 when there is none.
jdk_version() {
    local version=
    if [ -x "$1/bin/javac" ]; then
        version=$("$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p' | head -1)
    fi
    echo "${version:-0}"
}

# need_java: sets and exports JAVA_HOME.
need_java() {
    local candidates=() home
    [ -z "${JAVA_HOME:-}" ] || candidates+=("$JAVA_HOME")
    for home in /usr/lib/jvm/*25* /usr/lib/jvm/*; do
        if [ -d "$home" ] && [ ! -L "$home" ]; then candidates+=("$home"); fi
    done
    if command -v javac >/dev/null; then
        candidates+=("$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")")
    fi
    for home in ${candidates[@]+"${candidates[@]}"}; do
        if [ "$(jdk_version "$home")" -ge $JDK_LEAST ]; then
            export JAVA_HOME=$home PATH="$home/bin:$PATH"
            return
        fi
    done
    fail "no JDK $JDK_LEAST or newer found in JAVA_HOME, /usr/lib/jvm or on PATH; install one (Debian: apt-get install temurin-25-jdk from adoptium.net) and set JAVA_HOME"
}

# maven_is_new COMMAND: whether COMMAND is a Maven 3.9 or newer.
maven_is_new() {
    local version major minor
    version=$("$1" -v 2>/dev/null | sed 's/\x1b\[[0-9;]*m//g' | sed -n 's/^Apache Maven \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | head -1)
    read -r major minor <<<"$version" || true
    [ -n "${minor:-}" ] && { [ "$major" -gt 3 ] || { [ "$major" -eq 3 ] && [ "$minor" -ge 9 ]; }; }
}

# need_maven: sets MAVEN to a Maven that is new enough; unpacks one with the older one if need be.
need_maven() {
    # JDK 25 warns about what Maven's own libraries do; that is of no use to the reader.
    export MAVEN_OPTS="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS:-}"
    MAVEN=$TOOLS/apache-maven-$MAVEN_VERSION/bin/mvn
    if [ -x "$MAVEN" ]; then return; fi
    command -v mvn >/dev/null || fail "no Maven found; install one (Debian: apt-get install maven)"
    if maven_is_new mvn; then
        MAVEN=$(command -v mvn)
        return
    fi
    lock_tools
    if [ ! -x "$MAVEN" ]; then
        say "unpacking Maven $MAVEN_VERSION (the one on PATH is older than 3.9)"
        local work
        work=$(work_folder)
        MAVEN=mvn unpack "org.apache.maven:apache-maven:$MAVEN_VERSION:zip:bin" "$work"
        chmod +x "$work/apache-maven-$MAVEN_VERSION/bin/mvn"
        mv -T "$work/apache-maven-$MAVEN_VERSION" "$TOOLS/apache-maven-$MAVEN_VERSION"
    fi
    unlock_tools
}
