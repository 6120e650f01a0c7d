import { logging } from "../../facts/host/logging.ts";
import { lastSetting, parseUnitFile } from "../../formats/host/unit-file.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";
import { processTable } from "./process-table.ts";

const writers = ["systemd-journal", "systemd-journald", "rsyslogd", "syslog-ng"];
const agents =
  /^(fluent-bit|fluentd|td-agent|vector|promtail|alloy|otelcol.*|filebeat|auditbeat|journalbeat|splunkd|nxlog|logstash|systemd-journal-upload|systemd-journal-u|amazon-cloudwatch.*|google-fluentd|google_fluentd|datadog-agent)$/;
const clocks = /^(chronyd|ntpd|systemd-timesyn.*|systemd-timesyncd|openntpd|ptp4l|phc2sys)$/;

export default defineHostCollector<typeof logging.schema>({
  reads: "host",
  provides: logging,
  async *collect(root) {
    const table = await processTable(root);
    const processes = "processes" in table ? table.processes : undefined;
    const names = new Set(processes?.map((process) => process.name));
    const journal = await journalSettings(root);
    const clock = await clockSettings(root);
    const value = {
      journalStorage: journal.storage,
      journalFolder: await root.exists("/var/log/journal"),
      forwardsToSyslog: journal.forwards,
      writers: processes && writers.filter((name) => names.has(name)),
      authenticationLogs: await authenticationLogs(root),
      // An agent in a container of the host reads its logs as well.
      forwarding: [
        ...(await forwardingRules(root)),
        ...[...names].filter((name) => agents.test(name)).map((name) => `process ${name}`),
      ].sort(),
      clockPrograms: [...names].filter((name) => clocks.test(name)).sort(),
      clockServers: clock.servers,
      clockAuthenticated: clock.authenticated,
    };
    yield { subject: root.subject, source: "/etc/systemd/journald.conf, /etc/rsyslog.conf, /var/log, /proc", value };
  },
});

async function filesOf(root: HostRoot, main: string, folder: string, ending: string): Promise<string[]> {
  const listed = await root.list(folder);
  const names = "names" in listed ? listed.names.filter((name) => name.endsWith(ending)) : [];
  return [main, ...names.map((name) => `${folder}/${name}`)];
}

async function journalSettings(
  root: HostRoot,
): Promise<{ storage: string | undefined; forwards: boolean | undefined }> {
  const settings = [];
  let found = false;
  for (const base of ["/usr/lib/systemd", "/etc/systemd"]) {
    for (const file of await filesOf(root, `${base}/journald.conf`, `${base}/journald.conf.d`, ".conf")) {
      const text = await root.text(file);
      if (text === undefined) continue;
      found = true;
      settings.push(...parseUnitFile(text));
    }
  }
  const forwards = lastSetting(settings, "Journal", "ForwardToSyslog");
  return {
    storage: lastSetting(settings, "Journal", "Storage") ?? (found ? "auto" : undefined),
    forwards: forwards === undefined ? undefined : /^(yes|true|1|on)$/i.test(forwards),
  };
}

async function authenticationLogs(root: HostRoot) {
  const found = [];
  for (const path of [
    "/var/log/auth.log",
    "/var/log/secure",
    "/var/log/audit/audit.log",
    "/var/log/lastlog",
    "/var/lib/lastlog/lastlog2.db",
  ]) {
    const stats = await root.stat(path);
    if (stats) found.push({ path, size: stats.size, mode: (stats.mode & 0o7777).toString(8).padStart(4, "0") });
  }
  return found;
}

/** rsyslog: `*.* @@host` or action(type="omfwd" …); syslog-ng: a network or syslog destination; journal-upload: its URL. */
async function forwardingRules(root: HostRoot): Promise<string[]> {
  const rules: string[] = [];
  for (const file of await filesOf(root, "/etc/rsyslog.conf", "/etc/rsyslog.d", ".conf")) {
    for (const line of ((await root.text(file)) ?? "").split("\n")) {
      if (line.trimStart().startsWith("#")) continue;
      const target =
        /\s(@@?)\(?[^\s)]*\)?([A-Za-z0-9[\].:-]+)\s*$/.exec(line) ??
        /type\s*=\s*"(omfwd|omrelp|omelasticsearch|omkafka)"/.exec(line);
      if (target) rules.push(`${file}: ${line.trim().slice(0, 120)}`);
    }
  }
  const upload = lastSetting(
    parseUnitFile((await root.text("/etc/systemd/journal-upload.conf")) ?? ""),
    "Upload",
    "URL",
  );
  if (upload) rules.push(`/etc/systemd/journal-upload.conf: ${upload}`);
  for (const file of await filesOf(root, "/etc/syslog-ng/syslog-ng.conf", "/etc/syslog-ng/conf.d", ".conf")) {
    if (/^[^#]*destination\s+\S+\s*\{\s*(network|syslog|tcp|udp)\(/m.test((await root.text(file)) ?? ""))
      rules.push(file);
  }
  return rules;
}

async function clockSettings(root: HostRoot): Promise<{ servers: string[]; authenticated: boolean }> {
  const servers: string[] = [];
  let authenticated = false;
  const files = [
    ...(await filesOf(root, "/etc/chrony/chrony.conf", "/etc/chrony/sources.d", ".sources")),
    ...(await filesOf(root, "/etc/chrony.conf", "/etc/chrony/conf.d", ".conf")),
    "/etc/ntp.conf",
    "/etc/ntpsec/ntp.conf",
  ];
  for (const file of files) {
    for (const line of ((await root.text(file)) ?? "").split("\n")) {
      const [, server, rest] = /^\s*(?:server|pool|peer|refclock)\s+(\S+)(.*)$/.exec(line) ?? [];
      if (server === undefined) continue;
      servers.push(server);
      if (/\b(nts|key)\b/.test(rest ?? "")) authenticated = true;
    }
  }
  const timesyncd = parseUnitFile((await root.text("/etc/systemd/timesyncd.conf")) ?? "");
  for (const name of ["NTP", "FallbackNTP"])
    servers.push(...(lastSetting(timesyncd, "Time", name)?.split(/\s+/) ?? []));
  return { servers: [...new Set(servers)], authenticated };
}
