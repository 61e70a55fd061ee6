#!/bin/sh
# Fills in nginx.conf.template from the environment and becomes Nginx. Needs a writable RUN_DIR and nothing else, so
# that the image runs as any user on a read-only root.
set -euf

# Names are resolved while running, so that Nginx starts before what it points at, and follows it to new addresses.
# Nginx asks the first server of resolv.conf, knows no search list, and wants IPv6 in brackets. It asks for addresses of
# IPv6 where the container has one. A link-local address of IPv4 is a way out of a network that has IPv6 only.
ipv4=0 ipv6=0
for address in $(hostname -I); do
  case $address in 169.254.*) ;; *:*) ipv6=1 ;; *) ipv4=1 ;; esac
done
nameserver=$(awk '/^nameserver/ {print $2; exit}' /etc/resolv.conf)
case $nameserver in *:*) nameserver="[$nameserver]" ;; esac
cluster_domain=$(awk '/^search/ {for (i = 2; i <= NF; i++) if ($i ~ /\.svc\./) {print "." $i; exit}}' /etc/resolv.conf)
if [ "$ipv6" = 1 ]; then families=''; else families=' ipv6=off'; fi
export RESOLVER="resolver $nameserver valid=1s$families;"
export KEEPALIVE_MIN_TIMEOUT='keepalive_min_timeout 5s;'

# Listed twice: one name may stand for one address of a balancer, and a GET that fails shall have a second try. So each
# of the two gets half of what one address may have to do at once; 0 is no limit. Where a name has addresses of both families,
# each gets half of that. Nobody is avoided after a failure (max_fails=0): behind a balancer the next try meets another pod,
# and a pod that is gone leaves the name within a second.
shares=$((ipv4 + ipv6 > 1 ? 4 : 2))
servers() {
  name=${1%:*}
  case $name in *.* | \[*) ;; *) name=$name$cluster_domain ;; esac
  server="server $name:${1##*:} resolve max_conns=$((($2 + shares - 1) / shares)) max_fails=0;"
  echo "$server $server"
}
at_once="${REQUESTS_AT_ONCE:-128}"
AUTH_SERVERS=$(servers "${AUTH_SERVICE:-auth-service:3000}" "$at_once")
PRODUCT_SERVERS=$(servers "${PRODUCT_SERVICE:-product-service:3000}" "$at_once")
ORDER_SERVERS=$(servers "${ORDER_SERVICE:-order-service:3000}" "$at_once")
ORDER_STREAM_SERVERS=$(servers "${ORDER_SERVICE:-order-service:3000}" 0)
export AUTH_SERVERS PRODUCT_SERVERS ORDER_SERVERS ORDER_STREAM_SERVERS

# Networks, names and origins become directives; anything else could become other directives.
checked() {
  for word in $2; do
    case $word in *[!$3]*) echo "$1 holds $word: write them as docs/operations.md shows." >&2; exit 1 ;; esac
  done
}
PUBLIC_HOSTS=$(echo "${PUBLIC_HOSTS:-}" | tr ',' ' ')
CORS_ORIGINS=$(echo "${CORS_ORIGINS:-}" | tr ',' ' ')
TRUSTED_PROXIES=$(echo "${TRUSTED_PROXIES:-}" | tr ',' ' ')
checked TRUSTED_PROXIES "$TRUSTED_PROXIES" 'A-Fa-f0-9.:/'
checked PUBLIC_HOSTS "$PUBLIC_HOSTS" '][a-z0-9.:-'
checked CORS_ORIGINS "$CORS_ORIGINS" '][a-z0-9.:/-'
for host in $PUBLIC_HOSTS; do
  address=${host#\[} address=${address%\]}
  case $host in
    \[*\]) case $address in *[!a-f0-9:]*) ;; *) continue ;; esac ;;
    *[]:[]*) ;;
    *) continue ;;
  esac
  echo "PUBLIC_HOSTS holds $host: a host is a name or an address, one of IPv6 in brackets, without a port." >&2
  exit 1
done
for origin in $CORS_ORIGINS; do
  case $origin in
    http://*/* | https://*/*) ;;
    http://?* | https://?*) continue ;;
  esac
  echo "CORS_ORIGINS holds $origin: an origin is http:// or https://, a host and perhaps a port, without a slash behind." >&2
  exit 1
