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

# voters MEMBERS: the ordinals of those that vote, each with a comma behind it.
voters() {
  IFS='{'
  for member in $1; do
    case $member in
    "Suffrage:Voter ID:$base-"*)
      member=${member#"Suffrage:Voter ID:$base-"}
      printf '%s,' "${member%% *}"
      ;;
    esac
  done
}

# wanting VOTERS: are fewer of them there, with a cluster's data, than they need, and is a later one missing? Only a later pod
# can be waiting for this one. An earlier one that does not answer is restarting, or DNS hides it.
wanting() {
  all=0 have=0 later='' IFS=,
  for voter in $1; do
    all=$((all + 1))
    case $with_state in *" $voter "*) have=$((have + 1)) ;; esac
    case $answered in
    *" $voter "*) ;;
    *) [ "$voter" -le "$ordinal" ] || later=yes ;;
    esac
  done
  unset IFS
  [ "$have" -lt $((all / 2 + 1)) ] && [ -n "$later" ]
}

set -f
with_state=' ' answered=' ' without=0 known='' i=0
while [ "$i" -lt "$MAX_VOTERS" ]; do
  if members=$(configuration "$base-$i.$domain"); then
    answered="$answered$i "
    members=$(voters "$members")
    if [ -n "$members" ]; then
      with_state="$with_state$i "
      known="$known $members"
    else
      without=$((without + 1))
    fi
  fi
  i=$((i + 1))
done

# A cluster that starts again needs a majority of its voters. Nodes may know of different ones: who was dropped while it was
# away still counts itself. So each view is asked by itself.
for members in $known; do
  ! wanting "$members" || exit 0
done
[ -z "$known" ] || exit 1

# A new one: nobody founds before all voters have said that they have no state.
[ "$without" -lt "$VOTERS" ] || exit 1
i=$((ordinal + 1))
while [ "$i" -lt "$VOTERS" ]; do
  case $answered in
  *" $i "*) ;;
  *) exit 0 ;;
  esac
  i=$((i + 1))
done
exit 1
