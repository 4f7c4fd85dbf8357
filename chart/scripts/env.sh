# shellcheck shell=sh disable=SC2034 # the sourcing script uses the variables
# Sourced by the pods' scripts: who this pod is.
# From cluster.env: SEEDS (ordinals below it found the cluster, all of them together), VOTERS (ordinals below it are
# the voters that the values ask for) and MAX_VOTERS (ordinals from it on never vote).
scripts=${0%/*}
# shellcheck source=/dev/null
. "$scripts/cluster.env"
# shellcheck source=ask.sh
. "$scripts/ask.sh"

fqdn=$(hostname -f) # from /etc/hosts, where the kubelet writes it: needs no DNS
me=${fqdn%%.*}      # the pod's name is its id in Raft
domain=${fqdn#*.}
base=${me%-*}
ordinal=${me##*-}
here=127.0.0.1
[ ! -d "$tls" ] || here=$fqdn # the certificate knows it by no other name
data=/rqlite/file/data
waiting=/tmp/waiting # exists while start.sh holds an empty disk back
joining=/tmp/joining # exists while rqlited itself tries to join
cdc_endpoint=/etc/rqlite-cdc-endpoint/endpoint # where a Secret says it
cdc_config=/tmp/cdc.json

# configuration HOST: the members that HOST knows of; "[]" if it has no state, nothing if it does not answer.
configuration() {
  ask "$1" 'status?key=store.raft.latest_configuration'
}
