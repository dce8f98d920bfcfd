# Shared by every script: places, saying what happens, installing, starting and stopping processes.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CACHE=${COMMONHIRE_CACHE:-$HOME/.cache/commonhire}
# Every folder of services/ is one.
SERVICES=$(cd "$ROOT/services" && printf "%s " */ | tr -d /)
YES=${YES:-}
[ "${CI:-}" = true ] && YES=1
[ -t 0 ] || YES=1

say() { printf '%s\n' "$*"; }
die() { [ -z "${STEP_OPEN:-}" ] || printf '\n'; STEP_OPEN=; printf 'error: %s\n' "$*" >&2; exit 1; }

. "$ROOT/scripts/lib/process.sh"

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# may_be_root "what for": asks for sudo's password here, where somebody can type it, and not in the middle of a step.
may_be_root() {
    [ "$(id -u)" = 0 ] && return
    command -v sudo >/dev/null || die "$1 needs root's rights: run this as root, or install sudo and let $(id -un) use it"
    sudo -n true 2>/dev/null && return
    [ -t 0 ] && sudo -v && return
    die "$1 needs root's rights, and sudo does not give them to $(id -un) without a password; run \`sudo -v\` first, or run this in a terminal"
}

ask() { # ask "question": yes without asking when there is nobody to ask
    [ -n "$YES" ] && return 0
    local answer
    printf '\n%s [Y/n] ' "$1"
    read -r answer
    [[ $answer =~ ^([Yy].*)?$ ]]
}

APT_RUN="gcc cmake ninja-build pkg-config ccache libfcgi-dev libjwt-dev libhiredis-dev libmongoc-dev check nginx redis-server
  libjansson-dev libsodium-dev libcurl4-openssl-dev libstemmer-dev libutf8proc-dev libcmark-dev libssl-dev zlib1g-dev
  openssl curl jq gettext python3 python3-venv"
APT_TEST="clang clang-format libclang-rt-14-dev chromium valgrind wrk"

packages_missing() { # packages_missing NAME…: those of them that are not installed
    local package missing=()
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    printf '%s\n' "${missing[*]}"
}

apt_install() { # apt_install NAME…
    as_root apt-get update -q || true
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

install_packages() { # install_packages NAME…: those that are missing; asks first
    local missing
    missing=$(packages_missing "$@")
    [ -n "$missing" ] || return 0
    command -v apt-get >/dev/null || die "this is not Debian: install these yourself: $missing"
    ask "Install with apt: $missing?" || die "cannot go on without: $missing"
    may_be_root "Installing packages"
    # shellcheck disable=SC2086
    busy apt_install $missing || die "apt could not install $missing; see $LOG"
}

# Node.js comes with npm in some distributions' package and without it in Debian's.
install_node() { command -v npm >/dev/null || install_packages nodejs npm; }

# go_install BINARY MODULE: builds a Go program once into the cache.
go_install() {
    [ -x "$CACHE/bin/$1" ] && return
    command -v go >/dev/null || install_packages golang-go
    mkdir -p "$CACHE/bin"
    busy env GOBIN="$CACHE/bin" GOFLAGS=-buildvcs=false go install -x "$2" || die "go install $2 failed (Go 1.24 or newer is needed; $(go version)); see $LOG"
}
