# Answers with the file that is named like the URL. No file, or an empty one: nobody answers.
echo "${LIMIT:-no limit:} wget $*" >>"$STAGE/log"
# Where a placeholder must answer meanwhile, nobody is asked before it runs: else it might be killed before it can tell.
i=0
while [ -n "${PLACEHOLDER:-}" ] && [ ! -e "$STAGE/placeholder.args" ] && [ "$i" -lt 200 ]; do
  busybox usleep 5000
  i=$((i + 1))
done
[ "$1 $2" = '-q -O' ] && [ -s "$STAGE/answers/${4#http://}" ] || exit 1
[ "$3" = - ] || exec >"$3"
exec busybox cat "$STAGE/answers/${4#http://}"
