# Sourced by `scripts/test`: where Python is, an environment with the client packages that the tests drive Weir with.
# A failure is not the end: the tests that need it say so, and under WEIR_REQUIRE=1 fail.

wanted=test/clients/requirements.txt
python=.tools/python

if command -v python3 >/dev/null && ! cmp -s "$wanted" "$python/installed.txt"; then
  echo "Installing the Python client packages into $python" >&2
  rm -rf "$python"
  python3 -m venv "$python" >&2 &&
    "$python/bin/pip" install --quiet --disable-pip-version-check --requirement "$wanted" >&2 &&
    cp "$wanted" "$python/installed.txt" ||
    echo "weir: could not install $wanted; the tests that need it will say so" >&2
fi
