#!/bin/sh
# Removes members whose ordinal is not below REPLICAS and that did not answer three times in a row.
# Environment: REPLICAS, SERVICE (where any node answers) and NAME (the StatefulSet's).
set -eu
# shellcheck source=ask.sh
. "${0%/*}/ask.sh"
port=${SERVICE##*:}
away=/tmp/away # the ids that did not answer, one line for each time
: >"$away"

while :; do
  sleep 2
  # One node a line. `reachable` is the answering node's view: it has just tried to connect.
  nodes=$(ask "${SERVICE%:*}" 'nodes?nonvoters&ver=2&timeout=2s' 10 | tr '{' '\n') || continue
  for id in $(echo "$nodes" | sed -n 's/^"id":"\([^"]*\)".*/\1/p'); do
    case $id in "$NAME"-*[!0-9]* | "$NAME"-) continue ;; "$NAME"-*) ;; *) continue ;; esac
    [ "${id##*-}" -ge "$REPLICAS" ] || continue
    if echo "$nodes" | grep -q "^\"id\":\"$id\".*\"reachable\":true"; then
      sed -i "/^$id\$/d" "$away"
      continue
    fi
    echo "$id" >>"$away"
    if [ "$(grep -c "^$id\$" "$away")" -ge 3 ]; then
      echo "prune.sh: removing $id, which is beyond $REPLICAS replicas and does not answer"
      echo ".remove $id" | shell 15 member "${SERVICE%:*}" >/dev/null 2>&1 || :
      sed -i "/^$id\$/d" "$away" # the next round looks whether it is gone
    fi
  done
done
