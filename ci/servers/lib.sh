# shellcheck shell=bash
# Sourced by ci/servers/*/{start,stop,reset}: private instances of packaged servers, on loopback and free ports.
# Every script takes one argument, DIR: the folder for all that the instance writes. Nothing outside it is changed; servers with
# compiled-in paths see bind mounts in a mount namespace of their own.
set -eu -o pipefail
export DEBIAN_FRONTEND=noninteractive LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 022

HERE=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
POOL="mbox1 mbox2 mbox3 mbox4"     # the suite's accounts
PASSWORD=suite-secret
LOCKOUT=mallory                    # for wrong passwords only
SPACED=spacey                      # has a password with spaces
SPACED_PASSWORD="a secret with spaces"
# shellcheck disable=SC2034  # used by the scripts that source this file
ODD=quentin                        # has a password with a quote, a backslash and a blank
# shellcheck disable=SC2034
ODD_PASSWORD='a "quoted\ secret'

die() { echo "${HERE##*/}: $*" >&2; exit 1; }
[ $# = 1 ] || die "usage: ${0##*/} DIR"
[ "$(id -u)" = 0 ] || die "must run as root (it makes a private server; nothing of the machine is changed)"
mkdir -p "$1"
DIR=$(cd "$1" && pwd -P)
mkdir -p "$DIR/log"
chmod 755 "$DIR"

# apt ARGUMENT...: apt-get, one at a time, for servers may be started side by side.
apt() { flock "/tmp/mailspec-apt.$(id -u).lock" apt-get -qq "$@" >> "$DIR/log/apt.log" 2>&1; }

# install PACKAGE...: what is missing, without starting any service.
install() {
  local missing=()
  for p in "$@"; do dpkg-query -W -f='${db:Status-Abbrev}' "$p" 2>/dev/null | grep -q '^ii' || missing+=("$p"); done
  [ ${#missing[@]} = 0 ] && return 0
  exec 8> "/tmp/mailspec-apt-install.$(id -u).lock"
  flock 8  # until what is installed is there, and the guard gone
  local guard=/usr/sbin/policy-rc.d made=
  if [ ! -e $guard ]; then printf '#!/bin/sh\nexit 101\n' > $guard; chmod 755 $guard; made=1; fi
  local done=0
  apt install -y --no-install-recommends "${missing[@]}" || { apt update; apt install -y --no-install-recommends "${missing[@]}"; } || done=1
  [ -z "$made" ] || rm -f $guard
  exec 8>&-
  [ $done = 0 ] || { tail -n 5 "$DIR/log/apt.log" >&2; die "apt-get install ${missing[*]} failed"; }
}

# unpack PACKAGE...: below DIR/root, not installed: Debian's mail servers conflict with one another.
unpack() {
  [ -e "$DIR/root/.done" ] && return 0
  mkdir -p "$DIR/root" "$DIR/debs"
  (cd "$DIR/debs" && chmod 777 . && { apt download "$@" || { apt update; apt download "$@"; }; }) ||
    { tail -n 5 "$DIR/log/apt.log" >&2; die "apt-get download $* failed"; }
  for deb in "$DIR"/debs/*.deb; do dpkg -x "$deb" "$DIR/root"; done
  touch "$DIR/root/.done"
}

# A port nobody listens on.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))  # below those that clients are given (ip_local_port_range)
    case " ${TAKEN:-} " in *" $port "*) continue ;; esac
    (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null || break
  done
  TAKEN="${TAKEN:-} $port"
  REPLY=$port
}

certificate() {
  [ -s "$DIR/tls/both.pem" ] && return 0
  mkdir -p "$DIR/tls"
  openssl req -x509 -newkey rsa:2048 -sha256 -nodes -days 365 -subj /CN=localhost -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' \
    -keyout "$DIR/tls/key.pem" -out "$DIR/tls/cert.pem" >> "$DIR/log/openssl.log" 2>&1
  cat "$DIR/tls/key.pem" "$DIR/tls/cert.pem" > "$DIR/tls/both.pem"
  chmod 644 "$DIR"/tls/*.pem   # a throw-away key; servers read it as several users
}

# spawn NAME COMMAND...: in a session of its own, noted by process id and start time, so that stop ends it and nobody else.
started_at() { sed 's/.*) //' "/proc/$1/stat" 2> /dev/null | cut -d' ' -f20; }
spawn() {
  local name=$1; shift
  setsid "$@" < /dev/null >> "$DIR/log/$name.log" 2>&1 &
  echo "$! $(started_at $!)" > "$DIR/$name.pid"
}
running() { local pid at; [ -s "$DIR/$1.pid" ] && read -r pid at < "$DIR/$1.pid" && [ "$(started_at "$pid")" = "$at" ]; }

# stop_all: every process that spawn has started, with all of its session.
stop_all() {
  local file pid at
  for file in "$DIR"/*.pid; do
    [ -s "$file" ] || continue
    read -r pid at < "$file"
    if [ "$(started_at "$pid")" = "$at" ]; then
      kill -TERM -- "-$pid" 2> /dev/null || true
      for _ in $(seq 50); do pgrep -s "$pid" > /dev/null || break; sleep 0.1; done
      pkill -KILL -s "$pid" 2> /dev/null || true
    fi
    rm -f "$file"
  done
}

# wait_for PORT: until something answers there.
wait_for() {
  for _ in $(seq 100); do
    (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null && return 0
    sleep 0.1
  done
  tail -n 5 "$DIR"/log/*.log >&2
  die "port $1 does not answer; see $DIR/log"
}

# target KEY=VALUE...: DIR/target.toml from the server's template, @KEY@ filled in; prints its path.
target() {
  local script=(-e "s|@DIR@|$DIR|g" -e "s|@VERSION@|$(cut -d' ' -f1 "$DIR/version")|g")
  for pair in "$@"; do script+=(-e "s|@${pair%%=*}@|${pair#*=}|g"); done
  sed "${script[@]}" "$HERE/target.toml" > "$DIR/target.toml"
  echo "$DIR/target.toml"
}

# Accounts of the system for a server that wants them, seen only in its own mount namespace. EXTRA is name:uid:home.
private_accounts() {
  mkdir -p "$DIR/ns"
  cp /etc/passwd /etc/group "$DIR/ns/"; cp /etc/shadow "$DIR/ns/shadow"
  local uid=61001 user password
  # The machine's own accounts of these names are not there.
  for user in $POOL $LOCKOUT "$SPACED"; do sed -i "/^$user:/d" "$DIR/ns/passwd" "$DIR/ns/group" "$DIR/ns/shadow"; done
  for user in $POOL $LOCKOUT "$SPACED"; do
    password=$PASSWORD; [ "$user" = "$SPACED" ] && password=$SPACED_PASSWORD
    echo "$user:x:$uid:$uid::/nonexistent:/bin/sh" >> "$DIR/ns/passwd"
    echo "$user:x:$uid:" >> "$DIR/ns/group"
    echo "$user:$(openssl passwd -6 "$password"):19000:0:99999:7:::" >> "$DIR/ns/shadow"
    uid=$((uid + 1))
  done
  local extra
  for extra in "$@"; do
    IFS=: read -r user uid home <<< "$extra"
    echo "$user:x:$uid:$uid::$home:/usr/sbin/nologin" >> "$DIR/ns/passwd"
    echo "$user:x:$uid:" >> "$DIR/ns/group"
  done
  chmod 644 "$DIR/ns/passwd" "$DIR/ns/group"; chmod 640 "$DIR/ns/shadow"; chown root:shadow "$DIR/ns/shadow"
}
uid_of() { grep "^$1:" "$DIR/ns/passwd" | cut -d: -f3; }

# inside "SRC DST" ... -- COMMAND...: with SRC mounted over DST, in a mount namespace of its own.
inside() {
  local commands='mount --make-rprivate /'$'\n' src dst
  while [ "$1" != -- ]; do
    read -r src dst <<< "$1"; shift
    [ -e "$dst" ] || { if [ -d "$src" ]; then mkdir -p "$dst"; else mkdir -p "${dst%/*}"; : > "$dst"; fi; }
    commands+="mount --bind $src $dst"$'\n'
  done
  shift
  exec unshare -m --propagation private bash -c "set -e; $commands"'exec "$@"' inside "$@"
}
