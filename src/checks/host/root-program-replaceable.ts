import type { Evidence } from "../../core/check.ts";
import { defineCheck, failEach, unknown } from "../../core/check.ts";
import type { Severity } from "../../core/severity.ts";
import type { Accounts } from "../../facts/host/accounts.ts";
import { accounts } from "../../facts/host/accounts.ts";
import { type RootPrograms, rootPrograms } from "../../facts/host/root-programs.ts";
import { shellWord } from "./shell.ts";

type Program = RootPrograms["programs"][number];
type Place = Program["places"][number];

export default defineCheck({
  title: "Program that root runs can be replaced by others",
  severity: "high",
  clauses: ["4.5.4-c", "4.5.5-a"],
  why: "Whoever may write a script that root's cron, a service or sudo starts, or a folder on the way to it, is root the next time it runs.",
  fix: "chown root:root and chmod go-w the program and the folders on the way to it.",
  needs: { rootPrograms, accounts },
  evaluate({ rootPrograms: { looked, programs, unread }, accounts }) {
    const items = programs.flatMap((program) =>
      program.places.flatMap((place): Evidence[] => {
        const who = whoMayChange(place, accounts);
        if (who === undefined) return [];
        return [
          {
            at: place.path,
            found: `${who.text} may change ${place.kind === "folder" ? "the folder" : "it"} (mode ${place.mode}, owner ${place.owner}, group ${place.group}); root runs ${program.path} by ${program.startedBy.slice(0, 3).join(", ")}`,
            expected: "root's alone",
            key: `${program.path} ${place.path}`,
            severity: who.severity,
            fix: `chown root:root ${shellWord(place.path)} && chmod go-w ${shellWord(place.path)}`,
          },
        ];
      }),
    );
    if (items.length === 0 && unread.length > 0)
      return unknown(unread.map(({ reason }) => reason).join("; "), "collect the facts with root's rights");
    return failEach(items, { at: "crontabs, units, sudoers", found: `${looked} programs, root's alone` });
  },
  examples: {
    pass: [
      { rootPrograms: { looked: 3 }, accounts: { users: [], groups: [], shadow: true } },
      {
        // A group without members lets nobody in.
        rootPrograms: {
          looked: 1,
          programs: [
            {
              path: "/usr/local/bin/x",
              startedBy: ["/etc/crontab"],
              places: [{ path: "/usr/local/bin", mode: "2775", owner: 0, group: 50, kind: "folder" }],
            },
          ],
        },
        accounts: { users: [], groups: [{ name: "staff", gid: 50, members: [] }], shadow: true },
      },
    ],
    fail: [
      {
        rootPrograms: {
          looked: 1,
          programs: [
            {
              path: "/opt/backup.sh",
              startedBy: ["/etc/cron.d/backup"],
              places: [{ path: "/opt/backup.sh", mode: "0755", owner: 1000, group: 0, kind: "file" }],
            },
          ],
        },
        accounts: { users: [], groups: [], shadow: true },
      },
    ],
    unknown: [
      {
        rootPrograms: {
          looked: 1,
          unread: [{ path: "/etc/sudoers", reason: "/etc/sudoers may not be read without root's rights" }],
        },
        accounts: { users: [], groups: [], shadow: false },
      },
    ],
  },
});

function whoMayChange(place: Place, { users, groups }: Accounts): { text: string; severity: Severity } | undefined {
  const mode = Number.parseInt(place.mode, 8);
  if ((mode & 0o002) !== 0 && !place.sticky) return { text: "everyone", severity: "critical" };
  if (place.owner !== 0) {
    const owner = users.find(({ uid }) => uid === place.owner);
    const person = owner?.interactive ?? true;
    return { text: owner?.name ?? `uid ${place.owner}`, severity: person ? "high" : "medium" };
  }
  if ((mode & 0o020) === 0 || place.group === 0 || place.sticky) return undefined;
  const group = groups.find(({ gid }) => gid === place.group);
  const members = users.filter(
    ({ uid, gid, groups }) => uid !== 0 && (gid === place.group || groups.includes(group?.name ?? "")),
  );
  if (members.length === 0) return undefined;
  const names = members.map(({ name }) => name).slice(0, 3);
  const person = members.some(({ interactive }) => interactive);
  return { text: `group ${group?.name ?? place.group} (${names.join(", ")})`, severity: person ? "high" : "medium" };
}
