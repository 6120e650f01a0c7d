import { z } from "zod";
import { defineCheck, failEach } from "../../core/check.ts";
import type { Severity } from "../../core/severity.ts";
import { fileCapabilities } from "../../facts/host/file-capabilities.ts";
import { shellWord } from "./shell.ts";

/** Programs of distributions that need theirs, by name, with the widest set that is usual. */
const usual: Readonly<Record<string, readonly string[]>> = {
  ping: ["cap_net_raw"],
  clockdiff: ["cap_net_raw"],
  arping: ["cap_net_raw"],
  "mtr-packet": ["cap_net_raw"],
  "traceroute6.iputils": ["cap_net_raw"],
  newuidmap: ["cap_setuid", "cap_dac_override", "cap_sys_admin"],
  newgidmap: ["cap_setgid", "cap_dac_override", "cap_sys_admin"],
  dumpcap: ["cap_net_raw", "cap_net_admin"],
  "gst-ptp-helper": ["cap_net_bind_service", "cap_net_admin", "cap_sys_nice"],
  suexec: ["cap_setgid", "cap_setuid"],
  rsyslogd: ["cap_syslog"],
  rootlesskit: ["cap_net_bind_service"],
};
/** What makes root of anybody, or the host's network theirs. */
const decisive =
  /^(all|cap_(setuid|setgid|setpcap|setfcap|sys_admin|sys_module|sys_ptrace|sys_rawio|dac_override|dac_read_search|chown|fowner|mac_admin|mac_override|bpf|mknod))$/;

export default defineCheck({
  title: "Program gets capabilities that it is not known to need",
  severity: "high",
  clauses: ["4.5.5-a", "4.5.4-c"],
  why: "A program with cap_setuid or cap_dac_override in its file makes root of everyone who may run it, and no set-user-id bit shows it.",
  fix: "setcap -r the program, or reinstall its package.",
  needs: { found: fileCapabilities },
  params: z.object({
    /** Further programs, as paths, that may have what they have. */
    allowed: z.array(z.string()).default([]),
  }),
  evaluate({ found: { programs, list } }, { params }) {
    const items = programs.flatMap(({ path, capabilities }) => {
      if (params.allowed.includes(path)) return [];
      const name = path.slice(path.lastIndexOf("/") + 1);
      const expected = /^\/(usr\/)?(s?bin|libexec|lib)\//.test(path) ? (usual[name] ?? []) : [];
      const extra = capabilities.filter((capability) => !expected.includes(capability));
      if (extra.length === 0) return [];
      const severity: Severity = extra.some((capability) => decisive.test(capability)) ? "high" : "medium";
      return [
        {
          at: path,
          found: extra.join(", "),
          expected: expected.length === 0 ? "no capabilities" : expected.join(", "),
          key: path,
          severity,
          fix: `setcap -r ${shellWord(path)}`,
        },
      ];
    });
    return failEach(items, {
      at: list,
      found: `${programs.length} programs with capabilities, all known to need them`,
    });
  },
  examples: {
    pass: [
      { found: { list: "host.capabilities", programs: [{ path: "/usr/bin/ping", capabilities: ["cap_net_raw"] }] } },
    ],
    fail: [
      { found: { list: "host.capabilities", programs: [{ path: "/usr/bin/python3", capabilities: ["cap_setuid"] }] } },
      { found: { list: "host.capabilities", programs: [{ path: "/opt/ping", capabilities: ["cap_net_raw"] }] } },
    ],
  },
});
