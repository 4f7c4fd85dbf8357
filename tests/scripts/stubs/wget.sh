# Answers with the file that is named like the URL. No file, or an empty one: nobody answers.
echo "${LIMIT:-no limit:} wget $*" >>"$STAGE/log"
# Where a placeholder must answer meanwhile, nobody is asked before it runs: else it might be killed before it can tell.
i=0
while [ -n "${PLACEHOLDER:-}" ] && [ ! -e "$STAGE/placeholder.args" ] && [ "$i" -lt 6000 ]; do
  busybox usleep 5000
  i=$((i + 1))
done
answer=$STAGE/answers/${4#http://}
if [ "$1 $2" != '-q -O' ] || [ ! -s "$answer" ]; then
  echo "wget: can't connect to remote host: Connection refused" >&2
  exit 1
fi
[ "$3" = - ] || exec >"$3"
exec busybox cat "$answer"
