#!/bin/sh
# Removes members whose ordinal is not below REPLICAS and that did not answer three times in a row.
# Environment: REPLICAS, which those in the ConfigMap are not, and NAME (the StatefulSet's).
set -eu
wanted=$REPLICAS # env.sh forgets it
. "${0%/*}/env.sh"
away=/tmp/away # the ids that did not answer, one line for each time
: >"$away"

while :; do
  sleep 2
  # A pod by its own name, which certificates are made for.
  host=$(leader) || continue
  # One node a line. `reachable` is the answering node's view: it has just tried to connect.
  nodes=$(ask "$host" 'nodes?nonvoters&ver=2&timeout=2s' 10 | tr '{' '\n') || continue
  for id in $(echo "$nodes" | sed -n 's/^"id":"\([^"]*\)".*/\1/p'); do
    case $id in "$NAME"-*[!0-9]* | "$NAME"-) continue ;; "$NAME"-*) ;; *) continue ;; esac
    [ "${id##*-}" -ge "$wanted" ] || continue
    if echo "$nodes" | grep -q "^\"id\":\"$id\".*\"reachable\":true"; then
      sed -i "/^$id\$/d" "$away"
      continue
    fi
    echo "$id" >>"$away"
    if [ "$(grep -c "^$id\$" "$away")" -ge 3 ]; then
      echo "prune.sh: removing $id, which is beyond $wanted replicas and does not answer"
      echo ".remove $id" | shell 15 member "$host" >/dev/null 2>&1 || :
      sed -i "/^$id\$/d" "$away" # the next round looks whether it is gone
    fi
  done
done
