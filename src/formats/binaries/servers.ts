import { introduced, type ProgramRule, place } from "./rule.ts";

/** OpenResty is nginx with its own version of four numbers. */
const openresty: ProgramRule = {
  name: "openresty",
  cpe: "openresty:openresty",
  files: ["nginx", "openresty"],
  shared: true,
  marks: [{ keyword: "openresty/", pattern: /^openresty\/(?<version>1(?:\.\d{1,3}){3}(?:rc\d)?)/ }],
};

/** nginx (src/core/nginx.h: `NGINX_VER`). */
const nginx: ProgramRule = {
  name: "nginx",
  cpe: "f5:nginx",
  files: ["nginx", "nginx-debug"],
  marks: [{ keyword: "nginx/", before: 1, pattern: /(?:^|[ \0])nginx\/(?<version>[01]\.\d{1,3}\.\d{1,3})(?![\d.])/ }],
};

const nginxUnit: ProgramRule = {
  name: "nginx-unit",
  cpe: "f5:nginx_unit",
  files: ["unitd"],
  marks: [introduced("Unit/")],
};

/** Apache HTTP Server (include/ap_release.h). */
const apache: ProgramRule = {
  name: "apache",
  cpe: "apache:http_server",
  files: ["httpd", "apache2"],
  marks: [{ keyword: "Apache/2.", pattern: /^Apache\/(?<version>2\.\d\.\d{1,3})(?![\d.])/ }],
};

/** HAProxy (src/version.c). */
const haproxy: ProgramRule = {
  name: "haproxy",
  cpe: "haproxy:haproxy",
  files: ["haproxy"],
  marks: [
    {
      keyword: "HA-Proxy version ",
      pattern: /^HA-Proxy version (?<version>\d\.\d{1,2}(?:\.\d{1,3})?(?:-dev\d{0,2})?)/,
    },
    {
      keyword: ", released 20",
      before: 48,
      pattern: / version (?<version>\d\.\d{1,2}(?:\.\d{1,3}|-dev\d{1,2}))[^ ,]{0,30}, released 20/,
    },
  ],
};

const lighttpd: ProgramRule = {
  name: "lighttpd",
  cpe: "lighttpd:lighttpd",
  files: ["lighttpd"],
  marks: [introduced("lighttpd/")],
};

const proftpd: ProgramRule = {
  name: "proftpd",
  cpe: "proftpd:proftpd",
  files: ["proftpd"],
  marks: [
    { keyword: "ProFTPD Version ", pattern: /^ProFTPD Version (?<version>1\.\d\.\d{1,2}(?:[a-z]|rc\d{1,2})?)[\0 ]/ },
  ],
};

/** Envoy: the same libraries have versions of their own in it, so that what stands beside a number decides. */
const envoy: ProgramRule = {
  name: "envoy",
  cpe: "envoyproxy:envoy",
  files: ["envoy"],
  marks: [
    {
      lone: /^(?<version>1\.(?:[5-9]|\d\d)\.\d{1,2}(?:-dev)?)\0/,
      contexts: [
        new RegExp(`${place}\\0{1,8}(?:\\. This configuration will be removed from Envoy|source/common/|envoy)`),
        new RegExp(`\\{\\}\\0{1,8}${place}\\0|${place}\\0{1,8}[^\\0]{0,60}\\{\\}`),
        /envoy[._/]|source\/common\//,
      ],
      reach: 640,
    },
  ],
};

const memcached: ProgramRule = {
  name: "memcached",
  cpe: "memcached:memcached",
  files: ["memcached"],
  marks: [introduced("memcached "), introduced("VERSION ")],
};

const varnish: ProgramRule = {
  name: "varnish",
  cpe: "varnish-software:varnish_cache",
  files: ["varnishd"],
  marks: [introduced("varnish-"), introduced("Varnish ")],
};

const squid: ProgramRule = {
  name: "squid",
  cpe: "squid-cache:squid",
  files: ["squid"],
  marks: [{ keyword: "squid/", pattern: /^squid\/(?<version>\d\.\d{1,2}(?:\.\d{1,2})?)(?![\d.])/ }],
};

/** OpenLDAP (`@(#) $OpenLDAP: slapd 2.6.10 (date)`). */
const openldap: ProgramRule = {
  name: "openldap",
  cpe: "openldap:openldap",
  files: ["slapd", "ldapsearch", "ldapmodify", "ldapadd", "ldappasswd", "ldapwhoami"],
  marks: [{ keyword: "$OpenLDAP: ", pattern: /^\$OpenLDAP: [a-z]{2,20} (?<version>2\.\d\.\d{1,2})(?![\d.])/ }],
};

const openssh: ProgramRule = {
  name: "openssh",
  cpe: "openbsd:openssh",
  files: ["ssh", "sshd"],
  shared: true,
  marks: [{ keyword: "OpenSSH_", pattern: /^OpenSSH_(?<version>\d{1,2}\.\d{1,2}(?:\.\d{1,2})?p\d)/ }],
};

const unbound: ProgramRule = {
  name: "unbound",
  cpe: "nlnetlabs:unbound",
  files: ["unbound"],
  marks: [introduced("unbound ")],
};

const openvpn: ProgramRule = {
  name: "openvpn",
  cpe: "openvpn:openvpn",
  files: ["openvpn"],
  marks: [
    {
      keyword: "OpenVPN ",
      pattern: /^OpenVPN (?<version>2\.\d(?:\.\d{1,2}|_(?:alpha|beta|rc)\d{1,2})) [a-z0-9_]{2,16}-/,
    },
  ],
};

const vsftpd: ProgramRule = {
  name: "vsftpd",
  cpe: "vsftpd_project:vsftpd",
  files: ["vsftpd"],
  marks: [introduced("vsftpd: version ")],
};

const fluentBit: ProgramRule = {
  name: "fluent-bit",
  cpe: "treasuredata:fluent_bit",
  files: ["fluent-bit"],
  marks: [
    {
      keyword: "Fluent Bit v%s",
      before: 48,
      pattern: /\0(?<version>\d{1,2}\.\d{1,2}\.\d{1,3})\0[^A-Za-z]{0,12}\[?[0-9m]{0,4}[^A-Za-z]{0,4}%?s?Fluent Bit v%s/,
    },
    { lone: /^(?<version>\d{1,2}\.\d{1,2}\.\d{1,3})\0/, contexts: [/Fluent Bit|fluentbit\.io/], reach: 200 },
  ],
};

const krb5: ProgramRule = {
  name: "krb5",
  cpe: "mit:kerberos_5",
  pattern: /^libkrb5\.so(?:\.\d[\d.]{0,8})?$/,
  marks: [
    {
      keyword: "KRB5_BRAND: krb5-",
      pattern: /^KRB5_BRAND: krb5-(?<version>1\.\d{1,2}(?:\.\d{1,2})?(?:-(?:alpha|beta)\d)?)(?=-|\s)/,
    },
  ],
};

/** Servers and what they consist of. */
export const servers: readonly ProgramRule[] = [
  openresty,
  nginx,
  nginxUnit,
  apache,
  haproxy,
  lighttpd,
  proftpd,
  envoy,
  memcached,
  varnish,
  squid,
  openldap,
  openssh,
  unbound,
  openvpn,
  vsftpd,
  fluentBit,
  krb5,
];
