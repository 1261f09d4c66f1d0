#!/bin/sh
# Installs what the real servers of the tests need and Python packages cannot bring. Says what it could not do and goes
# on: a missing server skips its tests with the reason.
#
#   sh tests/peers/install.sh [PYTHON]
set -u
cd "$(dirname "$0")/../.."
python=${1:-.venv/bin/python}
packages="wordpress wordpress-theme-twentytwentythree php-cli php-mysql php-gd php-curl php-xml php-mbstring php-getid3
  mariadb-server mariadb-client redis-server g++ make"

lacking=""
for package in $packages; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || lacking="$lacking $package"
done

if [ -n "$lacking" ]; then
    if ! command -v apt-get >/dev/null; then
        echo "No apt here. Install these another way, for WordPress and the public view of Bluesky:$lacking"
    elif [ "$(id -u)" = 0 ]; then
        # Nothing is to start by itself: the tests start their own servers on ports of their own.
        policy=/usr/sbin/policy-rc.d
        [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && trap 'rm -f "$policy"' EXIT; }
        apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $lacking ||
            echo "Some packages could not be installed:$lacking"
    else
        echo "Not root, so not installed. As root: apt-get install --no-install-recommends$lacking"
    fi
fi

# The Node packages go into the cache of this user; better-sqlite3 among them is compiled, which takes a minute or two.
"$python" -m tests.peers.node || echo "The Node packages could not be installed."
