# Sourced by `scripts/test`: where apt is and may be used, the Debian package of a Redis or Valkey server, which tests of
# shared counters start for themselves. Without one they are skipped.

if ! command -v valkey-server >/dev/null && ! command -v redis-server >/dev/null &&
  command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "Installing a Redis or Valkey server with apt" >&2
  get_server() {
    # the package would start a server of its own, which nobody needs
    for package in valkey-server redis-server; do
      DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -qq -y --no-install-recommends "$package" >/dev/null 2>&1 && return
    done
    return 1
  }
  get_server || { apt-get update -qq >&2 && get_server; } ||
    echo "weir: could not install a Redis or Valkey server; the tests that need it are skipped" >&2
fi
