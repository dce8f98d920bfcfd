# Shared by the parts of scripts/bench: a release build of what is measured.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
BUILD=$ROOT/build/release
LOG=${LOG:-$ROOT/build/log/bench.log}
mkdir -p "$ROOT/build/log"

bench_build() { # bench_build TARGET…
    cmake -S "$ROOT" -B "$BUILD" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCH_SANITIZE= >>"$LOG" 2>&1 && ninja -C "$BUILD" "$@" >>"$LOG" 2>&1 ||
        { tail -30 "$LOG"; die "the build failed; see $LOG"; }
}
