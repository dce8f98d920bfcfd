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
  openssl ca-certificates curl jq gettext python3 python3-venv"
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

at_least() { [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; } # at_least VERSION VERSION

# Node.js comes with npm in some distributions' package and without it in Debian's. Debian 12's is too old for what makes the stylesheet and drives the
# browser; but a newer one is a package of npm's, which fetches and checks it.
NODE_NEEDED=20.19.0 NODE_FETCHED=22.23.3
install_node() {
    local package to=$CACHE/node-$NODE_FETCHED
    command -v npm >/dev/null || install_packages nodejs npm
    at_least "v$NODE_NEEDED" "$(node --version)" && return
    package=node-$(node -p 'process.platform + "-" + process.arch')
    [ -x "$to/node_modules/$package/bin/node" ] || busy npm install --prefix "$to" --no-audit --no-fund --loglevel=error "$package@$NODE_FETCHED" ||
        die "Node.js $NODE_NEEDED or newer is needed and could not be fetched ($(node --version)); see $LOG"
    export PATH="$to/node_modules/$package/bin:$PATH"
}

# Debian 12's Go is too old for what is built with it, and too old to fetch a newer one by itself; but the newer one is a module, which it can fetch and check.
GO_NEEDED=1.25.4
fetch_go() {
    local machine
    machine=$(go env GOOS)-$(go env GOARCH)
    GO_ROOT=$(go mod download -json "golang.org/toolchain@v0.0.1-go$GO_NEEDED.$machine" | tee -a "$LOG" | jq -r .Dir) && [ -d "$GO_ROOT" ] || return 1
    chmod -R u+x "$GO_ROOT/bin" "$GO_ROOT/pkg/tool"
}
install_go() {
    command -v go >/dev/null || install_packages golang-go
    at_least "go$GO_NEEDED" "$(go env GOVERSION)" && return
    fetch_go || die "Go $GO_NEEDED or newer is needed and could not be fetched ($(go version)); see $LOG"
    PATH=$GO_ROOT/bin:$PATH GOROOT=$GO_ROOT GOTOOLCHAIN=local
    export PATH GOROOT GOTOOLCHAIN
}

# go_install BINARY MODULE: builds a Go program once into the cache.
go_install() {
    [ -x "$CACHE/bin/$1" ] && return
    install_go
    mkdir -p "$CACHE/bin"
    busy env GOBIN="$CACHE/bin" GOFLAGS=-buildvcs=false go install -x "$2" || die "go install $2 failed; see $LOG"
}

# The mail catcher's page is not in its Go module, only what it is made of: without this its address would show an empty page.
MAILPIT=github.com/axllent/mailpit@v1.27.11
build_mailpit() { # build_mailpit FOLDER
    local module
    module=$(go mod download -json "$MAILPIT" | jq -r .Dir) && [ -d "$module" ] || return 1
    cp -R "$module/." "$1" && chmod -R u+w "$1" && cd "$1" || return 1
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && npm run build && [ -s server/ui/dist/app.js ] || return 1
    go build -buildvcs=false -o "$CACHE/mailpit.new" . && mkdir -p "$CACHE/mailpit" && mv "$CACHE/mailpit.new" "$CACHE/mailpit/mailpit"
}
install_mailpit() {
    local folder
    [ -x "$CACHE/mailpit/mailpit" ] && return
    install_go
    install_node
    mkdir -p "$CACHE"
    folder=$(mktemp -d "$CACHE/mailpit-build.XXXXXX")
    busy build_mailpit "$folder" || die "the mail catcher could not be built; see $LOG"
    rm -rf "$folder"
}
