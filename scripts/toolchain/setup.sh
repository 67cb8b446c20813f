# Sourced by `scripts/start` and `scripts/test` in the repository's root. Needs Node.js with npm. Puts the pinned Bun on
# the PATH, from npm into `.tools` unless it is installed already, and the dependencies of the lockfile in place.

fail() {
  echo "weir: $1" >&2
  exit 1
}

pin=$(sed -n 's/.*"bun": "\([^"]*\)".*/\1/p' scripts/toolchain/package.json)
tools=$PWD/.tools/bun-$pin

if [ "$(bun --version 2>/dev/null)" != "$pin" ]; then
  if [ "$("$tools/bin/bun" --version 2>/dev/null)" != "$pin" ]; then
    command -v npm >/dev/null || fail "Cannot install Bun $pin: npm is not on the PATH, install Node.js with npm first"
    echo "Installing Bun $pin from npm into .tools" >&2
    mkdir -p "$tools/bin"
    cp scripts/toolchain/package.json scripts/toolchain/package-lock.json "$tools/"
    # No install scripts: they would fetch a binary from elsewhere; the one for this machine is a package of its own.
    (cd "$tools" && npm ci --ignore-scripts --no-audit --no-fund >&2) || fail "Cannot install Bun $pin: npm failed"
    for candidate in "$tools"/node_modules/@oven/bun-*/bin/bun; do
      [ "$("$candidate" --version 2>/dev/null)" = "$pin" ] || continue
      ln -sf "$candidate" "$tools/bin/bun"
      ln -sf "$candidate" "$tools/bin/bunx"
      break
    done
    [ -e "$tools/bin/bun" ] || fail "Cannot install Bun $pin: npm has no build of it that runs on this machine"
  fi
  PATH=$tools/bin:$PATH
  export PATH
fi

bun install --frozen-lockfile >&2 || fail "Cannot install the dependencies of bun.lock"
