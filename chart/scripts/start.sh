#!/bin/sh
# Starts rqlited in the role that this pod's ordinal gives it. Arguments: flags that are the same in every pod.
# Why each step is there: docs/scripts.md
# shellcheck disable=SC2153 # SEEDS, a number from cluster.env, is not a misspelling of seeds
set -eu
. "${0%/*}/env.sh"

# with_endpoint FLAG: the flag of change data capture. An endpoint that is a secret is in no ConfigMap: the file that
# rqlited reads is then made of the two here.
with_endpoint() {
  if [ -f "$cdc_endpoint" ]; then
    (
      umask 077
      {
        printf '{"endpoint":"%s",' "$(sed 's/["\\]/\\&/g' "$cdc_endpoint")"
        tail -c +2 "${1#*=}"
      } >"$cdc_config"
    )
    echo "-cdc-config=$cdc_config"
  else
    echo "$1"
  fi
}

# The address that clients are sent to: this pod's own in the cluster, or one for all pods with places to fill in. And what
# a new cluster begins with: for its founder alone.
advertised=$fqdn:4001 restore=''
for flag; do
  shift
  case $flag in
  -http-adv-addr=*) advertised=$(echo "${flag#*=}" | sed "s/{ordinal}/$ordinal/g; s/{pod}/$me/g") ;;
  -auto-restore=*) restore=$flag ;;
  -cdc-config=*) # fatal to a node without a vote
    [ "$ordinal" -ge "$MAX_VOTERS" ] || set -- "$@" "$(with_endpoint "$flag")"
    ;;
  *) set -- "$@" "$flag" ;;
  esac
done

seeds='' others=''
i=0
while [ "$i" -lt "$SEEDS" ]; do
  host=$base-$i.$domain
  seeds=$seeds${seeds:+,}$host:4002
  [ "$i" = "$ordinal" ] || others="$others $host"
  i=$((i + 1))
done

# Those without a vote, as far as the values know of them: of this set, and of the pool.
readers=''
i=$MAX_VOTERS
while [ "$i" -lt "${REPLICAS-0}" ]; do
  readers="$readers $base-$i.$domain"
  i=$((i + 1))
done
i=0
while [ "$i" -lt "${READERS-0}" ]; do
  readers="$readers $READER_SET-$i.$READER_HEADLESS.${domain#*.}"
  i=$((i + 1))
done

# survey: asks all who may vote. with_state: those that have a cluster's data; counted: one of them counts this node among
# its members; dropped: one of them does not; empty: how many of the voters that the values ask for have no data, this one included.
survey() {
  with_state='' counted='' dropped='' empty=0 i=0
  while [ "$i" -lt "$MAX_VOTERS" ]; do
    host=$base-$i.$domain
    if [ "$i" = "$ordinal" ]; then
      [ "$i" -ge "$VOTERS" ] || empty=$((empty + 1))
    else
      case $(configuration "$host" || :) in
      *"ID:$me "*) with_state="$with_state $host" counted=yes ;;
      *ID:*) with_state="$with_state $host" dropped=yes ;;
      *'[]'*) [ "$i" -ge "$VOTERS" ] || empty=$((empty + 1)) ;;
      esac
    fi
    i=$((i + 1))
  done
}

# removed: has somebody with data strike this node off the members. Removing an id that is no member commits an entry
# too, and that commit is the proof: a quorum of the members without this node has everything. The shell ends with 0
# even when it failed, and ERR! tells; it ends otherwise when it was stopped before there was an answer.
removed() {
  for host in $with_state; do
    if answer=$(echo ".remove $me" | shell 15 member "$host" 2>&1); then
      case $answer in
      *ERR*) ;;
      *'Connected to'*) return 0 ;;
      esac
    fi
  done
  return 1
}

# kept: has one of those without a vote a cluster's data? Then the voters lost their disks, and a new cluster would take its
# rows away from it. One that had them when it answered last may only be restarting: it holds a founding up until it says
# that it has none.
keeper=''
kept() {
  for host in $readers; do
    case $(configuration "$host" || :) in
    *ID:*)
      [ "$keeper" = "$host" ] || echo "start.sh: no voter has data, but $host has: a person must decide"
      keeper=$host
      return 0
      ;;
    *'[]'*) [ "$keeper" != "$host" ] || keeper='' ;;
    esac
  done
  [ -n "$keeper" ]
}

# led: does anybody else who may vote know a leader?
led() {
  i=0
  while [ "$i" -lt "$MAX_VOTERS" ]; do
    if [ "$i" != "$ordinal" ]; then
      case $(ask "$base-$i.$domain" 'status?key=store.leader') in
      '' | *'"node_id":""'*) ;;
      *) return 0 ;;
      esac
    fi
    i=$((i + 1))
  done
  return 1
}

# Recovery by values: the survivor becomes the only member. Each disk takes part in a recovery once, when its pod first hears
# of it, whatever comes of that: a setting that is forgotten in the values must not make a second cluster months later. So
# the note is on the disk before rqlited is.
if [ -n "${RECOVERY-}" ] && [ "$(cat "$noted" 2>/dev/null)" != "$RECOVERY" ]; then
  if [ "$ordinal" = "$SURVIVOR" ] && [ -s "$data/raft.db" ]; then
    if led; then
      echo "start.sh: recovery $RECOVERY refused: another pod knows a leader"
    else
      echo "start.sh: recovery $RECOVERY: $me becomes the only member"
      mkdir -p "$data/raft"
      echo "[{\"id\":\"$me\",\"address\":\"$fqdn:4002\",\"non_voter\":false}]" >"$data/raft/peers.json"
      sync # before the note, in case the power fails in between
    fi
  fi
  echo "$RECOVERY" >"$noted"
  sync
