# The tools cache: programs of others, fetched through Maven (exim: from Debian), kept outside the repository and shared by all clones.
# Each one is made in a folder of its own and renamed into place, so whoever finds it finds all of it.

POSTGRES_VERSION=18.6.0
KEYCLOAK_VERSION=26.7.3
S3PROXY_VERSION=4.1.0
XZ_VERSION=1.10
# What Keycloak is built for; a change makes a new build beside the old one.
KEYCLOAK_BUILD=(--db=postgres --health-enabled=true --metrics-enabled=false)

lock_tools() {
    need_folder "$TOOLS" SEKISHO_TOOLS
    need_disk 2000 "$TOOLS" SEKISHO_TOOLS
    command -v flock >/dev/null || fail "flock is missing; install it (Debian: apt-get install util-linux)"
    exec 9>"$TOOLS/.lock"
    if ! flock -n 9; then
        say "waiting for another ./sekisho that fills $TOOLS"
        flock 9
    fi
    rm -rf "$TOOLS"/.work.* # of one that was killed: they are made under this lock only
}

unlock_tools() { exec 9>&-; }

# work_folder: makes a folder in the cache that goes away when the program ends.
work_folder() {
    local folder
    folder=$(mktemp -d "$TOOLS/.work.$$.XXXXXX")
    echo "$folder"
}
undo 'rm -rf "$TOOLS"/.work.$$.*'

# cannot_fetch WHAT LOG: says so, after what Maven says of the reason.
cannot_fetch() {
    sed -n 's/\x1b\[[0-9;]*m//g; s/^ *//; /^\[ERROR\] ./{p;q}' "$2" >&2
    fail "cannot fetch $1 through Maven; check the network and ~/.m2/settings.xml"
}

# unpack ARTIFACT FOLDER: fetches group:artifact:version:type[:classifier] and unpacks it into FOLDER.
# Runs away from the repository: its pom asks for a newer Maven than the one that may be running here.
unpack() {
    LOG=$2.log child env -C "$2" "$MAVEN" -q -B -ntp org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack \
        "-Dartifact=$1" "-DoutputDirectory=$2" 8>&- 9>&- || cannot_fetch "$1" "$2.log"
}

prepare_postgres() {
    local arch work
    POSTGRES=$TOOLS/postgres-$POSTGRES_VERSION
    if [ -x "$POSTGRES/bin/postgres" ]; then return; fi
    case $(uname -m) in
        x86_64) arch=amd64 ;;
        aarch64) arch=arm64v8 ;;
        *) fail "no PostgreSQL binaries for $(uname -m); use x86_64 or aarch64" ;;
    esac
    need_maven
    lock_tools
    if [ ! -x "$POSTGRES/bin/postgres" ]; then
        say "unpacking PostgreSQL $POSTGRES_VERSION"
        work=$(work_folder)
        mkdir "$work/jar" "$work/xz" "$work/postgres"
        unpack "io.zonky.test.postgres:embedded-postgres-binaries-linux-$arch:$POSTGRES_VERSION:jar" "$work/jar"
        unpack "org.tukaani:xz:$XZ_VERSION:jar" "$work/xz"
        "$JAVA_HOME/bin/java" -cp "$work/xz" "$REPO/deploy/launcher/Unxz.java" <"$work"/jar/*.txz | tar -xf - -C "$work/postgres" \
            || fail "cannot unpack PostgreSQL into $TOOLS; is the disk full?"
        mv -T "$work/postgres" "$POSTGRES"
    fi
    unlock_tools
}

# keycloak_inputs: every file that goes into the Keycloak build, with its hash.
keycloak_inputs() {
    echo "$KEYCLOAK_VERSION ${KEYCLOAK_BUILD[*]}"
    (cd "$REPO/deploy/keycloak" && { find themes providers -type f 2>/dev/null || true; } | LC_ALL=C sort | xargs -r sha256sum)
}

prepare_keycloak() {
    local key work
    key=$(keycloak_inputs | sha256sum | cut -c1-12)
    KEYCLOAK=$TOOLS/keycloak-$KEYCLOAK_VERSION-$key
    if [ -e "$KEYCLOAK/built" ]; then return; fi
    need_maven
    lock_tools
    if [ ! -e "$KEYCLOAK/built" ]; then
        say "unpacking Keycloak $KEYCLOAK_VERSION and building it for PostgreSQL (once, about 40 s)"
        work=$(work_folder)
        unpack "org.keycloak:keycloak-quarkus-dist:$KEYCLOAK_VERSION:zip" "$work"
        mv "$work/keycloak-$KEYCLOAK_VERSION" "$work/keycloak"
        for folder in themes providers; do
            if [ -d "$REPO/deploy/keycloak/$folder" ]; then
                cp -r "$REPO/deploy/keycloak/$folder/." "$work/keycloak/$folder/"
            fi
        done
        chmod +x "$work"/keycloak/bin/*.sh
        LOG=$work/build.log child "$work/keycloak/bin/kc.sh" build "${KEYCLOAK_BUILD[@]}" 8>&- 9>&- \
            || { tail -20 "$work/build.log" >&2; fail "Keycloak does not build; its words are above"; }
        keycloak_inputs >"$work/keycloak/built"
        rm -rf "$KEYCLOAK"
        mv -T "$work/keycloak" "$KEYCLOAK"
    fi
    unlock_tools
}

prepare_s3proxy() {
    local work
    S3PROXY=$TOOLS/s3proxy-$S3PROXY_VERSION
    if [ -d "$S3PROXY" ]; then return; fi
    need_maven
    lock_tools
    if [ ! -d "$S3PROXY" ]; then
        say "fetching S3Proxy $S3PROXY_VERSION"
        work=$(work_folder)
        cp "$REPO/deploy/s3proxy-pom.xml" "$work/pom.xml"
        mkdir "$work/s3proxy"
        LOG=$work/log child env -C "$work" "$MAVEN" -q -B -ntp org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
            -DincludeScope=runtime "-DoutputDirectory=$work/s3proxy" 8>&- 9>&- || cannot_fetch S3Proxy "$work/log"
        mv -T "$work/s3proxy" "$S3PROXY"
    fi
    unlock_tools
}

# exim_version: what Debian has; empty when it isn't known.
exim_version() { apt-cache policy exim4-daemon-light 2>/dev/null | sed -n 's/^ *Candidate: *\([0-9].*\)/\1/p'; }

# exim_packages: what installing exim would bring here. Its configuration is ours; nss_wrapper lends it the user that it insists on.
exim_packages() {
    apt-get -s install --no-install-recommends exim4-daemon-light libnss-wrapper 2>/dev/null \
        | sed -n 's/^Inst \([^ ]*\) .*/\1/p' | grep -vxE 'exim4-(config|base|daemon-light)|libnss-wrapper' || true
    echo exim4-daemon-light libnss-wrapper
}

