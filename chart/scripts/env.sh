# shellcheck shell=sh disable=SC2034 # the sourcing script uses the variables
# Sourced by the other scripts: who this pod is, and how to ask the other ones.
# From cluster.env: SEEDS (ordinals below it found the cluster, all of them together), VOTERS (ordinals below it are
# the voters that the values ask for) and MAX_VOTERS (ordinals from it on never vote).
scripts=${0%/*}
# shellcheck source=/dev/null
. "$scripts/cluster.env"

fqdn=$(hostname -f) # from /etc/hosts, where the kubelet writes it: needs no DNS
me=${fqdn%%.*}      # the pod's name is its id in Raft
domain=${fqdn#*.}
base=${me%-*}
ordinal=${me##*-}
data=/rqlite/file/data
waiting=/tmp/waiting # exists while start.sh holds an empty disk back
joining=/tmp/joining # exists while rqlited itself tries to join

# ask HOST PATH: HOST's answer. `timeout` bounds the whole request; busybox wget's own -T only each wait.
ask() {
  timeout 2 wget -q -O - "http://$1:4001/$2" 2>/dev/null
}

# configuration HOST: the members that HOST knows of; "[]" if it has no state, nothing if it does not answer.
configuration() {
  ask "$1" 'status?key=store.raft.latest_configuration'
}