done
OTHER_HOSTS='""' VARY_BY_ORIGIN=
if [ -n "$PUBLIC_HOSTS" ]; then OTHER_HOSTS=yes; fi
if [ -n "$CORS_ORIGINS" ]; then VARY_BY_ORIGIN=Origin; fi
PUBLIC_HOSTS=$(for host in $PUBLIC_HOSTS; do echo "\"$host\" \"\";"; done)
CORS_ORIGINS=$(for origin in $CORS_ORIGINS; do echo "\"$origin\" \"$origin\";"; done)
export PUBLIC_HOSTS OTHER_HOSTS CORS_ORIGINS VARY_BY_ORIGIN

# TLS is on when there is a certificate; an empty file, such as the /dev/null that Compose mounts, is none. A file that is
# not there is a mistake: passwords would travel in clear, and nobody would know.
certificate="${TLS_CERTIFICATE_FILE:-}" key="${TLS_KEY_FILE:-}" speaks='' TLS=''
if [ -n "$certificate" ] && { [ -s "$certificate" ] || ! [ -e "$certificate" ]; }; then
  if ! [ -r "$certificate" ] || ! [ -r "$key" ]; then
    echo "TLS_CERTIFICATE_FILE and TLS_KEY_FILE must name files that user $(id -u) may read." >&2
    exit 1
  fi
  speaks='ssl ' TLS="http2 on; ssl_certificate \"$certificate\"; ssl_certificate_key \"$key\";"
fi
export TLS

# Both families, each with a listener of its own: a client of IPv4 keeps its dotted address in limits, headers and log. Where the
# kernel has no IPv6, a listener of it would keep Nginx from starting.
has_ipv6=''
if grep -qs . /proc/net/if_inet6; then has_ipv6=yes; else echo 'IPv6 is off here; Nginx listens on IPv4 only.' >&2; fi
listen() {
  echo "listen $1 $2;"
  case $1 in *[!0-9]*) ;; *) if [ -n "$has_ipv6" ]; then echo "listen [::]:$1 $2;"; fi ;; esac
}
LISTEN=$(listen "${LISTEN:-8080}" "${speaks}default_server backlog=4096")
PROBE_LISTEN=$(listen "${PROBE_LISTEN:-8081}" default_server)
export LISTEN PROBE_LISTEN

TRUSTED_PROXIES=$(for network in $TRUSTED_PROXIES; do echo "set_real_ip_from $network;"; done)
export TRUSTED_PROXIES
export RUN_DIR="${RUN_DIR:-/tmp}" SITE_DIR="${SITE_DIR:-/usr/share/nginx/site}"
export WORKER_PROCESSES="${WORKER_PROCESSES:-2}"
export REQUESTS_PER_SECOND="${REQUESTS_PER_SECOND:-100}" CONNECTIONS_PER_ADDRESS="${CONNECTIONS_PER_ADDRESS:-200}"
export PROXY_READ_TIMEOUT="${PROXY_READ_TIMEOUT:-15s}" CLIENT_TIMEOUT="${CLIENT_TIMEOUT:-10s}"
export ACCESS_LOG="${ACCESS_LOG:-/dev/stdout}" ERROR_LOG="${ERROR_LOG:-stderr}"

# Only the names of the template: what Nginx itself writes with a dollar sign stays.
template=/etc/nginx/tradepost.conf.template
names=$(grep -o '\${[A-Z_]*}' "$template" | sort -u | tr '\n' ' ')
envsubst "$names" <"$template" >"$RUN_DIR/nginx.conf"

# Whoever renews the certificate writes new files in place of the old ones; Nginx reads them when it is told to (HUP).
follow_certificate() {
  known=$(cksum "$certificate" "$key")
  while sleep 30; do
    now=$(cksum "$certificate" "$key") || continue
    if [ "$now" != "$known" ]; then kill -HUP "$1" && known=$now; fi
  done
}
if [ -n "$TLS" ]; then follow_certificate $$ & fi
exec nginx -c "$RUN_DIR/nginx.conf" -e stderr -g 'daemon off;'
