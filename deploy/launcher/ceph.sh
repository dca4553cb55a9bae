# Ceph's S3 server, radosgw, from Debian's packages: the real one that ./sekisho test --s3-real runs the contract of object stores against.
# One monitor and one OSD that keeps all in memory, in the background, on loopback, without passwords among themselves.

# ceph_packages: what installing it would bring here.
ceph_packages() { apt-get -s install --no-install-recommends radosgw ceph-mon ceph-osd 2>/dev/null | sed -n 's/^Inst \([^ ]*\) .*/\1/p'; }

# prepare_ceph: unpacked, not installed: nothing of it shall start with the machine.
prepare_ceph() {
    local version work package
    command -v apt-get >/dev/null && command -v dpkg >/dev/null || fail "Ceph is taken from Debian or Ubuntu: apt-get is missing"
    for CEPH in "$TOOLS"/ceph-*; do
        if [ -x "$CEPH/usr/bin/radosgw" ]; then return; fi
    done
    lock_tools
    work=$(work_folder)
    version=$(apt-cache policy radosgw 2>/dev/null | sed -n 's/^ *Candidate: *\([0-9].*\)/\1/p')
    [ -n "$version" ] || fail "apt doesn't know radosgw; run apt-get update as root, then this again"
    CEPH=$TOOLS/ceph-$version
    if [ ! -x "$CEPH/usr/bin/radosgw" ]; then
        say "unpacking Ceph $version from Debian"
        mkdir "$work/packages" "$work/ceph"
        # shellcheck disable=SC2046
        LOG=$work/log child env -C "$work/packages" apt-get download -q $(ceph_packages) 8>&- 9>&- \
            || { tail -3 "$work/log" >&2; fail "cannot fetch Ceph from Debian; run apt-get update as root, then this again"; }
        for package in "$work"/packages/*.deb; do
            dpkg -x "$package" "$work/ceph" || fail "cannot unpack $package into $TOOLS; is the disk full?"
        done
        mv -T "$work/ceph" "$CEPH"
    fi
    unlock_tools
}

# free_port: one that nobody listens at now.
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# ceph_conf FOLDER MONITOR_PORT: what all parts read.
ceph_conf() {
    local lib=$CEPH/usr/lib/x86_64-linux-gnu
    cat >"$1/ceph.conf" <<END
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon_initial_members = a
mon_host = [v2:127.0.0.1:$2]
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
# radosgw insists on encryption with the monitor, which takes the passwords that there are none of
ms_mon_client_mode = crc
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 4
osd_pool_default_pgp_num = 4
osd_pool_default_pg_autoscale_mode = off
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
osd_objectstore = memstore
memstore_device_bytes = 3221225472
osd_crush_update_on_start = false
osd_class_update_on_start = false
osd_crush_chooseleaf_type = 0
plugin_dir = $lib/ceph
erasure_code_dir = $lib/ceph/erasure-code
osd_class_dir = $lib/rados-classes
run_dir = $1
admin_socket = $1/\$name.asok
log_file = $1/\$name.log
mon_data = $1/mon
osd_data = $1/osd
rgw_data = $1/rgw
keyring = $1/keyring
crash_dir = $1
pid_file =
END
}

# start_ceph FOLDER PORT: some 10 s; ends with us.
start_ceph() {
    local folder=$1 port=$2 monitor osd lib=$CEPH/usr/lib/x86_64-linux-gnu
    monitor=$(free_port)
    osd=$(cat /proc/sys/kernel/random/uuid)
    mkdir -p "$folder/mon" "$folder/osd" "$folder/rgw"
    : >"$folder/keyring"
    : >"$folder/pids"
    ceph_conf "$folder" "$monitor"
    undo 'for pid in $(cat "'"$folder"'/pids"); do kill "$pid" 2>/dev/null || true; done; rm -rf "'"$folder"'"'
    (
        export LD_LIBRARY_PATH=$lib:$lib/ceph:$CEPH/lib/x86_64-linux-gnu PYTHONPATH=$CEPH/usr/lib/python3/dist-packages CEPH_CONF=$folder/ceph.conf
        export PATH=$CEPH/usr/bin:$PATH
        exec >"$folder/start.log" 2>&1 8>&- 9>&-
        ceph() { timeout 60 python3 "$CEPH/usr/bin/ceph" "$@"; }
        monmaptool --create --clobber --addv a "[v2:127.0.0.1:$monitor]" --fsid "$(sed -n 's/^fsid = //p' "$folder/ceph.conf")" "$folder/monmap" || exit 1
        ceph-mon -i a --mkfs --monmap "$folder/monmap" || exit 1
        ceph-mon -i a -f & echo $! >>"$folder/pids"
        ceph osd new "$osd" || exit 1
        ceph osd crush add osd.0 1 root=default host=h || exit 1
        ceph-osd -i 0 --mkfs --osd-uuid "$osd" || exit 1
        ceph-osd -i 0 -f & echo $! >>"$folder/pids"
        timeout 60 radosgw-admin user create --uid=test --display-name=test --access-key=test-access-key --secret-key=test-secret-key || exit 1
        radosgw -n client.rgw -f --rgw-frontends="beast endpoint=127.0.0.1:$port" & echo $! >>"$folder/pids"
        for _ in $(seq 300); do
            if (exec 7<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then exit 0; fi
            sleep 0.1
        done
        exit 1
    ) || { tail -5 "$folder/start.log" >&2; fail "Ceph does not start; its words are above"; }
}

# test_s3_real: the contract of object stores against it. Not part of ./sekisho test: it takes packages that nothing else needs.
test_s3_real() {
    local folder port
    need_java
    need_maven
    command -v python3 >/dev/null || fail "python3 is missing; install it (Debian: apt-get install python3)"
    need_memory 3000
    prepare_ceph
    folder=$(mktemp -d "${TMPDIR:-/tmp}/sekisho-ceph.XXXXXX")
    port=$(free_port)
    say "starting Ceph"
    start_ceph "$folder" "$port"
    say "testing the S3 store against it"
    lock_build
    SEKISHO_S3_REAL=http://127.0.0.1:$port maven -q -pl storage -am -Dtest=sekisho.storage.RealS3 -Dsurefire.failIfNoSpecifiedTests=false test \
        || fail "the S3 store and Ceph don't get along; see above"
    unlock_build
    say "the S3 store keeps its contract on Ceph"
}
