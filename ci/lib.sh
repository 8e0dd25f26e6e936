# shellcheck shell=bash
# Sourced by ci/demo, ci/test and the other commands here: the way to the top of the tree, and what a fresh Debian 12 lacks.
set -eu -o pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# What was compiled in another clone serves here, too.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

say() { printf '\n== %s\n' "$*"; }

# need PACKAGE...: installs what is missing, by sudo if need be. No packaged daemon is started.
need() {
  local missing=()
  for p in "$@"; do dpkg-query -W -f='${db:Status-Abbrev}' "$p" 2> /dev/null | grep -q '^ii' || missing+=("$p"); done
  [ ${#missing[@]} = 0 ] && return 0
  say "installing ${missing[*]}"
  local sudo=
  [ "$(id -u)" = 0 ] || sudo=sudo
  local quiet=(-qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300)
  # One at a time, for steps may run side by side: until what is installed is there, and the guard gone.
  exec 8> "/tmp/mailspec-apt-install.$(id -u).lock"
  flock 8
  local guard=/usr/sbin/policy-rc.d made=
  if [ ! -e $guard ]; then printf '#!/bin/sh\nexit 101\n' | $sudo tee $guard > /dev/null; $sudo chmod 755 $guard; made=1; fi
  local failed=0
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get "${quiet[@]}" install -y --no-install-recommends "${missing[@]}" > /dev/null 2>&1 || {
    $sudo apt-get "${quiet[@]}" update
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get "${quiet[@]}" install -y --no-install-recommends "${missing[@]}" > /dev/null
  } || failed=1
  [ -z "$made" ] || $sudo rm -f $guard
  exec 8>&-
  [ $failed = 0 ] || { echo "could not install: ${missing[*]}" >&2; exit 1; }
}

# What every build needs. Boost 1.81 by name: libboost-dev would bring 1.74.
need_build() {
  need clang-19 lld-19 ccache cmake ninja-build pkg-config libboost1.81-dev libboost-json1.81-dev libssl-dev libidn-dev libutf8proc-dev libcli11-dev libtomlplusplus-dev
}

# build PRESET [TARGET...]
build() {
  local preset=$1; shift
  local log=build/$preset.log
  mkdir -p build
  # One at a time in each folder: `ci/fuzz` may run in two terminals.
  exec 7> "build/$preset.lock"
  flock 7
  cmake --preset "$preset" > "$log" 2>&1 || { cat "$log"; exit 1; }
  cmake --build --preset "$preset" ${1:+--target "$@"} > "$log" 2>&1 || { grep -E 'error|warning|FAILED' -A4 "$log" | head -80; exit 1; }
  exec 7>&-
}

# What a step costs: the CPU time of this shell and of all that it has waited for, in hundredths of a second. What a server that has left the
# session takes is not in it. The answer is in REPLY.
cpu_time() {
  local stat
  read -r -a stat < /proc/$$/stat
  REPLY=$(((stat[13] + stat[14] + stat[15] + stat[16]) * 100 / $(getconf CLK_TCK)))
}

# budgets: the names and CPU seconds of the table in ci/README.md.
budgets() { sed -n 's/^| `\([a-z0-9-]*\)` | .* | \([0-9]*\) |$/\1 \2/p' ci/README.md; }

# step NAME TITLE COMMAND...: runs it, and says what it took of its budget. Twice the budget is too much; `within_budgets` says so in the end.
overrun=()
step() {
  local name=$1 due before used
  due=$(budgets | sed -n "s/^$name //p")
  [ -n "$due" ] || { echo "step $name has no budget in ci/README.md" >&2; exit 2; }
  printf '\n== %s: %s\n' "$name" "$2"
  cpu_time; before=$REPLY
  "${@:3}"
  cpu_time; used=$(((REPLY - before + 50) / 100))
  printf '   %s: %d of %d CPU s, %d s so far\n' "$name" $used "$due" $SECONDS
  [ $used -lt $((2 * due)) ] || overrun+=("$name took $used CPU s, twice its budget of $due or more")
}
within_budgets() {
  [ ${#overrun[@]} = 0 ] || { printf '%s\n' "${overrun[@]}" "make it cheaper, or give it another budget in ci/README.md, with the reason in the commit" >&2; return 1; }
}

# quiet NAME COMMAND...: what it says last, or all of it if it fails.
quiet() {
  local log=build/$1.log status=0
  "${@:2}" > "$log" 2>&1 || status=$?
  if [ $status = 0 ]; then tail -n 1 "$log"; else cat "$log"; fi
  return $status
}
