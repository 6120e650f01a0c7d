import { defineCheck, fail, notApplicable, pass, type Verdict } from "../../core/check.ts";
import { imageAccounts } from "../../facts/image/accounts.ts";
import { imageConfiguration } from "../../facts/image/configuration.ts";
import { openVerdict } from "../../facts/image/instruction.ts";

export default defineCheck({
  title: "Image's user is a name that proves nothing",
  severity: "low",
  clauses: ["4.1.2-b"],
  why: "Kubernetes can only prove from a number that a user is not root (runAsNonRoot). A name may belong to id 0, or to nobody: then the container does not start.",
  fix: "End the Dockerfile with a numeric USER above 0, as USER 10001:10001.",
  needs: { configuration: imageConfiguration, accounts: imageAccounts },
  evaluate({ configuration, accounts }) {
    const open = openVerdict(configuration, "user");
    if (open !== undefined) return open;
    const location = configuration.places["user"];
    const [user = ""] = configuration.user.split(":");
    if (user === "") return notApplicable("no user is set: root, which runs-as-root reports");
    if (/^\d+$/.test(user)) return pass({ at: "configuration: User", found: configuration.user, location });
    if (!accounts.isKnown)
      return fail({ at: "configuration: User", found: `${user}, a name`, expected: "a numeric id above 0", location });
    return nameVerdict(user, accounts.users.find((account) => account.name === user)?.uid);
  },
  examples: {
    pass: [{ configuration: { user: "10001" }, accounts: { present: true, users: [] } }],
    fail: [
      {
        configuration: { user: "app" },
        accounts: { present: true, users: [{ name: "app", uid: 1000, gid: 1000, shell: "/bin/sh" }] },
      },
      {
        configuration: { user: "toor" },
        accounts: { present: true, users: [{ name: "toor", uid: 0, gid: 0, shell: "/bin/sh" }] },
      },
      { configuration: { user: "ghost" }, accounts: { present: false, users: [] } },
      {
        configuration: { user: "app", places: { user: { file: "Dockerfile", line: 12 } } },
        accounts: { present: false, isKnown: false, users: [] },
      },
    ],
    unknown: [
      {
        configuration: { open: [{ setting: "user", reason: "its base's holds", remedy: "build it" }] },
        accounts: { present: false, isKnown: false, users: [] },
      },
    ],
    notApplicable: [{ configuration: {}, accounts: { present: true, users: [] } }],
  },
});

function nameVerdict(user: string, uid: number | undefined): Verdict {
  const evidence = { at: "configuration: User", expected: "a numeric id above 0" };
  if (uid === undefined)
    return fail({ ...evidence, found: `${user}, whom /etc/passwd does not name`, severity: "medium" });
  if (uid === 0) return fail({ ...evidence, found: `${user}, which is id 0: root`, severity: "high" });
  return fail({ ...evidence, found: `${user} (id ${uid})`, fix: `USER ${uid}` });
}
