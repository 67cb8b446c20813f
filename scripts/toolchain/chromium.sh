# Sourced by `scripts/test`: where apt is and may be used, Debian's Chromium, which tests of the console drive. Without
# one they are skipped.

if ! command -v chromium >/dev/null && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "Installing Chromium with apt" >&2
  get_chromium() {
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium >/dev/null 2>&1
  }
  get_chromium || { apt-get update -qq >&2 && get_chromium; } ||
    echo "weir: could not install Chromium; the tests of the console in a browser are skipped" >&2
fi
