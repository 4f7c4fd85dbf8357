# Tells the command its limit; lets it run.
LIMIT=$1
export LIMIT
shift
exec "$@"