# prepare_exim: Debian's exim, which can't be installed beside its postfix: unpacked instead.
prepare_exim() {
    local version work package found
    for found in "$TOOLS"/exim-*; do
        if [ -x "$found/usr/sbin/exim4" ]; then EXIM=$found; return; fi
    done
    command -v apt-get >/dev/null && command -v dpkg >/dev/null || fail "the tests with exim need Debian or Ubuntu: apt-get is missing"
    lock_tools
    work=$(work_folder)
    version=$(exim_version)
    if [ -z "$version" ]; then
        LOG=$work/log child apt-get update -q 8>&- 9>&- || true
        version=$(exim_version)
    fi
    [ -n "$version" ] || fail "apt doesn't know exim4-daemon-light; run apt-get update as root, then this again"
    EXIM=$TOOLS/exim-$version
    if [ ! -x "$EXIM/usr/sbin/exim4" ]; then
        say "unpacking exim $version from Debian"
        mkdir "$work/packages" "$work/exim"
        # shellcheck disable=SC2046
        LOG=$work/log child env -C "$work/packages" apt-get download -q $(exim_packages) 8>&- 9>&- \
            || { tail -3 "$work/log" >&2; fail "cannot fetch exim from Debian; run apt-get update as root, then this again"; }
        for package in "$work"/packages/*.deb; do
            dpkg -x "$package" "$work/exim" || fail "cannot unpack $package into $TOOLS; is the disk full?"
        done
        chmod u-s "$work/exim/usr/sbin/exim4"
        mv -T "$work/exim" "$EXIM"
    fi
    unlock_tools
}

# prepare [NAME...]: fills the cache and prints NAME=PATH for each tool.
prepare() {
    local name
    need_java
    [ $# -gt 0 ] || set -- maven postgres keycloak s3proxy
    for name in "$@"; do
        case $name in
            maven) need_maven; echo "maven=${MAVEN%/bin/mvn}" ;;
            postgres) prepare_postgres; echo "postgres=$POSTGRES" ;;
            keycloak) prepare_keycloak; echo "keycloak=$KEYCLOAK" ;;
            s3proxy) prepare_s3proxy; echo "s3proxy=$S3PROXY" ;;
            exim) prepare_exim; echo "exim=$EXIM" ;;
            *) fail "there is no tool '$name'; the tools are maven, postgres, keycloak, s3proxy and exim" ;;
        esac
    done
}
