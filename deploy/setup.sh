#!/usr/bin/env bash
# Installs the Debian packages that a door needs, and only those that are missing.
#   deploy/setup.sh demo|cluster|test|check
# As root it installs; otherwise it tries `sudo -n`, and if that is not allowed it
# prints the one line to run by hand.
set -euo pipefail

have() { command -v "$1" >/dev/null 2>&1; }
have_postgres() { have initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }

missing=()
need() { "$1" "$2" || missing+=("$3"); } # test, its argument, package

have_postgres || missing+=(postgresql)
if [ "${1:-demo}" = cluster ]; then
  need have redis-server redis-server
fi
if [ "${1:-demo}" = test ]; then
  need have pg_dump postgresql-client
  need have pgrep procps
  need have redis-server redis-server
  need have sipp sip-tester
  need have baresip baresip
  need have chromium chromium
  [ -e /usr/share/fonts/truetype/wqy/wqy-microhei.ttc ] || missing+=(fonts-wqy-microhei)
fi

if [ "${1:-demo}" = check ]; then # the race detector links with C
  need have gcc gcc
  [ -e /usr/include/stdlib.h ] || missing+=(libc6-dev)
fi

for tool in go node npm; do
  have "$tool" || { echo "Ringback is built with Go 1.26 and Node 20: '$tool' is not on the PATH." >&2; exit 1; }
done
[ ${#missing[@]} -eq 0 ] && exit 0

line="apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if have sudo && sudo -n true 2>/dev/null; then as_root=(sudo -n)
  else
    echo "These packages are missing: ${missing[*]}" >&2
    echo "Run this once, then try again:" >&2
    echo "  sudo sh -c '$line'" >&2
    exit 1
  fi
fi

echo "Installing ${missing[*]} …"
export DEBIAN_FRONTEND=noninteractive
# Ringback runs a private cluster of its own: Debian need not create one.
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
  "${as_root[@]}" mkdir -p /etc/postgresql-common
  echo 'create_main_cluster = false' | "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
# No service is started by the installation: redis-server is only run by us.
policy=/usr/sbin/policy-rc.d
made_policy=
if [ ! -e $policy ]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null
  "${as_root[@]}" chmod +x $policy
  made_policy=1
fi
finish() { [ -z "$made_policy" ] || "${as_root[@]}" rm -f $policy; }
trap finish EXIT
log=$(mktemp)
if ! { "${as_root[@]}" apt-get update && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
     -o Dpkg::Options::=--force-confold -o DPkg::Lock::Timeout=120 "${missing[@]}"; } >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  echo "The installation did not work. Run by hand, as root: $line" >&2
  exit 1
fi
