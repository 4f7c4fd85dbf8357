#!/bin/sh
# Removes members whose ordinal is not below REPLICAS and that did not answer three times in a row.
# Environment: REPLICAS, SERVICE (where any node answers) and NAME (the StatefulSet's).
set -eu
away=/tmp/away # the ids that did not answer, one line for each time
: >"$away"

while :; do
  sleep 2
  # One node a line. `reachable` is the answering node's view: it has just tried to connect.
  nodes=$(timeout 10 wget -q -O - "http://$SERVICE/nodes?nonvoters&ver=2&timeout=2s" 2>/dev/null | tr '{' '\n') || continue
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
      echo ".remove $id" | timeout 15 rqlite -H "${SERVICE%:*}" -p "${SERVICE##*:}" >/dev/null 2>&1 || :
      sed -i "/^$id\$/d" "$away" # the next round looks whether it is gone
    fi
  done
done
