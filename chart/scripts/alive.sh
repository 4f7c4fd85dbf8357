#!/bin/sh
# Not alive: does not answer, or runs although the others have a leader who does not count it among the members.
# The leader drops a member that stays away too long; rqlited asks to join only when it starts, so it must start again.
. "${0%/*}/env.sh"

if ! ask "$here" 'readyz?noleader' >/dev/null; then
  # A founder opens its port when it has downloaded what the cluster begins with, and ends by itself when it cannot.
  [ -e "$restoring" ] && exit 0 || exit 1
fi
rm -f "$restoring"
[ ! -d "$waiting" ] || exit 0 # start.sh is at work
case $(ask "$here" 'status?key=store.leader') in
*'"node_id":""'*) ;;
*) # knows a leader: joined
  rm -f "$joining"
  exit 0
  ;;
esac
# rqlited tries to join every second, and does not say when it has. One that was let in, and dropped before anybody asked
# here while it knew a leader, would keep the mark for ever: it counts for a minute.
[ -z "$(find "$joining" -mmin -1 2>/dev/null)" ] || exit 0

i=0
while [ "$i" -lt "$MAX_VOTERS" ]; do
  if [ "$i" != "$ordinal" ]; then
    case $(ask "$base-$i.$domain" 'nodes?nonvoters&ver=2&timeout=1s') in
    *"\"id\":\"$me\""*) ;;
    *'"leader":true'*) exit 1 ;;
    esac
  fi
  i=$((i + 1))
done
exit 0
