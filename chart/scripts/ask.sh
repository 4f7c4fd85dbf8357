# shellcheck shell=sh
# Sourced by the other scripts: how to ask a node something.
auth=/etc/rqlite-auth
tls=/etc/rqlite-tls/client
port=4001

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
  timeout "$seconds" rqlite -H "$host" -p "$port" "$@"
}

# ask HOST PATH [SECONDS]: what HOST answers; fails if it does not. `timeout` bounds the whole request, busybox wget's own
# -T only each wait.
# The shell puts its prefix (-P) before every path that it asks for, and writes a backup as it comes: with a prefix that
# ends in a query it fetches just that. It asks the same once before, for the version. The answer comes as standard error:
# the child that busybox's timeout leaves behind for a second holds any other way open, and all would wait for it.
ask() {
  if [ -d "$tls" ] || [ -d "$auth" ]; then
    answer=$(echo '.backup /dev/fd/2' | shell "$((${3:-2} * 2))" probe "$1" -P "/$2&" 2>&1 >/dev/null |
      grep -v '^\[client\] ') # its complaints
  else
    answer=$(timeout "${3:-2}" wget -q -O - "http://$1:$port/$2" 2>/dev/null)
  fi
  [ -n "$answer" ] && echo "$answer"
}
