#!/usr/bin/env bash
# Installs the programs that the real suites and the page tests compare with, from Debian's packages. Needs root and apt; elsewhere it says
# what is missing and the suites that need it skip.
set -u
packages="time chromium skopeo umoci buildah podman containerd docker.io docker-registry rpm apk-tools python3 libdpkg-perl sudo openssh-server util-linux auditd libcap2-bin apache2-utils xz-utils zstd pigz mmdebstrap"
if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
  echo "real components: apt-get and root are needed to install: $packages" >&2
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
missing=""
for package in $packages; do dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"; done
[ -z "$missing" ] && exit 0
apt-get update -qq || echo "real components: apt-get update failed; trying with the lists at hand" >&2
# One by one where all together fail: a package that this release lacks must not keep the others away.
# shellcheck disable=SC2086
apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1 || for package in $missing; do
  apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1 || echo "real components: $package cannot be installed; its suites will skip" >&2
done
