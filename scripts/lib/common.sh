# Shared by every script: places, saying what happens, installing, starting and stopping processes.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CACHE=${COMMONHIRE_CACHE:-$HOME/.cache/commonhire}
SERVICES="identity vacancies documents notifications"
YES=${YES:-}
[ "${CI:-}" = true ] && YES=1
[ -t 0 ] || YES=1

say() { printf '%s\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# step "Building": a numbered line that ends with its time, "[3/9] Building … 14 s"; details go to $LOG.
STEP=0 STEPS=${STEPS:-?} STEP_AT=0
step() { step_done; STEP=$((STEP + 1)); STEP_AT=$SECONDS; printf '[%s/%s] %s … ' "$STEP" "$STEPS" "$*"; STEP_OPEN=1; }
step_done() { if [ "${STEP_OPEN:-}" = 1 ]; then printf '%s s\n' "$((SECONDS - STEP_AT))"; STEP_OPEN=; fi; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

ask() { # ask "question": yes without asking when there is nobody to ask
    [ -n "$YES" ] && return 0
    local answer
    printf '\n%s [Y/n] ' "$1"
    read -r answer
    [[ $answer =~ ^([Yy].*)?$ ]]
}

APT_RUN="gcc cmake ninja-build pkg-config ccache libfcgi-dev libjwt-dev libhiredis-dev libmongoc-dev check nginx redis-server
  libjansson-dev libsodium-dev libcurl4-openssl-dev libstemmer-dev libutf8proc-dev libroaring-dev libcmark-dev libssl-dev
  openssl curl jq python3 python3-venv"
APT_TEST="clang clang-format libclang-rt-14-dev chromium valgrind wrk"

install_packages() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} = 0 ] && return
    ask "Install with apt: ${missing[*]}?" || die "cannot go on without: ${missing[*]}"
    as_root apt-get update -qq >>"$LOG" 2>&1 || true
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >>"$LOG" 2>&1 ||
        die "apt could not install ${missing[*]}; see $LOG"
}

# Node.js comes with npm in some distributions' package and without it in Debian's.
install_node() { command -v npm >/dev/null || install_packages nodejs npm; }

# go_install BINARY MODULE: builds a Go program once into the cache.
go_install() {
    [ -x "$CACHE/bin/$1" ] && return
    command -v go >/dev/null || install_packages golang-go
    GOBIN="$CACHE/bin" GOFLAGS=-buildvcs=false go install "$2" >>"$LOG" 2>&1 || die "go install $2 failed; see $LOG"
}

# launch NAME COMMAND…: starts it detached, log and pid under $VAR.
launch() {
    local name=$1; shift
    setsid "$@" >>"$VAR/log/$name.log" 2>&1 </dev/null &
    echo $! >"$VAR/run/$name.pid"
}

running() { [ -f "$VAR/run/$1.pid" ] && kill -0 "$(cat "$VAR/run/$1.pid")" 2>/dev/null; }

# halt NAME [SIGNAL]: ends exactly the process that launch started, waiting up to 15 s.
halt() {
    local file=$VAR/run/$1.pid pid
    [ -f "$file" ] || return 0
    pid=$(cat "$file")
    kill -"${2:-TERM}" "$pid" 2>/dev/null || true
    for _ in $(seq 150); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    kill -KILL "$pid" 2>/dev/null || true
    rm -f "$file"
}

wait_for() { # wait_for SECONDS "what" COMMAND…
    local limit=$(($1 * 10)) what=$2; shift 2
    for ((i = 0; i < limit; i++)); do "$@" >/dev/null 2>&1 && return; sleep 0.1; done
    die "$what did not come up; see $VAR/log"
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
