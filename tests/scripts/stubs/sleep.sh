# Time passes: what the test wrote down for this round comes true. After the last one, the pod is told to stop.
echo "sleep $*" >>"$STAGE/log"
echo >>"$STAGE/slept"
round=$(busybox wc -l <"$STAGE/slept")
if [ "$round" -gt "$(busybox cat "$STAGE/rounds")" ]; then
  kill -s "$(busybox cat "$STAGE/signal")" "$PPID"
elif [ -d "$STAGE/round/$round" ]; then
  busybox cp -R "$STAGE/round/$round/." "$STAGE/"
fi
