# Everything that a running Commonhire is made of. Used by run, test and bench; needs ROOT, VAR, PORT, PORT_BASE, BIN, REPLICAS, LOG.
. "$ROOT/scripts/lib/store.sh"

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
    local commands="+get +set +mget +del +incr +expire +pexpire +sadd +srem +smembers +publish +subscribe +ping" name keys
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
    write_acl
    launch redis redis-server --port 0 --unixsocket "$REDIS_SOCKET" --unixsocketperm 700 --dir "$VAR/redis" --appendonly yes \
        --save "" --aclfile "$VAR/keys/redis.acl" --daemonize no
    wait_for 10 Redis redis_cli ping
}

start_mail() {
    launch mailpit "$CACHE/bin/mailpit" --smtp "127.0.0.1:$SMTP_PORT" --listen "127.0.0.1:$MAIL_PORT" --database "$VAR/mail.db" --max 20000 --quiet \
        --disable-version-check
    wait_for 15 mailpit curl -sf "$MAIL_URL/readyz"
}

# The operations port of a process: its place in the list of all.
ops_port() { # ops_port SERVICE MODE N
    local i=0 name
    for name in $SERVICES; do [ "$name" = "$1" ] && break; i=$((i + 1)); done
    [ "$2" = work ] && i=$((i + 20))
    echo $((PORT_BASE + 10 + i + $3 * 40))
}

launch_service() { # launch_service SERVICE serve|work N
    launch "$1-$2-$3" env LISTEN="unix:$VAR/run/$1-$3.sock" OPS_LISTEN="127.0.0.1:$(ops_port "$1" "$2" "$3")" THREADS="${THREADS:-4}" \
        DRAIN_MS="${DRAIN_MS:-25000}" MONGODB_URI="$MONGODB_URI" DATABASE="commonhire_$1" EVENTS_DATABASE=commonhire_events REDIS_SOCKET="$REDIS_SOCKET" \
        REDIS_USER="$1" REDIS_PASSWORD="$(cat "$VAR/keys/redis-$1")" PUBLIC_URL="$PUBLIC_URL" KEY_DIR="$VAR/keys" \
        JWKS_URL="http://127.0.0.1:$PORT/oauth2/jwks" SMTP_URL="smtp://127.0.0.1:$SMTP_PORT" MAIL_FROM="${MAIL_FROM:-no-reply@commonhire.example}" \
        ASSETS_VERSION="$(cat "$ROOT/build/assets/VERSION" 2>/dev/null || echo dev)" LOG_LEVEL="${LOG_LEVEL:-info}" SNAPSHOT_DIR="$VAR/snapshot/$3" \
        DEPARTMENT_EMAIL="${DEPARTMENT_EMAIL:-coordinator@department.example}" CRASH_AT="${CRASH_AT:-}" "$BIN/commonhire-$1" "$2"
}

is_ready() { curl -sf "http://127.0.0.1:$1/readyz"; }

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
        for name in $SERVICES; do wait_for 60 "$name $n" is_ready "$(ops_port "$name" serve "$n")"; done
    done
}

start_nginx() {
    local name n
    mkdir -p "$VAR/nginx/tmp"
    for name in "$ROOT"/nginx/services/*.conf; do
        name=$(basename "$name" .conf)
        echo "upstream $name {"
        for n in $(seq "$REPLICAS"); do echo "    server unix:$VAR/run/$name-$n.sock max_fails=0;"; done
        echo "    keepalive 32; keepalive_time 10s; keepalive_timeout 10s; # both shorter than a service's drain"
        echo "}"
    done >"$VAR/nginx/upstreams.conf"
    sed -e "s#@PORT@#$PORT#g" -e "s#@ROOT@#$ROOT#g" -e "s#@VAR@#$VAR#g" -e "s#@RATE@#${RATE_LIMIT:-100r/s}#g" -e "s#@BURST@#${RATE_BURST:-400}#g" \
        -e "s#@USER@#$([ "$(id -u)" = 0 ] && echo 'user root;')#g" -e "s#@WORKERS@#${NGINX_WORKERS:-auto}#g" "$ROOT/nginx/nginx.conf.in" >"$VAR/nginx/nginx.conf"
    launch nginx nginx -p "$VAR/nginx" -c "$VAR/nginx/nginx.conf" -g 'daemon off;' -e "$VAR/log/nginx-error.log"
    wait_for 10 nginx bash -c "exec 3<>/dev/tcp/127.0.0.1/$PORT"
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

# nginx first, so that idle connections end and the services need not wait for them.
stop_stack() {
    local file name
    halt nginx QUIT
    for file in "$VAR"/run/*-serve-*.pid "$VAR"/run/*-work-*.pid; do
        [ -f "$file" ] && kill -TERM "$(cat "$file")" 2>/dev/null || true
    done
    for file in "$VAR"/run/*-serve-*.pid "$VAR"/run/*-work-*.pid; do
        [ -f "$file" ] || continue
        name=$(basename "$file" .pid)
        halt "$name"
    done
    halt mailpit
    stop_store
    halt redis
}

build_release() {
    cmake -S "$ROOT" -B "$ROOT/build/release" -G Ninja -DCMAKE_BUILD_TYPE=Release >>"$LOG" 2>&1 && ninja -C "$ROOT/build/release" >>"$LOG" 2>&1 ||
        die "the build failed; see $LOG"
}

# Once: a second start keeps what is there.
load_demo() {
    [ "$1" = none ] || [ -f "$VAR/demo-accounts.json" ] && return
    [ -x "$BIN/commonhire-demo" ] || return 0
    MONGODB_URI=$MONGODB_URI KEY_DIR=$VAR/keys "$BIN/commonhire-demo" "$1" "$VAR/demo-accounts.json"
}

say_how_to_sign_in() {
    say ""
    say "Commonhire: $PUBLIC_URL    Mail: $MAIL_URL"
    [ -f "$VAR/demo-accounts.json" ] || return 0
    say "Sign in at $PUBLIC_URL/sign-in as"
    jq -r '.accounts[] | "  \(.role): \(.email)  \(.password)  \(.organisation // "")"' "$VAR/demo-accounts.json"
    jq -r '.client // empty | "  partner system: \(.client_id)  \(.client_secret)"' "$VAR/demo-accounts.json"
}
