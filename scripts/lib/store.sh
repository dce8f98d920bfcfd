# The document store: MONGODB_URI if set, else mongod if there, else FerretDB over PostgreSQL with the DocumentDB extension.

# PostgreSQL 18 and DocumentDB come from a newer Debian than the machine's, so they live in a root of their own.
install_postgres_root() {
    local root=$CACHE/pgroot
    [ -f "$root/.complete" ] && return
    install_packages mmdebstrap
    as_root rm -rf "$root"
    mkdir -p "$CACHE"
    as_root mmdebstrap --variant=apt --include=postgresql-18-documentdb --aptopt='Acquire::Check-Valid-Until "false"' \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' forky "$root" >>"$LOG" 2>&1 || die "the PostgreSQL root could not be made; see $LOG"
    as_root mkdir -p "$root/data"
    as_root touch "$root/.complete"
}

# in_root DATA COMMAND…: as postgres in that root, DATA bound to /data; the mounts end with the process.
in_root() { as_root env COMMONHIRE_CACHE="$CACHE" "$ROOT/scripts/lib/in-root" "$@"; }

PG=/usr/lib/postgresql/18/bin

# A data folder with the extension, made once; each new store starts as a copy of it.
make_template() {
    local data=$CACHE/pg-template
    [ -f "$data/.complete" ] && return
    as_root rm -rf "$data"
    as_root install -d -m 0700 "$data"
    as_root chown "$(as_root chroot "$CACHE/pgroot" id -u postgres)" "$data"
    in_root "$data" $PG/initdb -D /data/pg -E UTF8 --locale=C.UTF-8 >>"$LOG" 2>&1 || die "initdb failed; see $LOG"
    printf '%s\n' "shared_preload_libraries = 'pg_cron,pg_documentdb_core,pg_documentdb'" "cron.database_name = 'postgres'" \
        "listen_addresses = '127.0.0.1'" "unix_socket_directories = ''" "max_connections = 200" "max_wal_size = 4GB" "shared_buffers = 512MB" |
        as_root tee -a "$data/pg/postgresql.conf" >/dev/null
    local port; port=$(free_port)
    env COMMONHIRE_CACHE="$CACHE" "$ROOT/scripts/lib/in-root" "$data" $PG/postgres -D /data/pg -p "$port" >>"$LOG" 2>&1 &
    local pid=$!
    for _ in $(seq 100); do
        in_root "$data" $PG/psql -h 127.0.0.1 -p "$port" -c 'create extension if not exists documentdb cascade' >>"$LOG" 2>&1 && break
        sleep 0.3
    done
    as_root kill -INT "$pid"
    wait "$pid" || true
    as_root touch "$data/.complete"
}

install_store() {
    [ -n "${MONGODB_URI:-}" ] && return
    command -v mongod >/dev/null && return
    mkdir -p "$CACHE/bin"
    go_install ferretdb github.com/FerretDB/FerretDB/v2/cmd/ferretdb@v2.7.0
    install_postgres_root
    (make_template)
}

start_ferretdb() {
    local pg_port=$((PORT_BASE + 2)) fast=()
    [ -d "$VAR/pg" ] || as_root cp -a "$CACHE/pg-template" "$VAR/pg"
    as_root rm -f "$VAR/pg/pg/postmaster.pid"
    # The tests kill services, not the disk: --fast spares them the waiting for it.
    [ -n "${FAST:-}" ] && fast=(-c fsync=off -c synchronous_commit=off -c full_page_writes=off)
    launch postgres env COMMONHIRE_CACHE="$CACHE" "$ROOT/scripts/lib/in-root" "$VAR/pg" $PG/postgres -D /data/pg -p "$pg_port" "${fast[@]}"
    wait_for 30 PostgreSQL bash -c "exec 3<>/dev/tcp/127.0.0.1/$pg_port"
    for _ in $(seq 100); do in_root "$VAR/pg" $PG/pg_isready -q -h 127.0.0.1 -p "$pg_port" && break; sleep 0.1; done
    launch ferretdb "$CACHE/bin/ferretdb" --postgresql-url="postgres://postgres@127.0.0.1:$pg_port/postgres" \
        --listen-addr="127.0.0.1:$((PORT_BASE + 1))" --no-auth --state-dir="$VAR/ferretdb" --telemetry=disable --debug-addr=- --log-level=warn
}

start_store() {
    if [ -n "${MONGODB_URI:-}" ]; then return; fi
    MONGODB_URI=mongodb://127.0.0.1:$((PORT_BASE + 1))/
    mkdir -p "$VAR/ferretdb"
    if command -v mongod >/dev/null; then
        mkdir -p "$VAR/mongo"
        launch mongod mongod --dbpath "$VAR/mongo" --bind_ip 127.0.0.1 --port $((PORT_BASE + 1))
    else
        start_ferretdb
    fi
    wait_for 30 "the document store" bash -c "exec 3<>/dev/tcp/127.0.0.1/$((PORT_BASE + 1))"
}

stop_store() { halt ferretdb; halt postgres INT; halt mongod; }