fi

# An empty voter elects anybody, also a node that lacks acknowledged rows. So a node without state keeps its Raft port
# shut until it is sure of one of two things: no voter has state either (a new cluster), or the cluster that has state
# has struck this node off its members (it then joins as a new one and gets every row before it votes).
rm -rf "$waiting"
decision=''
if [ -s "$data/raft.db" ] && [ -e "$data/raft/peers.json" ]; then
  # Recovery: the file says who is a member. Two defects of 10.2.7: with the mark clean_snapshot it serves the
  # last snapshot instead of what it recovered, and with the last recovery's left-overs it does not start.
  decision='recover'
  rm -f "$data/clean_snapshot" "$data"/recovery.db*
elif [ -s "$data/raft.db" ]; then
  survey
  # Dropped while it was away: it must ask to join. The ways of founders, below, end when a late heartbeat names a leader.
  if [ -n "$dropped" ] || [ "$ordinal" -ge "$MAX_VOTERS" ]; then
    decision='join'
  # Nobody has state, this one's is a founding that was interrupted. Whether there is data in it rqlited looks itself.
  elif [ -z "$with_state" ] && [ "$empty" -ge "$VOTERS" ]; then
    decision='found'
  fi
else
  # Meanwhile a node that can do nothing answers probes and the others' questions: it joins nobody but itself.
  mkdir "$waiting"
  (
    for flag; do # as well protected as what comes after it
      shift
      case $flag in
      -auth=* | -http-cert=* | -http-key=* | -http-ca-cert=* | -http-verify-*) set -- "$@" "$flag" ;;
      esac
    done
    exec rqlited -node-id="$me-waiting" -http-addr=0.0.0.0:4001 -http-adv-addr="$fqdn:4001" -raft-addr=127.0.0.1:4002 \
      -join=127.0.0.1:4002 -bootstrap-expect=99 -bootstrap-expect-timeout=87600h "$@" "$waiting/data"
  ) >"$waiting/log" 2>&1 &
  placeholder=$!
  trap 'kill -9 "$placeholder"; exit 0' TERM INT
  said=''
  while :; do
    # It ends by itself only where rqlited cannot start, and the one after it could not either.
    if ! kill -0 "$placeholder" 2>/dev/null; then
      echo 'start.sh: rqlited does not start here:' >&2
      cat "$waiting/log" >&2
      exit 1
    fi
    survey
    if [ "$said" != "$with_state/$empty" ]; then
      echo "start.sh: no data here; nodes with data:${with_state:- none}; voters without: $empty of $VOTERS"
      said=$with_state/$empty
    fi
    if [ -n "$with_state" ]; then
      if removed; then
        # One that still counts this node as its voter belongs to another cluster: the old one, after a recovery by hand
        # that left it out. It would ask for this node's vote and lead again, beside the leader that is there now.
        survey
        if [ -z "$counted" ]; then
          decision='join'
          break
        fi
      fi
    elif [ "$ordinal" -lt "$SEEDS" ] && [ "$empty" -ge "$VOTERS" ] && ! kept; then
      decision='found'
      break
    fi
    sleep 1
  done
  echo "start.sh: $decision"
  kill -9 "$placeholder"
  wait "$placeholder" 2>/dev/null || :
  trap - TERM INT
  rm -rf "$waiting"
fi

# The ways into a cluster. Nobody ever starts without -join, except with what was recovered: such a node would found a
# cluster of its own. The only member of a cluster may not start with -join alone; with -bootstrap-expect it may.
rm -f "$joining" "$restoring"
if [ "$decision" = join ]; then
  # Only joins, and goes on even if a late heartbeat already names a leader. Those that answered come first: rqlited
  # waits half a minute for one that is silent before it asks the next.
  addresses=''
  for host in $with_state $others; do
    case ,$addresses, in *,"$host:4002",*) ;; *) addresses=$addresses${addresses:+,}$host:4002 ;; esac
  done
  set -- -join="$addresses" -join-attempts=600 -join-interval=1s "$@"
  : >"$joining"
elif [ "$ordinal" = 0 ]; then
  # Founds when all seeds are there. Only ordinal 0 can reach the number that it expects, so it leads first.
  # Only then does it restore: rqlited would load a backup over the rows of others, or end where it joins.
  if [ -n "$restore" ] && [ "$decision" = found ]; then
    set -- "$restore" "$@"
    : >"$restoring"
  fi
  set -- -join="$seeds" -bootstrap-expect="$SEEDS" -bootstrap-expect-timeout=87600h "$@"
elif [ "$ordinal" -lt "$MAX_VOTERS" ]; then
  # Expects more nodes than there are: it tells ordinal 0 that it is there, and joins, but never founds.
  set -- -join="$seeds" -bootstrap-expect=99 -bootstrap-expect-timeout=87600h "$@"
fi
if [ "$ordinal" -ge "$MAX_VOTERS" ]; then
  set -- -raft-non-voter "$@"
fi

exec rqlited -node-id="$me" -http-addr=0.0.0.0:4001 -http-adv-addr="$advertised" -raft-addr=0.0.0.0:4002 \
  -raft-adv-addr="$fqdn:4002" "$@" "$data"
