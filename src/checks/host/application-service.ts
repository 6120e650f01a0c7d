import { defineCheck, failEach, unknown } from "../../core/check.ts";
import { services } from "../../facts/host/services.ts";
import { shellWord } from "./shell.ts";

/** Units of servers that belong into containers. */
const applications =
  /^(nginx|apache2|httpd|haproxy|caddy|lighttpd|traefik|envoy|varnish|squid|mysqld?|mariadb|postgresql(@.*)?|mongod|redis(-server)?|memcached|rabbitmq-server|kafka|zookeeper|elasticsearch|opensearch|tomcat\d*|php.*-fpm|named|bind9|dovecot|postfix|exim4|sendmail|smbd|nmbd|nfs-server|slapd|jenkins|gitlab-runsvdir|grafana-server|prometheus|influxdb|cassandra|couchdb|neo4j|minio|vsftpd|proftpd|tftpd-hpa|asterisk|uwsgi|gunicorn|supervisor|nodejs|dnsmasq)\.service$/;

export default defineCheck({
  title: "Application server installed as a service of the host",
  severity: "high",
  clauses: ["4.5.2-b", "4.5.1-c", "4.5.3-f"],
  why: "Servers belong into containers: on the host they share the kernel with them and bring dependencies of their own.",
  fix: "Stop and mask the service, remove its package, and run it in a container.",
  needs: { services },
  references: ["CIS Red Hat Enterprise Linux 9 2.0.0 2.1", "CIS Debian Linux 12 1.1.0 2.1"],
  evaluate({ services: { manager, units } }) {
    if (manager !== "systemd") return unknown("the host's services are not systemd's", "only systemd's units are read");
    const items = units
      .filter((unit) => applications.test(unit.name) && !unit.masked && (unit.enabled || unit.running === true))
      .map((unit) => ({
        at: unit.file || unit.name,
        found: `${unit.name} ${unit.running ? "runs" : "is enabled"}`,
        expected: "in a container, or absent",
        key: unit.name,
        severity: unit.running ? ("high" as const) : ("medium" as const),
        fix: `systemctl disable --now ${shellWord(unit.name)} && systemctl mask ${shellWord(unit.name)}`,
      }));
    return failEach(items, { at: "systemd", found: `${units.length} units, none an application server in use` });
  },
  examples: {
    pass: [
      {
        services: {
          manager: "systemd",
          units: [{ name: "ssh.service", enabled: true, masked: false, file: "/usr/lib/systemd/system/ssh.service" }],
        },
      },
    ],
    fail: [
      {
        services: {
          manager: "systemd",
          units: [
            {
              name: "nginx.service",
              enabled: true,
              masked: false,
              running: true,
              file: "/usr/lib/systemd/system/nginx.service",
            },
          ],
        },
      },
    ],
    unknown: [{ services: { manager: "other", units: [] } }],
  },
});
