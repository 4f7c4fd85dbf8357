# The pod's full name, as the kubelet writes it into /etc/hosts.
[ "$*" = -f ] && cat "$STAGE/fqdn"
