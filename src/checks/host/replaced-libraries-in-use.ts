import { defineCheck, failEach, unknown } from "../../core/check.ts";
import { processes } from "../../facts/host/processes.ts";
import { shellWord } from "./shell.ts";

export default defineCheck({
  title: "Services still run libraries that an update replaced",
  severity: "medium",
  clauses: ["4.5.3-b", "4.5.1-f"],
  why: "An update takes effect when the program starts anew; until then the flaw that it closed stays open.",
  fix: "Restart the named services, or the host where one of them is systemd itself.",
  needs: { processes },
  evaluate({ processes: { processes, unseen } }) {
    if (processes.length === 0)
      return unknown("no process could be seen", "collect the facts with root's rights in the host's PID namespace");
    const items = processes
      .filter((process) => process.deletedLibraries.length > 0)
      .map((process) => ({
        at: `/proc/${process.pid}/maps`,
        found: `${process.name} uses ${process.deletedLibraries.slice(0, 3).join(", ")}${process.deletedLibraries.length > 3 ? " and more" : ""}, since replaced`,
        expected: "files as installed",
        key: process.unit ?? process.executable ?? process.name,
        ...(process.unit?.endsWith(".service") ? { fix: `systemctl try-restart ${shellWord(process.unit)}` } : {}),
        ...(process.deletedLibraries.some((path) => /lib(ssl|crypto|c|gnutls|pam)[.-]/.test(path))
          ? { severity: "high" as const }
          : {}),
      }));
    if (items.length === 0 && unseen > 0)
      return unknown(`what ${unseen} processes run may not be seen`, "collect the facts with root's rights");
    return failEach(items, { at: "/proc/*/maps", found: "no process uses a replaced library" });
  },
  examples: {
    pass: [
      {
        processes: {
          counts: { kernel: 0, container: 0, infrastructure: 1, session: 0, unknown: 0 },
          processes: [{ pid: 1, name: "systemd", user: 0, class: "infrastructure", because: "" }],
        },
      },
    ],
    fail: [
      {
        processes: {
          counts: { kernel: 0, container: 0, infrastructure: 1, session: 0, unknown: 0 },
          processes: [
            {
              pid: 9,
              name: "sshd",
              user: 0,
              class: "infrastructure",
              because: "",
              unit: "ssh.service",
              deletedLibraries: ["/usr/lib/x86_64-linux-gnu/libcrypto.so.3"],
            },
          ],
        },
      },
    ],
    unknown: [
      { processes: { counts: { kernel: 0, container: 0, infrastructure: 0, session: 0, unknown: 0 }, processes: [] } },
      {
        processes: {
          counts: { kernel: 0, container: 0, infrastructure: 1, session: 0, unknown: 0 },
          processes: [{ pid: 1, name: "systemd", user: 0, class: "infrastructure", because: "" }],
          unseen: 1,
        },
      },
    ],
  },
});
