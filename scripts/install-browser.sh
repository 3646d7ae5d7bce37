#!/bin/sh
# Gets the browser in which the tests of pages run, where they find none: Chromium of the system, by apt on Debian and its relatives.
set -eu
for browser in ${COLOPHON_CHROMIUM:+"$COLOPHON_CHROMIUM"} chromium chromium-browser google-chrome; do
  if command -v "$browser" >/dev/null 2>&1; then
    echo "$(command -v "$browser") is here: the tests use it"
    exit 0
  fi
done
if ! command -v apt-get >/dev/null 2>&1; then
  echo "no apt-get here: install Chromium as this system does, or name one in COLOPHON_CHROMIUM" >&2
  exit 1
fi
as_root=
if [ "$(id -u)" -ne 0 ]; then as_root=sudo; fi
$as_root apt-get update
$as_root apt-get install --yes --no-install-recommends chromium
