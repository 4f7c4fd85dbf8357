# rqlite's shell: answers a command with the file that is named like it, and ends as the file beside it says. A backup is
# what the node says to the path in its prefix, or without one its file db/backup, or db/backup.cut before it was cut off;
# the shell itself only tells of it.
read -r command
echo "${LIMIT:-no limit:} rqlite $*: $command" >>"$STAGE/log"
echo '[client] it may complain, whatever comes of it' >&2
host='' port=4001 path=''
while [ $# -gt 0 ]; do
  case $1 in
  -H) host=$2 ;;
  -p) port=$2 ;;
  -P) path=${2#/} path=${path%&} ;;
  esac
  shift 2
done
case $command in
'.backup '*)
  echo "Connected to $host"
  answer=$STAGE/answers/$host:$port/${path:-db/backup}
  file=${command#.backup }
  [ -n "$path" ] || [ ! -e "$file" ] || echo 'it writes over what is there' >>"$STAGE/log"
  if [ -s "$answer" ]; then
    busybox cat "$answer" >"$file"
    echo 'backup file written successfully'
  elif [ -s "$answer.cut" ]; then
    busybox cat "$answer.cut" >"$file"
    echo 'ERR! unexpected EOF'
  fi
  exit 0
  ;;
esac
answer=$STAGE/answers/$host:$port/$command
[ ! -s "$answer" ] || busybox cat "$answer"
status=$(busybox cat "$answer.status" 2>/dev/null || echo 0)
if [ "$status" = 0 ] && busybox grep -q '^Connected' "$answer" 2>/dev/null && ! busybox grep -q ERR "$answer"; then
  # It is committed: all of that cluster know it, which are all that are not apart.
  for node in "$STAGE"/answers/*; do
    [ -e "$node/apart" ] || busybox sed -i "s/{[^}]* ID:${command#* } [^}]*} *//" "$node"/status*latest_configuration
  done 2>/dev/null
fi
exit "$status"
