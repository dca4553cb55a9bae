# What the tests need from the system: a browser, a mail server, a font with Japanese, SMTP clients, a virus scanner, makers of archives,
# a PKCS #11 token in software.

# missing_packages: the Debian names of what is not there.
missing_packages() {
    PATH=$PATH:/usr/sbin:/sbin
    # Debian has Chromium without windows apart, which starts and draws with half the work; Ubuntu's package chromium-browser installs the snap
    if grep -qsx 'ID=debian' /etc/os-release; then
        command -v chromium-headless-shell >/dev/null || echo chromium-headless-shell
    else
        command -v chromium-headless-shell chromium chromium-browser google-chrome >/dev/null || echo chromium-browser
    fi
    command -v postfix >/dev/null || echo postfix
    command -v nginx >/dev/null || echo nginx
    command -v swaks >/dev/null || echo swaks
    perl -MNet::SSLeay -e 1 2>/dev/null || echo libnet-ssleay-perl # swaks only recommends it, and can't speak TLS without
    command -v msmtp >/dev/null || echo msmtp
    command -v python3 >/dev/null || echo python3
    command -v openssl >/dev/null || echo openssl
    command -v clamd >/dev/null || echo clamav-daemon
    command -v zip >/dev/null || echo zip
    command -v 7zz >/dev/null || echo 7zip
    command -v qpdf >/dev/null || echo qpdf
    command -v gpg >/dev/null || echo gnupg
    command -v age >/dev/null || echo age
    command -v arj >/dev/null || echo arj
    command -v gcab >/dev/null || echo gcab
    command -v bzip2 >/dev/null || echo bzip2
    command -v softhsm2-util >/dev/null || echo softhsm2
    command -v xz >/dev/null || echo xz-utils
    [ -d /usr/share/fonts/opentype/noto ] && ls /usr/share/fonts/opentype/noto/NotoSansCJK* >/dev/null 2>&1 \
        || fc-list :lang=ja 2>/dev/null | grep -q . || echo fonts-noto-cjk
}

# missing_nginx: what ./sekisho bench download needs of it.
missing_nginx() {
    PATH=$PATH:/usr/sbin:/sbin
    command -v nginx >/dev/null || echo nginx
}

# need_packages [LIST]: installs what is missing when we are root on Debian or Ubuntu, and says so first; else names it and stops.
# LIST prints what is missing; without it, what the tests need.
need_packages() {
    local missing list=${1:-missing_packages}
    missing=$("$list" | tr '\n' ' ')
    missing=${missing% }
    if [ -z "$missing" ]; then return; fi
    if [ "$(id -u)" -ne 0 ] || ! grep -qsE '^ID(_LIKE)?=.*(debian|ubuntu)' /etc/os-release; then
        fail "packages are needed that are not installed: $missing (Debian: apt-get install $missing), then try again"
    fi
    say "installing from Debian, as it is needed here: $missing"
    # Nothing that is installed here shall start as a service: the tests start their own.
    local ours=
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        ours=/usr/sbin/policy-rc.d
        undo 'rm -f /usr/sbin/policy-rc.d' # also when we are interrupted
        printf '#!/bin/sh\nexit 101\n' >"$ours"
        chmod 755 "$ours"
    fi
    export DEBIAN_FRONTEND=noninteractive
    local log=$REPO/.sekisho/apt.log
    mkdir -p "$REPO/.sekisho"
    apt-get update -q >"$log" 2>&1 || say "apt-get update failed; going on with the lists that are there"
    # shellcheck disable=SC2086
    (umask 022 && apt-get install -q -y --no-install-recommends $missing >>"$log" 2>&1) || {
        grep '^E: ' "$log" | head -3 >&2 || true
        fail "apt-get install $missing failed; all that it said is in $log"
    }
    if [ -n "$ours" ]; then rm -f "$ours"; fi
    missing=$("$list" | tr '\n' ' ')
    [ -z "$missing" ] || fail "installed, but still missing: $missing"
}
