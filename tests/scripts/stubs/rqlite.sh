# rqlite's shell: answers a command with the file that is named like it, and ends as the file beside it says.
read -r command
echo "${LIMIT:-no limit:} rqlite $*: $command" >>"$STAGE/log"
echo '[client] it may complain, whatever comes of it' >&2
answer=$STAGE/answers/$2:${4:-4001}/$command
[ ! -s "$answer" ] || busybox cat "$answer"
[ ! -e "$answer.status" ] || exit "$(busybox cat "$answer.status")"
