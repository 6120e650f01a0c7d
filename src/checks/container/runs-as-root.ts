import { defineCheck, fail, notApplicable, pass, unknown } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "Container runs as root",
  severity: "high",
  clauses: ["4.1.2-b", "4.4.3-b"],
  why: "A process of user 0 owns every file of its container and keeps root's rights wherever it finds a way out.",
  fix: "Set `runAsUser` to a number above 0 (`--user`, `USER` in the Dockerfile).",
  references: [
    "Pod Security Standards restricted: Running as Non-root user",
    "CIS Docker 1.6.0 4.1",
    "CIS Kubernetes 1.10.0 5.2.7",
  ],
  needs: { container },
  evaluate({ container }) {
    const expected = "a user other than 0";
    if (container.hostNamespaces.user === false)
      return notApplicable("root in its user namespace is an unprivileged user of the host");
    if (isRoot(container.podSettings?.user))
      return fail({ ...seenIn(container, "podSettings.user"), found: container.podSettings?.user, expected });
    if (isRoot(container.user)) return fail({ ...seenIn(container, "user"), found: container.user, expected });
    if (container.user !== undefined) return pass({ ...seenIn(container, "user"), found: container.user, expected });
    if (container.runAsNonRoot === true)
      return pass({
        ...seenIn(container, "runAsNonRoot"),
        found: "runAsNonRoot: the kubelet refuses to start it as root",
        expected,
      });
    return unknown(
      "no user is set: the image decides",
      `plimsoll assess image ${container.image.text}, or set runAsUser`,
    );
  },
  examples: {
    pass: [{ container: exampleContainer({ user: "1000" }) }, { container: exampleContainer({ runAsNonRoot: true }) }],
    fail: [
      { container: exampleContainer({ user: "0" }) },
      { container: exampleContainer({ runtime: "docker", user: "root" }) },
    ],
    notApplicable: [
      {
        container: exampleContainer({
          user: "0",
          hostNamespaces: { network: false, pid: false, ipc: false, user: false },
        }),
      },
    ],
    unknown: [{ container: exampleContainer() }],
  },
});

function isRoot(user: string | undefined): boolean {
  return user !== undefined && /^(?:0+|root)(?::|$)/.test(user);
}
