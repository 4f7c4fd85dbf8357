#!/bin/sh
# Ready: there is a leader, and everything that it committed is here.
# In an ordered formation the next pod starts only when this one is Ready. So while later pods are missing without which
# there can be no leader, a node without a leader is Ready too. When all are there and nobody leads, none is.
# ready.sh synced: the first sentence alone. ready.sh answers: that it answers at all.
. "${0%/*}/env.sh"

answers() {
  ask "$here" 'readyz?noleader' >/dev/null
}

# `noleader` would win over `sync` in one URL, so it is asked for on its own.
synced() {
  ask "$here" 'readyz?sync&timeout=3s' 4 >/dev/null
}

case ${1-} in
answers) answers && exit 0 || exit 1 ;;
synced) synced && exit 0 || exit 1 ;;
esac
synced && exit 0
answers || exit 1

with_state=0 without=0 counted=0 answered='' i=0
while [ "$i" -lt "$MAX_VOTERS" ]; do
  if members=$(configuration "$base-$i.$domain"); then
    answered="$answered $i "
    n=$(echo "$members" | grep -o Suffrage:Voter | wc -l)
    if [ "$n" -gt 0 ]; then
      with_state=$((with_state + 1))
      [ "$n" -le "$counted" ] || counted=$n
    else
      without=$((without + 1))
    fi
  fi
  i=$((i + 1))
done

if [ "$counted" -gt 0 ]; then # a cluster that starts again: it needs a majority of its voters
  all=$counted need=$((counted / 2 + 1)) have=$with_state
else # a new one: nobody founds before all voters have said that they have no state
  all=$VOTERS need=$VOTERS have=$without
fi
[ "$have" -lt "$need" ] || exit 1

# Only a later pod can be waiting for this one. An earlier one that does not answer is restarting, or DNS hides it.
i=$((ordinal + 1))
while [ "$i" -lt "$all" ]; do
  case $answered in
  *" $i "*) ;;
  *) exit 0 ;;
  esac
  i=$((i + 1))
done
exit 1
