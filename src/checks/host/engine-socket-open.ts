import { defineCheck, failEach, notApplicable } from "../../core/check.ts";
import { engine } from "../../facts/host/engine.ts";
import { dockerExample } from "./engine-example.ts";
import { shellWord } from "./shell.ts";

export default defineCheck({
  title: "Socket of a container engine open to others than root and its group",
  severity: "critical",
  clauses: ["4.5.4-d", "4.5.5-d", "4.4.3-a"],
  why: "Writing to the socket of an engine is root on the host, for users and for containers that mount it.",
  fix: "chmod 0660 the socket, owner root, and let nobody into its group who is not an administrator.",
  needs: { engine },
  references: ["CIS Docker 1.6.0 3.15", "CIS Docker 1.6.0 3.16"],
  evaluate({ engine: { engines } }) {
    const sockets = engines.flatMap((entry) => entry.sockets.map((socket) => ({ ...socket, engine: entry.engine })));
    if (sockets.length === 0) return notApplicable("no socket of a container engine on the host");
    const items = sockets
      .filter(
        ({ mode, owner, path }) =>
          (Number.parseInt(mode, 8) & 0o007) !== 0 || (owner !== 0 && !path.startsWith("/run/user/")),
      )
      .map(({ path, mode, owner, group, engine }) => ({
        at: path,
        found: `${engine}: mode ${mode}, owner ${owner}, group ${group}`,
        expected: "mode 0660 or less, owner root",
        key: path,
        fix: path.startsWith("/run/user/")
          ? `chmod 0600 ${shellWord(path)}`
          : `chown root ${shellWord(path)} && chmod 0660 ${shellWord(path)}`,
      }));
    return failEach(items, {
      at: sockets.map(({ path }) => path).join(", "),
      found: sockets.map(({ mode }) => mode).join(", "),
    });
  },
  examples: {
    pass: [
      {
        engine: {
          engines: [dockerExample({ sockets: [{ path: "/run/docker.sock", mode: "0660", owner: 0, group: 999 }] })],
        },
      },
    ],
    fail: [
      {
        engine: {
          engines: [dockerExample({ sockets: [{ path: "/run/docker.sock", mode: "0666", owner: 0, group: 999 }] })],
        },
      },
    ],
    notApplicable: [{ engine: { engines: [] } }],
  },
});
