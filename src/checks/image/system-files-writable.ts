import { defineCheck, failEach, notApplicable } from "../../core/check.ts";
import { imageAccounts } from "../../facts/image/accounts.ts";
import { imageConfiguration } from "../../facts/image/configuration.ts";
import { imageContents } from "../../facts/image/contents.ts";
import { baseUntold } from "../../facts/image/instruction.ts";

export default defineCheck({
  title: "Image's user may change programs and settings of the system",
  severity: "medium",
  clauses: ["4.1.2-b", "4.1.2-c"],
  why: "A service that owns the programs it runs can be made to replace them: the unprivileged user keeps nothing apart.",
  fix: "In the Dockerfile: RUN chown -R root:root on them, and give the user only the folders that it writes.",
  needs: { contents: imageContents, configuration: imageConfiguration, accounts: imageAccounts },
  evaluate({ contents, configuration, accounts }) {
    if (contents.seen === "instructions") return baseUntold("system path of another owner");
    const [user = ""] = configuration.user.split(":");
    const uid = /^\d+$/.test(user) ? Number(user) : accounts.users.find(({ name }) => name === user)?.uid;
    if (uid === undefined || uid === 0)
      return notApplicable(
        user === "" || uid === 0
          ? "it runs as root, which may change everything: see runs-as-root"
          : `its user ${user} is unknown: see user-unresolved`,
      );
    const own = contents.systemPathsNotOwnedByRoot.filter(({ owner }) => owner === uid);
    return failEach(
      own.map(({ path, count, layer }) => ({
        at: path,
        found: `owned and writable by id ${uid}${count > 1 ? `, with ${count - 1} more beside it` : ""}`,
        expected: "owned by root",
        key: path,
        layer,
      })),
      { at: "file system", found: `no system path belongs to id ${uid}` },
    );
  },
  examples: {
    pass: [
      {
        contents: { programs: [], caches: [], entries: 9, bytes: 1 },
        configuration: { user: "1000" },
        accounts: { present: true, users: [] },
      },
    ],
    fail: [
      {
        contents: {
          programs: [],
          caches: [],
          systemPathsNotOwnedByRoot: [{ path: "/usr/bin/app", owner: 1000, count: 3, layer: 1 }],
          entries: 9,
          bytes: 1,
        },
        configuration: { user: "1000" },
        accounts: { present: true, users: [] },
      },
    ],
    unknown: [
      {
        contents: { programs: [], caches: [], entries: 0, bytes: 0, seen: "instructions" },
        configuration: { user: "1000" },
        accounts: { present: false, isKnown: false, users: [] },
      },
    ],
    notApplicable: [
      {
        contents: { programs: [], caches: [], entries: 9, bytes: 1 },
        configuration: {},
        accounts: { present: true, users: [] },
      },
    ],
  },
});
