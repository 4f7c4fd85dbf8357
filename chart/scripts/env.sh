# shellcheck shell=sh disable=SC2034 # the sourcing script uses the variables
# Sourced by the scripts: who this pod is. A job's or the pruner's is none of the set's: it only learns their names here.
# From cluster.env: SEEDS (ordinals below it found the cluster, all of them together), VOTERS (ordinals below it are
# the voters that the values ask for), MAX_VOTERS (ordinals from it on never vote), SET and HEADLESS (the StatefulSet of
# those that vote, and the Service that gives them their names); where there are pods that never vote also REPLICAS, or
# READERS, READER_SET and READER_HEADLESS for those of the pool; in a recovery also SURVIVOR (whose data becomes the
# truth) and RECOVERY (a word for it).
# A variable of the container that is called like one of these is somebody else's.
unset REPLICAS READERS READER_SET READER_HEADLESS SURVIVOR RECOVERY
scripts=${0%/*}
# shellcheck source=/dev/null
. "$scripts/cluster.env"
# shellcheck source=ask.sh
. "$scripts/ask.sh"

fqdn=$(hostname -f) # from /etc/hosts, where the kubelet writes it: needs no DNS
me=${fqdn%%.*}      # the pod's name is its id in Raft
base=$SET
domain=$HEADLESS.${fqdn#*.*.}
ordinal=${me##*-}
[ "${me%-*}" = "$SET" ] || ordinal=$MAX_VOTERS # a reader of the pool, which never votes, whatever its number
here=127.0.0.1
[ ! -d "$tls" ] || here=$fqdn # the certificate knows it by no other name
data=/rqlite/file/data
waiting=/tmp/waiting # exists while start.sh holds an empty disk back
noted=${data%/*}/recovery # the last recovery that this disk has heard of
joining=/tmp/joining # exists while rqlited itself tries to join
restoring=/tmp/restoring # exists while it may be at its download of what the cluster begins with
cdc_endpoint=/etc/rqlite-cdc-endpoint/endpoint # where a Secret says it
cdc_config=/tmp/cdc.json

# configuration HOST: the members that HOST knows of; "[]" if it has no state, nothing if it does not answer.
configuration() {
  ask "$1" 'status?key=store.raft.latest_configuration'
}

# leader: the host that leads, as the first of those that may vote says who knows; fails if none does.
leader() {
  i=0
  while [ "$i" -lt "$MAX_VOTERS" ]; do
    answer=$(ask "$base-$i.$domain" 'status?key=store.leader') || :
    id=${answer#*'"node_id":"'}
    id=${id%%'"'*}
    case $id in
    "$base"-*)
      echo "$id.$domain"
      return 0
      ;;
    esac
    i=$((i + 1))
  done
  return 1
}
