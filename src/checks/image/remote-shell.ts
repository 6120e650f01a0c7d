import { defineCheck, type Evidence, failEach } from "../../core/check.ts";
import { baseUntold } from "../../facts/image/instruction.ts";
import { imageRemoteShells } from "../../facts/image/remote-shells.ts";

/** Ports by which remote shells are reached. */
const ports = new Map([
  ["22", "SSH"],
  ["23", "telnet"],
  ["512", "rexec"],
  ["513", "rlogin"],
  ["514", "rsh"],
  ["2222", "SSH"],
  ["3389", "RDP"],
]);

export default defineCheck({
  title: "Image lets people log in over the network",
  severity: "high",
  clauses: ["4.1.2-i", "4.1.2-j", "4.1.2-k"],
  why: "A shell inside a container invites changes by hand that no build knows of, and is one more way in with keys and accounts nobody manages.",
  fix: "Remove the server from the image; reach containers through the orchestrator or the runtime's exec.",
  needs: { shells: imageRemoteShells },
  evaluate({ shells }) {
    const started = new Set(shells.started.map(({ program }) => program));
    const evidence: Evidence[] = [
      ...shells.programs.map(({ path, program, layer, location }) => ({
        at: path,
        found: started.has(program)
          ? `${program}, started by ${shells.started.find((one) => one.program === program)?.by}`
          : program,
        expected: "no remote shell server",
        key: path,
        layer,
        location,
        severity: started.has(program) ? undefined : ("medium" as const),
      })),
      ...shells.started
        .filter(({ program }) => !shells.programs.some((known) => known.program === program))
        .map(({ by, program, location }) => ({
          at: by,
          found: `starts ${program}`,
          expected: "no remote shell server",
          key: `${by} ${program}`,
          location,
        })),
      ...shells.exposedPorts.flatMap((port) => {
        const service = ports.get(port.replace(/\/tcp$/, ""));
        return service
          ? [
              {
                at: "configuration: ExposedPorts",
                found: `${port} (${service})`,
                expected: "no port of a remote shell",
                key: `port ${port}`,
                location: shells.places[port],
              },
            ]
          : [];
      }),
      ...shells.authorizedKeys.map(({ path, layer, location }) => ({
        at: path,
        found: "keys that may log in",
        expected: "no authorized keys",
        key: path,
        layer,
        location,
      })),
    ];
    if (evidence.length === 0 && shells.seen === "instructions") return baseUntold("remote shell");
    return failEach(evidence, {
      at: "file system and configuration",
      found: `no remote shell among ${shells.entries} entries`,
    });
  },
  examples: {
    pass: [{ shells: { programs: [], started: [], exposedPorts: ["8080/tcp"], authorizedKeys: [], entries: 900 } }],
    unknown: [
      {
        shells: {
          programs: [],
          started: [],
          exposedPorts: [],
          authorizedKeys: [],
          entries: 0,
          seen: "instructions",
        },
      },
    ],
    fail: [
      {
        shells: {
          programs: [
            { path: "apt install openssh-server", program: "sshd", location: { file: "Dockerfile", line: 3 } },
          ],
          started: [],
          exposedPorts: [],
          authorizedKeys: [],
          entries: 0,
          seen: "instructions",
        },
      },
      {
        shells: {
          programs: [{ path: "/usr/sbin/sshd", program: "sshd", layer: 1 }],
          started: [{ by: "command", program: "sshd" }],
          exposedPorts: [],
          authorizedKeys: [],
          entries: 900,
        },
      },
      { shells: { programs: [], started: [], exposedPorts: ["22/tcp"], authorizedKeys: [], entries: 900 } },
      {
        shells: {
          programs: [],
          started: [],
          exposedPorts: [],
          authorizedKeys: [{ path: "/root/.ssh/authorized_keys", layer: 0 }],
          entries: 900,
        },
      },
    ],
  },
});
