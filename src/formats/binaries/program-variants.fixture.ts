import type { ProgramPiece } from "./programs.fixture.ts";

const revision = "0123456789abcdef0123456789abcdef01234567";
const information = (main: string, ...lines: readonly string[]) =>
  `path\tx/cmd\nmod\t${main}\th1:a=\n${lines.join("\n")}\n`;

/** Pieces of other releases, platforms and builders: pre-releases, numbers of two or four parts, letters, strings in another order or aligned. */
export const variantPieces: readonly ProgramPiece[] = [
  // Pre-releases, as each program writes them.
  ["usr/local/bin/python3.14", "\x003.14.0a7\0Python %s\n\0", "python", "3.14.0a7"],
  ["usr/local/bin/node", "\0node.js/v23.0.0-nightly20241001abcdef0123\0", "node", "23.0.0-nightly20241001abcdef0123"],
  ["bin/deno", "lts2.0.0-rc.10Deno/2.0.0-rc.10Deno/2.0.0-rc.10+abcdef0", "deno", "2.0.0-rc.10"],
  ["bin/deno", `rsdeno-canary/${revision}1.37.0-rc.1dlw`, "deno", "1.37.0-rc.1"],
  ["usr/local/bin/bun", "\0bun/0.6.0\0", "bun", "0.6.0"],
  ["usr/local/bin/ruby", "ruby 3.4.0preview1 (2024-05-16 master 9d69619623) [x86_64-linux]", "ruby", "3.4.0preview1"],
  ["usr/bin/php82", "X-Powered-By: PHP/8.2.0beta3\0", "php", "8.2.0beta3"],
  ["lib/libjulia-internal.1.11.dylib", "\0GIT_VERSION_INFO\x001.11.0-rc1\0branch\0", "julia", "1.11.0-rc1"],
  ["usr/local/go/bin/go", "\0go1.23rc2\0", "go", "1.23rc2"],
  ["erts/bin/beam.smp", "\x0027.0-rc3\0Erlang/OTP 27%s [erts-15.0]\0", "erlang", "27.0-rc3"],
  ["usr/lib/dart/bin/dart", "\x003.6.0-216.1.beta (beta) (Wed Sep 4 14:34:46 2024)\0", "dart", "3.6.0-216.1.beta"],
  ["usr/lib/dart/bin/dart", "\x002.7.2 (Mon Mar 23 22:11:27 2020 +0100)\0", "dart", "2.7.2"],
  ["opt/ghc/bin/ghc-9.12.0.20241031", "\0GHC 9.12.0.20241031\0", "ghc", "9.12.0.20241031"],
  ["usr/sbin/openvpn", "\0OpenVPN 2.7_rc1 x86_64-pc-linux-gnu [SSL]\0", "openvpn", "2.7_rc1"],
  ["usr/lib/libkrb5.so.3.3", "\0KRB5_BRAND: krb5-1.22-beta1-prerelease 1.22\0", "krb5", "1.22-beta1"],
  ["usr/lib/libkrb5.so.3.3", "\0KRB5_BRAND: krb5-1.22-final 1.22 20250805\0", "krb5", "1.22"],
  ["usr/local/bin/redis-server", "\x008.2-rc1\x008.0.0-rc1buildkitsandbox-1715866245000000000\0", "redis", "8.0.0-rc1"],
  ["usr/local/bin/redis-server", "\x007.0.8build_host-1715866245000000000\0", "redis", "7.0.8"],
  ["usr/local/bin/redis-benchmark", "\x007.2.5buildkitsandbox-1715866245000000000\0", "redis", "7.2.5"],
  ["usr/bin/mongod", "\0ServerParameterDocuments\x008.1.0-alpha2\0heap_size\0", "mongodb", "8.1.0-alpha2"],
  ["usr/sbin/mysqld", "/BUILD/mysql-8.0.4-rc/sql", "mysql", "8.0.4-rc"],
  ["usr/bin/arangosh", "\x003.12.0-rc.1 enterprise [linux]\0", "arangodb", "3.12.0-rc.1"],
  ["usr/local/bin/postgres", "\0PostgreSQL 18rc1 on aarch64-unknown-linux-musl\0", "postgresql", "18rc1"],
  ["usr/local/bin/git", "\xff\xfe\xfe\xffgit/2.46.0.rc1\0GIT_USER_AGENT\0", "git", "2.46.0.rc1"],
  ["usr/local/bin/bash", "\0@(#)Bash version 5.3.0(1) maint GNU\0", "bash", "5.3.0"],
  ["usr/local/bin/jq", "\x001.7rc1\0DEBUG:\0\x1e\0jq: error (at %s): %s\n\0", "jq", "1.7rc1"],
  ["opt/qt/lib/libQt6Core.so.6.8.0", "\0Qt 6.8.0-beta2 (x86_64)\0", "qt", "6.8.0-beta2"],
  ["usr/local/openresty/nginx/sbin/nginx", "openresty/1.27.1.1rc1\0", "openresty", "1.27.1.1rc1"],
  ["usr/bin/openssl", "\0OpenSSL 3.1.4+quic 24 Oct 2023\0", "openssl", "3.1.4"],
  ["usr/bin/openssl", "\0OpenSSL 1.1.1k  FIPS 25 Mar 2021\0", "openssl", "1.1.1k"],
  ["usr/local/bin/helm", "\0\0v2.17.0-rc.1\0\0\0\0", "helm", "2.17.0-rc.1"],
  ["usr/local/bin/kubectl", "\0\0v1.30.3+k3s1\0\0\0", "kubectl", "1.30.3+k3s1"],
  ["usr/share/grafana/bin/grafana", "\0\x0012.0.1+security-01\0\0\0", "grafana", "12.0.1+security-01"],
  ["usr/share/grafana/bin/grafana-server", "\0\x006.0.0-beta1\0\0\0", "grafana", "6.0.0-beta1"],
  ["bin/consul", "<!-- CONSUL_VERSION: 1.18.2+ent\n -->", "consul", "1.18.2+ent"],
  // Strings in another order, or with other strings between them, as linkers of other platforms lay them out.
  ["usr/local/bin/crun", "\x001.8.1\0\0\0crun\0\0\0\0%s version %s\n\0", "crun", "1.8.1"],
  ["usr/bin/crun", "\0crun\0\0\0\0%s version %s\n\0\x001.8.1\0\0\0f8a096be060b\0", "crun", "1.8.1"],
  ["usr/bin/ffmpeg", "\x009.0.2-4\0%s version %s\0gcc 16\0", "ffmpeg", "9.0.2"],
  ["usr/bin/crun", "\0VALUE\0crun 0.17\0create\0", "crun", "0.17"],
  ["usr/bin/gzip", "\0%s: %s: file size changed while zipping\n\x001.10\0\0\0", "gzip", "1.10"],
  ["usr/bin/zstd", "\x001.2.11\0zstd: %s: deflate error\0v1.4.8\0zstd command line interface\0", "zstd", "1.4.8"],
  [
    "usr/bin/zstd",
    "\0zstd command line interface\0\0Yann Collet\0v1.4.8\0\0Advanced arguments : \n\0",
    "zstd",
    "1.4.8",
  ],
  ["usr/bin/pzstd", "\x001.4.8\0PZSTD version: %s.\n\0", "zstd", "1.4.8"],
  ["usr/bin/jq", "\x001.6\0\0\0\0\0jq - commandline JSON processor [version %s]\n\0", "jq", "1.6"],
  ["usr/bin/jq", "\0help\x001.8.2\0version\0jq-%s\n\0", "jq", "1.8.2"],
  // A number of as many digits as are looked back for is passed once, not again and again.
  ["usr/bin/caddy", "\xff\x0012345.6\0\xff?2.11.4\0\0", "caddy", "2.11.4"],
  ["usr/bin/x86_64-linux-gnu-gcc-10", "\x0010.2.1 20210110\0(Debian 10.2.1-6) \0", "gcc", "10.2.1"],
  ["usr/bin/arm-linux-gnueabihf-gcc-10", "\0(Debian 10.2.1-6) \0\x0010.2.1 20210110\0<file:\0", "gcc", "10.2.1"],
  [
    "usr/lib/libsqlcipher.so.0.8.6",
    "\x003.15.2\0FTS\0fast_kdf_iter\x003.4.1\0cipher_page_size\0",
    "sqlcipher",
    "3.4.1",
  ],
  // Go up to 1.16 keeps its own version as a constant; vendors say how they built it.
  ["usr/local/go/bin/go", "fork/execfuncargs(go1.8.7gopkg.in/image/gif", "go", "1.8.7"],
  ["usr/local/go/bin/gofmt", "expectedfuncargs(go1.15.15hchanLeaf", "go", "1.15.15"],
  ["usr/local/go/bin/go", "see go1.4 or (go1.5)\0go1.22.5 X:boringcrypto\0", "go", "1.22.5"],
  ["usr/lib/golang/bin/go", "\0go1.21.3 (Red Hat 1.21.3-1.el9)\0", "go", "1.21.3"],
  // The build information: what the linker was told wins over the module, a pseudo-version says nothing.
  [
    "bin/prometheus",
    `${information("github.com/prometheus/prometheus\tv0.53.1")}\0\x002.53.1\0\0\0`,
    "prometheus",
    "2.53.1",
  ],
  [
    "usr/local/bin/traefik",
    `${information("github.com/traefik/traefik/v3\tv3.0.0-20240701120000-abcdef012345")}\0\x003.1.0-rc1\0\0`,
    "traefik",
    "3.1.0-rc1",
  ],
  [
    "usr/local/bin/etcd",
    information(
      "go.etcd.io/etcd/server/v3\t(devel)",
      "dep\tgo.etcd.io/etcd/api/v3\tv3.5.15\t",
      "=>\t../api\t(devel)\t",
    ),
    "etcd",
    "3.5.15",
  ],
  [
    "usr/bin/caddy",
    information("caddy\t(devel)", "dep\tgithub.com/caddyserver/caddy/v2\tv2.8.4\th1:a="),
    "caddy",
    "2.8.4",
  ],
  [
    "usr/bin/dockerd",
    'build\t-ldflags=" -X \\"github.com/docker/docker/dockerversion.Version=20.10.24+dfsg1\\" "\n',
    "docker",
    "20.10.24+dfsg1",
  ],
  // Strings are aligned on s390x: constants of odd length have a zero byte after them too.
  ["usr/local/bin/runc", "/sbin\x001.0.0\x0015625\0::/96\0\xff\0\0\x001.1.5\0\0\0\x01W", "runc", "1.1.5"],
  ["usr/local/bin/ctr", "/proc\x000.1.0\x000.2.0\x001.0.0\x0015625\0\0\0\0\0v1.6.20\0\0\x01", "containerd", "1.6.20"],
  // A distribution's build beside the version.
  ["usr/bin/prometheus", "\0\0\x002.24.1+ds\0\0\0\x002.24.1+ds-1+b7\0\0", "prometheus", "2.24.1+ds"],
  ["usr/sbin/runc", "\0\x001.0.0~rc93+ds1\0\0\0\x001.0.0~rc93+ds1-5\0\0", "runc", "1.0.0~rc93+ds1"],
];
