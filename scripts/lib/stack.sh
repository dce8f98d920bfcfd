# Everything that a running Commonhire is made of. Used by run, test and bench; needs ROOT, VAR, PORT, PORT_BASE, BIN, REPLICAS, LOG.
. "$ROOT/scripts/lib/store.sh"
UPLOAD_MAX_MB=${UPLOAD_MAX_MB:-10} # the services hold people to it, and nginx has to let it in

export_ports() {
    SMTP_PORT=$((PORT_BASE + 5)) MAIL_PORT=$((PORT_BASE + 6))
    PUBLIC_URL=${PUBLIC_URL:-http://127.0.0.1:$PORT} MAIL_URL=http://127.0.0.1:$MAIL_PORT
    REDIS_SOCKET=$VAR/run/redis.sock
}

make_keys() {
    mkdir -p "$VAR/keys"
    chmod 0700 "$VAR/keys"
    "$BIN/commonhire-keys" "$VAR/keys"
    [ -f "$VAR/keys/signing-1.pem" ] || (umask 077; openssl ecparam -name prime256v1 -genkey -noout -out "$VAR/keys/signing-1.pem")
    local name
    for name in admin $SERVICES; do
        [ -f "$VAR/keys/redis-$name" ] || (umask 077; openssl rand -hex 24 >"$VAR/keys/redis-$name")
    done
}

# Least privilege: only identity writes sessions and epochs, only notifications the unread counters.
write_acl() {
    local commands="+get +set +mget +del +incr +incrby +decr +expire +pexpire +sadd +srem +smembers +publish +subscribe +ping" name keys
    {
        echo "user default off"
        echo "user admin on >$(cat "$VAR/keys/redis-admin") ~* &* +@all"
        for name in $SERVICES; do
            keys="%R~session:* %R~epoch:* %R~unread:* %R~revoked %RW~rate:*"
            [ "$name" = identity ] && keys="~session:* ~sessions:* ~epoch:* ~revoked %R~unread:* ~rate:*"
            [ "$name" = notifications ] && keys="$keys %RW~unread:*"
            echo "user $name on >$(cat "$VAR/keys/redis-$name") $keys &bus $commands"
        done
    } >"$VAR/keys/redis.acl"
    chmod 0600 "$VAR/keys/redis.acl"
}

redis_cli() { REDISCLI_AUTH=$(cat "$VAR/keys/redis-admin") redis-cli -s "$REDIS_SOCKET" --user admin "$@"; }

start_redis() {
    mkdir -p "$VAR/redis"
    chmod 0700 "$VAR/redis" # sessions, with names and addresses
    # A socket's path has to fit 108 bytes, whatever the file system takes.
    [ ${#VAR} -le 70 ] || die "the path of this folder is too long for a socket (${#VAR} bytes, 70 at most): $VAR"
    write_acl
    launch redis redis-server --port 0 --unixsocket "$REDIS_SOCKET" --unixsocketperm 700 --dir "$VAR/redis" --appendonly yes \
        --save "" --aclfile "$VAR/keys/redis.acl" --daemonize no
    wait_for 10 Redis redis_cli ping
}

start_mail() {
    touch "$VAR/mail.db"
    chmod 0600 "$VAR/mail.db" # links that sign in
    launch mailpit "$CACHE/mailpit/mailpit" --smtp "127.0.0.1:$SMTP_PORT" --listen "127.0.0.1:$MAIL_PORT" --database "$VAR/mail.db" --max 20000 --quiet \
        --disable-version-check
    wait_for 15 mailpit curl -sf --max-time 2 "$MAIL_URL/readyz"
}

# The operations port of a process: its place in the list of all.
ops_port() { # ops_port SERVICE MODE N
    local i=0 name
    for name in $SERVICES; do [ "$name" = "$1" ] && break; i=$((i + 1)); done
    [ "$2" = work ] && i=$((i + 20))
    echo $((PORT_BASE + 10 + i + $3 * 40))
}

ports() { # every port that it listens on
    local name mode n
    echo "$PORT $((PORT_BASE + 1)) $((PORT_BASE + 2)) $SMTP_PORT $MAIL_PORT"
    for n in $(seq "$REPLICAS"); do for name in $SERVICES; do for mode in serve work; do ops_port "$name" "$mode" "$n"; done; done; done
}

port_in_use() { # the first of them that somebody else answers on, and false; true when all are free
    local port
    for port in $(ports); do if port_answers "$port"; then echo "$port"; return 1; fi; done
}

launch_service() { # launch_service SERVICE serve|work N
    launch "$1-$2-$3" env LISTEN="unix:$VAR/run/$1-$3.sock" OPS_LISTEN="127.0.0.1:$(ops_port "$1" "$2" "$3")" THREADS="${THREADS:-4}" \
        DRAIN_MS="${DRAIN_MS:-25000}" MONGOC_DISABLE_SHM=1 MONGODB_URI="$MONGODB_URI" DATABASE="commonhire_$1" EVENTS_DATABASE=commonhire_events REDIS_SOCKET="$REDIS_SOCKET" \
        REDIS_USER="$1" REDIS_PASSWORD="$(cat "$VAR/keys/redis-$1")" PUBLIC_URL="$PUBLIC_URL" KEY_DIR="$VAR/keys" \
        JWKS_URL="http://127.0.0.1:$PORT/oauth2/jwks" SMTP_URL="smtp://127.0.0.1:$SMTP_PORT" MAIL_FROM="${MAIL_FROM:-no-reply@commonhire.example}" \
        ASSETS_VERSION="$(cat "$ROOT/build/assets/VERSION" 2>/dev/null || echo dev)" LOG_LEVEL="${LOG_LEVEL:-info}" LANGUAGES="${LANGUAGES:-en}" UPLOAD_MAX_MB="$UPLOAD_MAX_MB" SNAPSHOT_DIR="$VAR/snapshot/$3" \
        DEPARTMENT_EMAIL="${DEPARTMENT_EMAIL:-coordinator@department.example}" CRASH_AT="${CRASH_AT:-}" "$BIN/commonhire-$1" "$2"
}

is_ready() { curl -sf --max-time 2 "http://127.0.0.1:$1/readyz"; }

start_services() {
    local name n
    for n in $(seq "$REPLICAS"); do
        mkdir -p "$VAR/snapshot/$n"
        for name in $SERVICES; do
            launch_service "$name" serve "$n"
            launch_service "$name" work "$n"
        done
    done
    for n in $(seq "$REPLICAS"); do
        for name in $SERVICES; do wait_for 300 "$name $n" is_ready "$(ops_port "$name" serve "$n")"; done
    done
}

# Text that stands for itself in the replacement of sed's s###.
sed_text() { sed -e 's/[&#\\]/\\&/g' <<<"$1"; }

fill_in() { # fill_in FILE: a file of nginx's with its @NAMES@ filled in
    sed -e "s#@PORT@#$PORT#g" -e "s#@ROOT@#$(sed_text "$ROOT")#g" -e "s#@VAR@#$(sed_text "$VAR")#g" -e "s#@RATE@#${RATE_LIMIT:-100r/s}#g" -e "s#@BURST@#${RATE_BURST:-400}#g" \
        -e "s#@CONNECTIONS@#${CONNECTION_LIMIT:-300}#g" -e "s#@UPLOAD_MAX_MB@#$UPLOAD_MAX_MB#g" -e "s#@UPLOAD_BODY_MB@#$((UPLOAD_MAX_MB + 1))#g" -e "s#@USER@#$([ "$(id -u)" = 0 ] && echo 'user root;')#g" \
        -e "s#@WORKERS@#${NGINX_WORKERS:-auto}#g" "$1"
}

write_nginx() {
    local name n
    rm -rf "$VAR/nginx/tmp" # with the uploads that an nginx which was killed had in hand
    rm -rf "$VAR/nginx/services"
    mkdir -p "$VAR/nginx/tmp" "$VAR/nginx/services"
    for name in "$ROOT"/nginx/services/*.conf; do
        name=$(basename "$name" .conf)
        echo "upstream $name {"
        for n in $(seq "$REPLICAS"); do echo "    server \"unix:$VAR/run/$name-$n.sock\" max_fails=0;"; done
        echo "    keepalive 32; keepalive_time 10s; keepalive_timeout 10s; # both shorter than a service's drain"
        echo "}"
    done >"$VAR/nginx/upstreams.conf"
    for name in "$ROOT"/nginx/services/*.conf; do fill_in "$name" >"$VAR/nginx/services/$(basename "$name")"; done
    fill_in "$ROOT/nginx/nginx.conf.in" >"$VAR/nginx/nginx.conf"
}

start_nginx() {
    write_nginx
    launch nginx nginx -p "$VAR/nginx" -c "$VAR/nginx/nginx.conf" -g 'daemon off;' -e "$VAR/log/nginx-error.log"
    wait_for 10 nginx port_answers "$PORT"
}

start_stack() {
    mkdir -p "$VAR/run" "$VAR/log"
    export_ports
    make_keys
    start_redis
    start_store
    start_mail
    start_nginx
    start_services
}

# The names of the service processes that were started.
service_processes() {
    local file
    for file in "$VAR"/run/*-serve-*.pid "$VAR"/run/*-work-*.pid; do
        [ ! -f "$file" ] || basename "$file" .pid
    done
}

# nginx first, so that idle connections end and the services need not wait for them; a service gets the time that its drain may take.
stop_stack() {
    local name
    halt nginx QUIT
    for name in $(service_processes); do ask_to_end "$name"; done
    for name in $(service_processes); do halt "$name" TERM 30; done
    halt mailpit
    stop_store
    halt redis
    rm -f "$VAR/run/mark"
}

# Everything that a running Commonhire was made from: when this differs, what runs is old.
build_mark() { { cat "$BIN"/commonhire-* "$ROOT/build/assets/VERSION" "$ROOT/nginx/"*.* "$ROOT/nginx/services/"*; printf '%s\n' "$PORT" "$SERVICES" "${MONGODB_URI:-}" "${LANGUAGES:-en}" "$UPLOAD_MAX_MB" "${RATE_LIMIT:-}" "${RATE_BURST:-}" "${CONNECTION_LIMIT:-}"; } | sha256sum | cut -c1-16; }

cmake_release() {
    # scripts/test builds in the same folder: one at a time.
    cmake -S "$ROOT" -B "$ROOT/build/release" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCH_SANITIZE= && ninja -C "$ROOT/build/release"
}
build_release() {
    mkdir -p "$ROOT/build"
    (flock 8; cmake_release) 8>"$ROOT/build/release.lock"
}

# Once: a second start keeps what is there.
load_demo() {
    [ "$1" = none ] || [ -f "$VAR/demo-accounts.json" ] && return
    MONGODB_URI=$MONGODB_URI KEY_DIR=$VAR/keys run_group "$BIN/commonhire-demo" "$1" "$VAR/demo-accounts.json"
}

say_how_to_sign_in() {
    local file=$VAR/demo-accounts.json
    say ""
    say "Commonhire   $PUBLIC_URL"
    say "Its mail     $MAIL_URL   (every mail that it sends ends here)"
    say "Its API      $PUBLIC_URL/api/docs"
    [ -f "$file" ] || return 0
    say ""
    say "Sign in at $PUBLIC_URL/sign-in"
    {
        printf 'as\te-mail\tpassword\tthen open\n'
        jq -r '.accounts[] | [(.role | gsub("_"; " ")), .email, .password,
            (if .organisation then "/employer/" + .organisation elif .role == "candidate" then "/candidate" else "/department" end)] | @tsv' "$file"
    } | awk -F'\t' '{ for (i = 1; i <= NF; i++) { cell[NR, i] = $i; if (length($i) > w[i]) w[i] = length($i) } n = NF }
        END { for (r = 1; r <= NR; r++) { line = "  "; for (i = 1; i <= n; i++) line = line sprintf("%-" (w[i] + 2) "s", cell[r, i]); sub(/ +$/, "", line); print line } }'
    jq -r '.client // empty | "  A partner system: client_id \(.client_id)\n                    client_secret \(.client_secret)"' "$file"
}
