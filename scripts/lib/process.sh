# Starting and ending processes, and telling how far the work is. Sourced by common.sh.
# A process that was started has two files in $VAR/run: NAME.pid, its id, and NAME.born, the boot and the moment it began, so that an id which another
# program has got since (a reboot, a long day) is never taken for it.

born() { # born PID: the boot and the clock tick at which it began; nothing when there is none, or only its remains
    local stat
    { stat=$(cat "/proc/$1/stat"); } 2>/dev/null || return 1
    # shellcheck disable=SC2086
    set -- ${stat##*) } # the name before it may hold anything
    [ "$1" != Z ] && printf '%s %s\n' "$(cat /proc/sys/kernel/random/boot_id)" "${20}"
}

note_process() { # note_process NAME PID
    born "$2" >"$VAR/run/$1.born" || true
    echo "$2" >"$VAR/run/$1.pid"
}

# A signal that arrives between a start and its note waits for the note: no process is started that nobody can end.
WHOLE='' PENDING=''
on_signal() { if [ -n "$WHOLE" ]; then PENDING=$1; else exit "$1"; fi; }
whole() { # whole COMMAND…: not to be left halfway
    WHOLE=1
    "$@"
    WHOLE=
    [ -z "$PENDING" ] || exit "$PENDING"
}

# launch NAME COMMAND…: starts it detached, log and identity under $VAR.
launch() { whole launch_noted "$@"; }
launch_noted() {
    local name=$1; shift
    setsid "$@" >>"$VAR/log/$name.log" 2>&1 </dev/null &
    note_process "$name" $!
    disown $! # bash has nothing to say when it is killed
}

# running NAME: the very process that was started still is; its id in PID.
running() {
    local file=$VAR/run/$1 moment
    # Either file may go at any moment, by another's hand.
    PID=$(cat "$file.pid" 2>/dev/null) && moment=$(cat "$file.born" 2>/dev/null) && [ -n "$PID" ] && [ -n "$moment" ] && [ "$(born "$PID")" = "$moment" ]
}

forget() { rm -f "$VAR/run/$1.pid" "$VAR/run/$1.born"; }

# ask_to_end NAME [SIGNAL]: does not wait.
ask_to_end() { if running "$1"; then kill -"${2:-TERM}" "$PID" 2>/dev/null || true; fi; }

# halt NAME [SIGNAL [SECONDS]]: ends exactly the process that was started; by force after 15 seconds, or SECONDS.
halt() {
    ask_to_end "$1" "${2:-TERM}"
    for ((halt_i = 0; halt_i < ${3:-15} * 20; halt_i++)); do running "$1" || break; sleep 0.05; done
    ask_to_end "$1" KILL
    forget "$1"
}

wait_for() { # wait_for SECONDS "what" COMMAND…
    local until=$((SECONDS + $1)) what=$2; shift 2
    while [ "$SECONDS" -le "$until" ]; do "$@" >/dev/null 2>&1 && return; sleep 0.05; tick; done
    die "$what did not come up; see $VAR/log"
}

port_answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# ---- how far it is

# step "Building": a numbered line that ends with its time, "[3/9] Building … 14 s"; details go to $LOG. On a terminal the line moves: seconds, and what $LOG
# says last. Elsewhere a long step says
# every half minute that it goes on.
STEP=0 STEPS=${STEPS:-?} STEP_AT=0 STEP_OPEN='' STEP_TICK=-1
step() {
    step_done
    STEP=$((STEP + 1)) STEP_AT=$SECONDS STEP_TICK=-1 STEP_TEXT="[$STEP/$STEPS] $*" STEP_OPEN=1
    if [ -t 1 ]; then tick; else printf '%s …' "$STEP_TEXT"; fi
}
step_done() {
    [ -n "$STEP_OPEN" ] || return 0
    STEP_OPEN=
    if [ -t 1 ]; then printf '\r\033[K%s … %s s\n' "$STEP_TEXT" $((SECONDS - STEP_AT)); else printf ' %s s\n' $((SECONDS - STEP_AT)); fi
}
tick() {
    local now=$((SECONDS - STEP_AT)) line='' columns
    [ -n "$STEP_OPEN" ] && [ "$now" != "$STEP_TICK" ] || return 0
    STEP_TICK=$now
    if [ ! -t 1 ]; then
        if [ "$now" -gt 0 ] && [ $((now % 30)) = 0 ]; then printf ' %s s …' "$now"; fi
        return
    fi
    if [ -n "${BUSY:-}" ]; then line=$(tail -n 1 "$LOG" 2>/dev/null | tr -cd '[:print:]'); fi
    columns=$(tput cols 2>/dev/null || echo 80)
    line="$STEP_TEXT … $now s  $line"
    printf '\r\033[K%s' "${line:0:$((columns - 1))}"
}

# busy COMMAND…: runs it in a process group of its own with its output in $LOG, the step's line moving meanwhile. Whatever ends this script ends the group.
busy() { BUSY_QUIET=1 run_group "$@"; }
run_group() {
    local status=0
    set -m
    if [ -n "${BUSY_QUIET:-}" ]; then "$@" >>"$LOG" 2>&1 </dev/null & else "$@" </dev/null & fi
    BUSY=$!
    set +m
    while kill -0 "$BUSY" 2>/dev/null; do
        [ -z "${BUSY_QUIET:-}" ] || tick
        read -r -t 0.2 -u "$NEVER" || true # a pause without a process, so that a signal is heard at once
    done
    wait "$BUSY" || status=$?
    BUSY=
    return "$status"
}
exec {NEVER}<> <(:)
end_busy() {
    [ -n "${BUSY:-}" ] || return 0
    kill -TERM -- "-$BUSY" 2>/dev/null || true
    [ "$(id -u)" = 0 ] || sudo -n kill -TERM -- "-$BUSY" 2>/dev/null || true # apt runs as root
    BUSY=
}
