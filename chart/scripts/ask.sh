# shellcheck shell=sh
# Sourced by the other scripts: how to ask a node something.
auth=/etc/rqlite-auth
tls=/etc/rqlite-tls/client
port=4001

# within SECONDS COMMAND...: ends it when it takes longer. busybox's timeout would leave its clock to process 1. That is rqlited,
# which never asks what became of children that are not its own: each question would leave a dead process behind, until the
# pod has as many as it may have. Here every process is waited for by the one that started it.
within() {
  limit=$1
  shift
  {
    {
      "$@" <&3 >&4 & # in the background it would have nothing to read
      echo "$!"
      wait "$!" 2>/dev/null && echo 0 || echo "$?"
    } | {
      read -r work
      # shellcheck disable=SC3045 # busybox's shell has -t
      if ! read -r -t "$limit" status; then
        kill "$work" 2>/dev/null
        read -r status
      fi
      exit "$status"
    }
  } 3<&0 4>&1
}

# shell SECONDS USER HOST OPTION...: rqlite's shell. Nothing else in the image can check a certificate.
shell() {
  seconds=$1 user=$2 host=$3
  shift 3
  if [ -d "$tls" ]; then
    set -- -s https -c "$tls/ca.crt" -d "$tls/tls.crt" -k "$tls/tls.key" "$@"
  fi
  if [ -d "$auth" ]; then
    set -- -u "rqchart-$user:$(cat "$auth/$user-password")" "$@"
  fi
  within "$seconds" rqlite -H "$host" -p "$port" "$@"
}

# ask HOST PATH [SECONDS]: what HOST answers; fails if it does not. busybox wget's own -T bounds only each wait, not the whole
# request.
# The shell puts its prefix (-P) before every path that it asks for, and writes a backup as it comes: with a prefix that
# ends in a query it fetches just that. It asks the same once before, for the version. The answer comes as standard error:
# on standard output the shell speaks itself.
ask() {
  if [ -d "$tls" ] || [ -d "$auth" ]; then
    answer=$(echo '.backup /dev/fd/2' | shell "$((${3:-2} * 2))" probe "$1" -P "/$2&" 2>&1 >/dev/null |
      grep -v '^\[client\] ') # its complaints
  else
    answer=$(within "${3:-2}" wget -q -O - "http://$1:$port/$2" 2>/dev/null)
  fi
  [ -n "$answer" ] && echo "$answer"
}
