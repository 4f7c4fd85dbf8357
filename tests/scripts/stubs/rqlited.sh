# Tells how it was started, and what it found. As the placeholder it goes on until it is killed, or ends at once where a file
# says with which complaint.
role=rqlited
case $1 in -node-id=*-waiting) role=placeholder ;; esac
busybox env >"$STAGE/$role.env"
echo "$$" >"$STAGE/$role.pid"
[ ! -e "$STAGE/tmp/waiting" ] || echo 'the folder of the placeholder' >>"$STAGE/$role.finds"
[ ! -e "$STAGE/tmp/joining" ] || echo 'the mark of joining' >>"$STAGE/$role.finds"
if [ "$role" = rqlited ] && [ -e "$STAGE/placeholder.pid" ]; then
  ! kill -0 "$(busybox cat "$STAGE/placeholder.pid")" 2>/dev/null || echo 'the placeholder' >>"$STAGE/$role.finds"
fi
for argument; do echo "$argument"; done >"$STAGE/$role.part"
busybox mv "$STAGE/$role.part" "$STAGE/$role.args"
if [ "$role" = placeholder ] && [ -e "$STAGE/placeholder.complaint" ]; then
  busybox cat "$STAGE/placeholder.complaint" >&2
  exit 1
fi
[ "$role" = rqlited ] || exec busybox sleep 90
