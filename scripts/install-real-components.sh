#!/usr/bin/env bash
# Installs the programs that the real suites and the page tests compare with, from Debian's packages. Needs root and apt; elsewhere it says
# what is missing and the suites that need it skip.
set -u
packages="time git chromium skopeo umoci buildah podman containerd docker.io docker-registry rpm python3 libdpkg-perl sudo openssh-server util-linux auditd libcap2-bin apache2-utils xz-utils zstd pigz mmdebstrap clamav-daemon gnupg default-jdk-headless dnf createrepo-c cosign oras sqlite3 db-util pacman-package-manager ruby r-base-core r-cran-rlang erlang-base erlang-jiffy elixir libcommons-lang3-java lua5.4 memcached haproxy lighttpd nginx-light php-cli postgresql-client redis-server valkey-server mariadb-client openvpn golang-go ffmpeg kubernetes-client docker-cli gcc lynis openscap-scanner ssg-base ssg-debian systemd wtmpdb lastlog2 lz4 busybox-static systemd-journal-remote pkexec"
# The YARA engine is an optional peer that package-lock.json leaves out: it is put beside the other packages without being written down anywhere.
yara="@litko/yara-x@0.3.0"
project=$(cd "$(dirname "$0")/.." && pwd)
if [ -d "$project/node_modules" ] && [ ! -d "$project/node_modules/@litko/yara-x" ]; then
  scratch=$(mktemp -d)
  if npm install --prefix "$scratch" --no-save --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error "$yara" >/dev/null; then
    cp -R "$scratch/node_modules/@litko" "$project/node_modules/"
  else
    echo "real components: $yara cannot be installed; what needs the YARA engine will skip" >&2
  fi
  rm -rf "$scratch"
elif [ ! -d "$project/node_modules" ]; then
  echo "real components: run \"npm run install:all\" first; what needs the YARA engine will skip" >&2
fi
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
