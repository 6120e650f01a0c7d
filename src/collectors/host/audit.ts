import type { z } from "zod";
import { audit } from "../../facts/host/audit.ts";
import {
  type AuditRule,
  mergedAuditRules,
  parseAuditRules,
  recordsPath,
  recordsSyscall,
} from "../../formats/host/audit-rules.ts";
import { parseKeyValues } from "../../formats/host/key-value.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";
import { processTable } from "./process-table.ts";

type Value = z.input<typeof audit.schema>;
type Uncovered = NonNullable<Value["uncovered"]>[number];

/** Rules that augenrules(8) makes audit.rules of. */
const folder = "/etc/audit/rules.d";

const identity = [
  "/etc/passwd",
  "/etc/group",
  "/etc/shadow",
  "/etc/gshadow",
  "/etc/pam.d",
  "/etc/ssh/sshd_config",
  "/etc/nsswitch.conf",
];
const privilege = ["/etc/sudoers", "/etc/sudoers.d", "/usr/bin/sudo", "/usr/bin/su"];
/** CIS Docker 1.1.3 to 1.1.18 and what Kubernetes adds. */
const containerPaths = [
  "/usr/bin/dockerd",
  "/usr/bin/containerd",
  "/usr/bin/containerd-shim-runc-v2",
  "/usr/bin/runc",
  "/usr/bin/crun",
  "/usr/sbin/runc",
  "/usr/bin/crio",
  "/usr/bin/podman",
  "/usr/bin/kubelet",
  "/run/containerd",
  "/var/lib/docker",
  "/var/lib/containerd",
  "/var/lib/containers",
  "/var/lib/kubelet",
  "/etc/docker",
  "/etc/containerd",
  "/etc/containers",
  "/etc/crio",
  "/etc/cni",
  "/etc/kubernetes",
  "/etc/default/docker",
  "/etc/sysconfig/docker",
  "/run/docker.sock",
  "/run/containerd/containerd.sock",
  "/usr/lib/systemd/system/docker.service",
  "/usr/lib/systemd/system/docker.socket",
  "/usr/lib/systemd/system/containerd.service",
];
const kernelCalls = ["mount", "init_module", "finit_module", "delete_module"];
const timeCalls = ["settimeofday", "clock_settime"];

export default defineHostCollector<typeof audit.schema>({
  reads: "host",
  provides: audit,
  async *collect(root) {
    const files = await ruleFiles(root);
    const texts: { file: string; text: string }[] = [];
    for (const file of files) {
      const result = await root.read(file);
      if (!("text" in result)) {
        yield {
          subject: root.subject,
          source: file,
          unavailable: result.reason,
          remedy: "collect the facts with root's rights",
        };
        return;
      }
      texts.push({ file, text: result.text });
    }
    const { rules, problems, controls } = rulesOf(texts);
    const table = await processTable(root);
    const watchworthy = await existing(root, containerPaths);
    yield {
      subject: root.subject,
      source: files.join(", ") || "/etc/audit",
      value: {
        installed: (await root.exists("/usr/sbin/auditd")) || (await root.exists("/sbin/auditd")),
        running: "processes" in table ? table.processes.some((process) => process.name === "auditd") : undefined,
        rules: rules.map((rule) => ({ ...rule, syscalls: [...rule.syscalls], fields: [...rule.fields] })),
        controls,
        configuration: parseKeyValues((await root.text("/etc/audit/auditd.conf")) ?? "", "="),
        problems,
        files,
        watchworthy,
        uncovered: uncovered(rules, watchworthy),
      },
    };
  },
});

interface FiledRules {
  readonly rules: readonly (AuditRule & { readonly file: string })[];
  readonly problems: NonNullable<Value["problems"]>;
  readonly controls: Readonly<Record<string, string>>;
}

/** The rules of audit.rules in their order, or those of rules.d as augenrules puts them together, each with the file and line that it comes from. */
function rulesOf(texts: readonly { readonly file: string; readonly text: string }[]): FiledRules {
  const lines = texts.some(({ file }) => file.startsWith(folder))
    ? mergedAuditRules(texts)
    : texts.flatMap(({ file, text }) => text.split("\n").map((one, index) => ({ file, line: index + 1, text: one })));
  const parsed = parseAuditRules(lines.map(({ text }) => text).join("\n"));
  const placeOf = (line: number) => {
    const { file, line: own } = lines[line - 1]!;
    return { file, line: own };
  };
  return {
    rules: parsed.rules.map((rule) => ({ ...rule, ...placeOf(rule.line) })),
    problems: parsed.problems.map(({ line, reason }) => ({ reason, ...placeOf(line) })),
    controls: parsed.controls,
  };
}

/** What is loaded is audit.rules, which augenrules makes of rules.d; where that is newer only it is there. */
async function ruleFiles(root: HostRoot): Promise<string[]> {
  const listed = await root.list(folder);
  const parts =
    "names" in listed ? listed.names.filter((name) => name.endsWith(".rules")).map((name) => `${folder}/${name}`) : [];
  if (parts.length > 0) return parts;
  return (await root.exists("/etc/audit/audit.rules")) ? ["/etc/audit/audit.rules"] : [];
}

async function existing(root: HostRoot, paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) if (await root.exists(path)) found.push(path);
  return found;
}

function uncovered(rules: readonly AuditRule[], watchworthy: readonly string[]): Uncovered[] {
  const missing: Uncovered[] = [];
  for (const path of identity)
    if (!recordsPath(rules, path, "wa")) missing.push({ what: `writes to ${path}`, group: "identity" });
  for (const path of privilege) {
    const access = path.startsWith("/usr") ? "x" : "wa";
    const byCall = access === "x" && recordsSyscall(rules, "execve");
    if (!recordsPath(rules, path, access) && !byCall)
      missing.push({ what: `${access === "x" ? "runs of" : "writes to"} ${path}`, group: "privilege" });
  }
  for (const call of kernelCalls)
    if (!recordsSyscall(rules, call)) missing.push({ what: `system call ${call}`, group: "kernel" });
  for (const call of timeCalls)
    if (!recordsSyscall(rules, call)) missing.push({ what: `system call ${call}`, group: "time" });
  for (const path of watchworthy) {
    const access = path.startsWith("/usr/bin") || path.startsWith("/usr/sbin") ? "x" : "wa";
    const byCall = access === "x" && recordsSyscall(rules, "execve");
    if (!recordsPath(rules, path, access) && !byCall)
      missing.push({ what: `${access === "x" ? "runs of" : "writes to"} ${path}`, group: "containers" });
  }
  return missing;
}
