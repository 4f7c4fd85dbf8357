#!/bin/sh
# Takes a copy of the database, restores it to see that it can be, keeps it, and removes the oldest beyond KEEP.
# Environment: NAME (of the copies), KEEP. Arguments: flags of the rqlited that tries it.
# A copy has its name only when it has passed; whatever fails, the earlier ones stay.
# shellcheck disable=SC2153 # NAME is not a misspelling of name
set -eu
. "${0%/*}/env.sh"
folder=/backups
try=/tmp/try
log=/tmp/try.log

fail() {
  echo "backup.sh: $*; earlier copies stay" >&2
  rm -f "$folder/.$NAME".*.part
  exit 1
}

# told TEXT...: runs the shell on its command. It ends with 0 even when it failed; only TEXT says that it worked.
told() {
  text=$1 command=$2
  shift 2
  answer=$(echo "$command" | "$@" 2>&1) || return 1
  case $answer in *"$text"*) ;; *) return 1 ;; esac
}

# own: the shell of the rqlited that tries the copy.
own() {
  within 86400 rqlite -H 127.0.0.1 -p 4001 -t 24h
}

# own_says QUERY: what that rqlited answers, as JSON.
own_says() {
  wget -q -O - "http://127.0.0.1:4001/db/query?level=none&q=$1" 2>/dev/null
}

# copied: has the leader given a copy? A follower would forward, for which rqlited has half a minute, however large it is.
copied() {
  answer='nobody knows a leader'
  host=$(leader) || return 1
  rm -f "$part" # the shell writes over what is there, and leaves the rest
  # It gives up after 30 s if it is not told otherwise.
  told 'backup file written' ".backup $part" shell 86400 backup "$host" -t 24h
}

# copies: the names of all that were kept, the oldest first. Other files, and those of NAME-2, are nobody's business.
copies() {
  for file in "$folder/$NAME"-[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]T[0-9][0-9][0-9][0-9][0-9][0-9]Z.sqlite; do
    [ ! -f "$file" ] || echo "$file"
  done
}

rm -f "$folder/.$NAME".*.part # of a job that was stopped
name=$NAME-$(date -u +%Y%m%dT%H%M%SZ).sqlite
part=$folder/.$NAME.$$.part
tries=1
until copied; do # there may be another leader by now
  [ "$tries" -lt 5 ] || fail "no copy: $answer"
  tries=$((tries + 1))
  sleep 2
done
[ -s "$part" ] || fail 'the copy is empty'

# A node of its own, which nobody reaches but this script. It loads the copy as an operator would.
rm -rf "$try"
rqlited -http-addr=127.0.0.1:4001 -raft-addr=127.0.0.1:4002 "$@" "$try" >"$log" 2>&1 &
node=$!
trap 'kill -9 "$node" 2>/dev/null || :' EXIT
trap 'exit 1' TERM INT
i=0
until wget -q -O /dev/null http://127.0.0.1:4001/readyz 2>/dev/null; do
  if ! kill -0 "$node" 2>/dev/null || [ "$i" -ge 60 ]; then
    fail "rqlited does not start here: $(tail -n 3 "$log")"
  fi
  i=$((i + 1))
  sleep 1
done
told 'booted successfully' ".boot $part" own || fail "the copy cannot be restored: $answer"
answer=$(own_says 'PRAGMA%20integrity_check') || answer='no answer'
case $answer in *'[["ok"]]'*) ;; *) fail "the restored copy is damaged: $answer" ;; esac
answer=$(own_says "SELECT%20count(*)%20FROM%20sqlite_master%20WHERE%20type='table'") || answer='no answer'
tables=${answer##*'[['}
tables=${tables%%']]'*}
case $tables in '' | *[!0-9]*) fail "the restored copy cannot be read: $answer" ;; esac
# A cluster that lost everything must not push the last good copies out, one empty copy after the other.
if [ "$tables" = 0 ] && [ -n "$(copies)" ]; then
  fail 'the database has no table, but there are earlier copies'
fi
# What was restored is what was copied, to the last byte.
told 'backup file written' ".backup $try.sqlite" own || fail "the restored copy cannot be copied: $answer"
cmp "$part" "$try.sqlite" || fail 'the restored copy is another one'

sync
mv "$part" "$folder/$name"
sync
size=$(wc -c <"$folder/$name")
echo "backup.sh: $name has $size bytes and $tables tables, and can be restored"

extra=$(($(copies | wc -l) - KEEP))
for file in $(copies); do
  if [ "$extra" -le 0 ] || [ "$file" = "$folder/$name" ]; then
    break
  fi
  rm -f "$file"
  echo "backup.sh: removed ${file##*/}"
  extra=$((extra - 1))
done
