import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

const shells = /(?:^|[\s/'"])(?:sshd|dropbear|telnetd|in\.telnetd|rshd|rlogind|shellinaboxd|ttyd|gotty)(?:$|[\s'";&|])/;

export default defineCheck({
  title: "Remote shell in a container",
  severity: "high",
  clauses: ["4.1.2-i"],
  why: "A container that is changed by hand over a remote shell is no longer what was assessed, and the shell is one more door.",
  fix: "Remove the server; use `kubectl exec` or `docker exec` where a look inside is needed, and change the image instead of the container.",
  references: ["CIS Docker 1.6.0 5.7"],
  needs: { container },
  evaluate({ container }) {
    const expected = "no remote shell";
    const started = container.command
      .filter((argument) => shells.test(argument))
      .map((argument) => ({
        ...seenIn(container, "command"),
        key: "command",
        found: argument.slice(0, 200),
        expected,
      }));
    const ports = container.ports.flatMap((port, index) =>
      port.container === 22 || port.container === 23
        ? [
            {
              ...seenIn(container, `ports.${index}`),
              key: `port ${port.container}`,
              found: `port ${port.container}`,
              expected,
            },
          ]
        : [],
    );
    const [first, ...rest] = [...started, ...ports];
    if (first) return fail(first, ...rest);
    if (container.command.length === 0)
      return unknown("the image decides what the container starts", `plimsoll assess image ${container.image.text}`);
    return pass({ ...seenIn(container, "command"), found: container.command.join(" ").slice(0, 200), expected });
  },
  examples: {
    pass: [{ container: exampleContainer({ command: ["/app/server", "--port", "8080"] }) }],
    fail: [
      { container: exampleContainer({ command: ["/usr/sbin/sshd", "-D"] }) },
      { container: exampleContainer({ ports: [{ container: 22 }] }) },
    ],
    unknown: [{ container: exampleContainer() }],
  },
});
