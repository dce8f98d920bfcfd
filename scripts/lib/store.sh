# The document store: MONGODB_URI if set, else mongod if there, else FerretDB over PostgreSQL with the DocumentDB extension.
PG=/usr/lib/postgresql/18/bin
# PostgreSQL refuses to run as root; whoever else starts it owns its files, and so needs no one's rights to stop it.
if [ "$(id -u)" = 0 ]; then PG_USER=postgres; else PG_USER=$(id -un); fi

needs_ferretdb() { [ -z "${MONGODB_URI:-}" ] && ! command -v mongod >/dev/null; }

# PostgreSQL 18 and DocumentDB come from a newer Debian than the machine's, so they live in a root of their own.
make_postgres_root() {
    local root=$CACHE/pgroot
    as_root rm -rf "$root" &&
        as_root mmdebstrap --variant=apt --include=postgresql-18-documentdb --aptopt='Acquire::Check-Valid-Until "false"' \
            --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
            --dpkgopt='path-exclude=/usr/share/locale/*' forky "$root" &&
        as_root mkdir -p "$root/data" &&
        { [ "$PG_USER" = postgres ] || { getent passwd "$PG_USER" | as_root tee -a "$root/etc/passwd" && getent group "$(id -g)" | as_root tee -a "$root/etc/group"; }; } &&
        as_root touch "$root/.complete"
}

# in_root DATA COMMAND…: as PG_USER in that root, DATA bound to /data.
in_root() { as_root env COMMONHIRE_CACHE="$CACHE" "$ROOT/scripts/lib/in-root" "$PG_USER" "$@"; }
# in_root_background LOG DATA COMMAND…: its process id.
in_root_background() { local log=$1; shift; as_root env COMMONHIRE_CACHE="$CACHE" "$ROOT/scripts/lib/in-root" --background "$log" "$PG_USER" "$@"; }

# A data folder with the extension, made once; each new store starts as a copy of it.
make_template() {
    local data=$CACHE/pg-template port pid
    as_root rm -rf "$data"
    as_root install -d -m 0700 "$data"
    as_root chown "$(as_root chroot "$CACHE/pgroot" id -u "$PG_USER")" "$data"
    in_root "$data" $PG/initdb -D /data/pg -U postgres -E UTF8 --locale=C.UTF-8 || return 1
    printf '%s\n' "shared_preload_libraries = 'pg_cron,pg_documentdb_core,pg_documentdb'" "cron.database_name = 'postgres'" \
        "listen_addresses = '127.0.0.1'" "unix_socket_directories = ''" "max_connections = 200" "max_wal_size = 4GB" "shared_buffers = 512MB" |
        as_root tee -a "$data/pg/postgresql.conf" >/dev/null
    port=$(free_port)
    pid=$(in_root_background /dev/null "$data" $PG/postgres -D /data/pg -p "$port")
    for _ in $(seq 100); do
        in_root "$data" $PG/psql -h 127.0.0.1 -p "$port" -U postgres -c 'create extension if not exists documentdb cascade' && break
        sleep 0.3
    done
    as_root kill -INT "$pid"
    while as_root kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
    as_root touch "$data/.complete"
}

install_store() {
    needs_ferretdb || return 0
    mkdir -p "$CACHE/bin"
    go_install ferretdb github.com/FerretDB/FerretDB/v2/cmd/ferretdb@v2.7.0
    if [ ! -f "$CACHE/pgroot/.complete" ]; then
        install_packages mmdebstrap
        may_be_root "Making PostgreSQL's root"
        busy make_postgres_root || die "the PostgreSQL root could not be made; see $LOG"
    fi
    [ -f "$CACHE/pg-template/.complete" ] && return
    may_be_root "Making PostgreSQL's first data folder"
    busy make_template || die "PostgreSQL's first data folder could not be made; see $LOG"
}

postgres_accepts() { in_root "$VAR/pg" $PG/pg_isready -q -h 127.0.0.1 -p "$1"; }

launch_postgres() { # launch_postgres PORT OPTION…
    local port=$1 pid; shift
    pid=$(in_root_background "$VAR/log/postgres.log" "$VAR/pg" $PG/postgres -D /data/pg -p "$port" "$@")
    note_process postgres "$pid"
}

# Backends of a server that was killed go on for a moment. Its lock is about to be taken away, and a new server would write beside them: it waits until nobody holds their memory.
backends_gone() {
    local id
    id=$(as_root sed -n '7s/.* //p' "$VAR/pg/pg/postmaster.pid" 2>/dev/null) || return 0
    [ -z "$id" ] || awk -v id="$id" '$2 == id && $7 > 0 { held = 1 } END { exit held }' /proc/sysvipc/shm
}

start_postgres() {
    local pg_port=$((PORT_BASE + 2)) fast=()
    may_be_root "Starting PostgreSQL in its own root"
    # As a whole or not at all: a copy that was interrupted is not taken for a store.
    [ -d "$VAR/pg" ] || { rm -rf "$VAR/pg.new" && cp -a "$CACHE/pg-template" "$VAR/pg.new" && mv "$VAR/pg.new" "$VAR/pg"; }
    wait_for 30 "the end of PostgreSQL's last start" backends_gone
    rm -f "$VAR/pg/pg/postmaster.pid"
    # The tests kill processes, not the machine: FAST spares them the waiting for the disk. full_page_writes stays on: without it the RUM indexes of DocumentDB do not outlive
    # kill -9 of the server, whatever the disk has.
    [ -n "${FAST:-}" ] && fast=(-c fsync=off)
    : >>"$VAR/log/postgres.log"
    whole launch_postgres "$pg_port" "${fast[@]}"
    wait_for 60 PostgreSQL port_answers "$pg_port"
    wait_for 60 PostgreSQL postgres_accepts "$pg_port"
}

start_ferretdb() {
    launch ferretdb "$CACHE/bin/ferretdb" --postgresql-url="postgres://postgres@127.0.0.1:$((PORT_BASE + 2))/postgres" \
        --listen-addr="127.0.0.1:$((PORT_BASE + 1))" --no-auth --state-dir="$VAR/ferretdb" --telemetry=disable --debug-addr=- --log-level=warn
}

start_store() {
    if [ -n "${MONGODB_URI:-}" ]; then return; fi
    MONGODB_URI=mongodb://127.0.0.1:$((PORT_BASE + 1))/
    if command -v mongod >/dev/null; then
        mkdir -p "$VAR/mongo"
        launch mongod mongod --dbpath "$VAR/mongo" --bind_ip 127.0.0.1 --port $((PORT_BASE + 1))
    else
        mkdir -p "$VAR/ferretdb"
        start_postgres
        start_ferretdb
    fi
    wait_for 60 "the document store" port_answers $((PORT_BASE + 1))
}

# A store that was not stopped by us last time recovers by itself at its next start.
stop_store() { halt ferretdb; halt postgres INT 60; halt mongod TERM 60; }
