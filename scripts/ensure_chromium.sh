#!/usr/bin/env bash
# Browser tests use Debian's Chromium. Installs it where that is allowed; otherwise says so, and
# the tests that need it are skipped with the same words.
set -u
[ -x /usr/bin/chromium ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Debian's chromium for the browser tests"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-liberation >/dev/null && exit 0
fi
echo "chromium is missing, so the browser tests will be skipped. To run them: sudo apt-get install chromium" >&2
exit 0
