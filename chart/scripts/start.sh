#!/bin/sh
# Starts rqlited in the role that this pod's ordinal gives it. Arguments: flags that are the same in every pod.
# Why each step is there: docs/scripts.md
# shellcheck disable=SC2153 # SEEDS, a number from cluster.env, is not a misspelling of seeds
set -eu
. "${0%/*}/env.sh"

seeds='' others=''
i=0
while [ "$i" -lt "$SEEDS" ]; do
  address=$base-$i.$domain:4002
  seeds=$seeds${seeds:+,}$address
  [ "$i" = "$ordinal" ] || others=$others${others:+,}$address
  i=$((i + 1))
done

# Three ways into a cluster. Nobody ever starts without -join: such a node would found a cluster of its own.
# found: when all seeds are there. Only ordinal 0 can reach the number that it expects, so it founds and leads first.
found="-join=$seeds -bootstrap-expect=$SEEDS -bootstrap-expect-timeout=87600h"
# wait: like found, but it expects more nodes than there are: it tells ordinal 0 that it is there, and joins.
wait="-join=$seeds -bootstrap-expect=99 -bootstrap-expect-timeout=87600h"
# join: only joins, and goes on even if a late heartbeat already names a leader, which ends the other two too early.
join="-join=$others -join-attempts=600 -join-interval=1s"

if [ "$ordinal" -ge "$SEEDS" ]; then
  way=$join
elif [ "$ordinal" = 0 ]; then
  way=$found
else
  way=$wait
fi

# An empty voter elects anybody, also a node that lacks acknowledged rows. So a node without state keeps its Raft port
# shut until it is sure of one of two things: no seed has state either (a new cluster), or the cluster that has state has
# struck this node off its members (it then joins as a new one and gets every row before it votes).
# A cluster of one seed has nobody to ask.
if [ ! -s "$data/raft.db" ] && [ "$SEEDS/$ordinal" != 1/0 ]; then
  rm -rf "$waiting"
  mkdir "$waiting"
  # Meanwhile a node that can do nothing answers probes and the others' questions: it joins nobody but itself.
  rqlited -node-id="$me-waiting" -http-addr=0.0.0.0:4001 -http-adv-addr="$fqdn:4001" -raft-addr=127.0.0.1:4002 \
    -join=127.0.0.1:4002 -bootstrap-expect=99 -bootstrap-expect-timeout=87600h "$waiting/data" >"$waiting/log" 2>&1 &
  placeholder=$!
  trap 'kill -9 "$placeholder"; exit 0' TERM INT
  decision='' said=''
  while [ -z "$decision" ]; do
    with_state='' empty=0 i=0
    while [ "$i" -lt "$MAX_VOTERS" ]; do
      host=$base-$i.$domain
      if [ "$i" = "$ordinal" ]; then
        [ "$ordinal" -ge "$SEEDS" ] || empty=$((empty + 1))
      else
        case $(configuration "$host" || :) in
        *ID:*) with_state="$with_state $host" ;;
        *'[]'*) [ "$i" -ge "$SEEDS" ] || empty=$((empty + 1)) ;;
        esac
      fi
      i=$((i + 1))
    done
    # Removing an id that is no member commits an entry too. That commit is the proof: a quorum of a configuration
    # without this node has everything. The shell ends with 0 even when it failed, and ERR! tells; it ends otherwise when
    # `timeout` stopped it before there was an answer.
    for host in $with_state; do
      if answer=$(echo ".remove $me" | timeout 15 rqlite -H "$host" 2>&1); then
        case $answer in
        *ERR*) ;;
        *'Connected to'*)
          decision='join'
          break
          ;;
        esac
      fi
    done
    if [ -z "$with_state" ] && [ "$ordinal" -lt "$SEEDS" ] && [ "$empty" -ge "$SEEDS" ]; then
      decision='found'
    fi
    if [ "$said" != "$with_state/$empty" ]; then
      echo "start.sh: no data here; nodes with data:${with_state:- none}; seeds without: $empty of $SEEDS"
      said=$with_state/$empty
    fi
    [ -n "$decision" ] || sleep 1
  done
  echo "start.sh: $decision"
  [ "$decision" = found ] || way=$join
  kill -9 "$placeholder"
  wait "$placeholder" 2>/dev/null || :
  trap - TERM INT
fi
rm -rf "$waiting"

# shellcheck disable=SC2086 # $way is several words on purpose
set -- -node-id="$me" -http-addr=0.0.0.0:4001 -http-adv-addr="$fqdn:4001" -raft-addr=0.0.0.0:4002 \
  -raft-adv-addr="$fqdn:4002" $way "$@"
if [ "$ordinal" -ge "$MAX_VOTERS" ]; then
  set -- "$@" -raft-non-voter
fi

# Recovery by hand (raft/peers.json), two defects of 10.2.7: with the mark clean_snapshot it serves the last snapshot
# instead of what it recovered, and with the last recovery's left-overs it does not start.
if [ -e "$data/raft/peers.json" ]; then
  rm -f "$data/clean_snapshot" "$data"/recovery.db*
fi

rm -f "$joining"
if [ "$way" = "$join" ]; then
  : >"$joining"
fi
exec rqlited "$@" "$data"
