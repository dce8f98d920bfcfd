# Shared by the parts of scripts/bench: a release build of what is measured.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
BUILD=$ROOT/build/release
LOG=${LOG:-$ROOT/build/log/bench.log}
mkdir -p "$ROOT/build/log"

bench_build() { # bench_build TARGET…
    cmake -S "$ROOT" -B "$BUILD" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCH_SANITIZE= >>"$LOG" 2>&1 && ninja -C "$BUILD" "$@" >>"$LOG" 2>&1 ||
        { tail -30 "$LOG"; die "the build failed; see $LOG"; }
}

# What is written in Java: tests/load/search/lucene, built into build/bench/lucene.
make_java() {
    local src=$ROOT/tests/load/search/lucene out=$ROOT/build/bench/lucene
    command -v javac >/dev/null || install_packages openjdk-17-jdk-headless
    command -v mvn >/dev/null || install_packages maven
    mkdir -p "$out/classes"
    [ "$(cat "$out/lib.key" 2>/dev/null)" = "$(sha256sum <"$src/pom.xml")" ] || {
        rm -rf "$out/lib"
        mvn -q -B -f "$src/pom.xml" dependency:copy-dependencies -DoutputDirectory="$out/lib" >>"$LOG" 2>&1 || die "Maven could not fetch Lucene; see $LOG"
        sha256sum <"$src/pom.xml" >"$out/lib.key"
    }
    javac -nowarn -d "$out/classes" -cp "$out/lib/*" "$src"/src/main/java/*.java || die "the Java drivers were not built"
}
