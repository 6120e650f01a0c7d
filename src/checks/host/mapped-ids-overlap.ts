import { defineCheck, failEach, notApplicable } from "../../core/check.ts";
import { accounts } from "../../facts/host/accounts.ts";

export default defineCheck({
  title: "Ranges of ids for user namespaces overlap",
  severity: "high",
  clauses: ["4.5.5-a", "8176-5.2.5"],
  why: "Where two ranges share ids, or one holds a real account's, a mapped container owns files that are not its own.",
  fix: "Give each user of /etc/subuid and /etc/subgid a range of its own above all real ids (usermod --add-subuids).",
  needs: { accounts },
  evaluate({ accounts: { users, groups, subordinate } }) {
    if (subordinate.length === 0) return notApplicable("no user may map ids");
    const items = subordinate.flatMap((range, index) => {
      const end = range.start + range.count;
      const others = subordinate
        .slice(index + 1)
        .filter(
          (other) =>
            other.file === range.file &&
            other.owner !== range.owner &&
            other.start < end &&
            range.start < other.start + other.count,
        );
      const real = (
        range.file.endsWith("gid")
          ? groups.map(({ name, gid }) => ({ name, id: gid }))
          : users.map(({ name, uid }) => ({ name, id: uid }))
      ).filter(({ id }) => id >= range.start && id < end && id < 65_534);
      return [
        ...others.map((other) => ({
          at: range.file,
          found: `ranges of ${range.owner} and ${other.owner} overlap`,
          expected: "ranges apart from each other",
          key: `${range.owner} ${other.owner}`,
        })),
        ...real.map(({ name, id }) => ({
          at: range.file,
          found: `the range of ${range.owner} holds ${name} (${id})`,
          expected: "no real id within",
          key: `${range.owner} ${name}`,
          severity: id === 0 ? ("critical" as const) : ("high" as const),
        })),
      ];
    });
    return failEach(items, {
      at: "/etc/subuid, /etc/subgid",
      found: `${subordinate.length} ranges, apart from each other and from real ids`,
    });
  },
  examples: {
    pass: [
      {
        accounts: {
          users: [],
          groups: [],
          shadow: true,
          subordinate: [
            { file: "/etc/subuid", owner: "a", start: 100_000, count: 65_536 },
            { file: "/etc/subuid", owner: "b", start: 165_536, count: 65_536 },
          ],
        },
      },
    ],
    fail: [
      {
        accounts: {
          users: [],
          groups: [],
          shadow: true,
          subordinate: [
            { file: "/etc/subuid", owner: "a", start: 100_000, count: 65_536 },
            { file: "/etc/subuid", owner: "b", start: 120_000, count: 65_536 },
          ],
        },
      },
    ],
    notApplicable: [{ accounts: { users: [], groups: [], shadow: true } }],
  },
});
