import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "Seccomp switched off",
  severity: "high",
  clauses: ["4.4.3-f"],
  why: "Without a seccomp profile a container reaches every system call of the kernel, and with them its rarely used and rarely tested corners.",
  fix: "Set `seccompProfile: {type: RuntimeDefault}` or a profile of its own; remove `Unconfined` (`seccomp=unconfined`).",
  references: ["Pod Security Standards baseline: Seccomp", "CIS Docker 1.6.0 5.22"],
  needs: { container },
  evaluate({ container }) {
    const settings = [
      { field: "seccomp", setting: container.seccomp },
      { field: "podSettings.seccomp", setting: container.podSettings?.seccomp },
    ];
    const found = settings
      .filter(
        ({ setting }) => setting !== undefined && setting.kind !== "runtime-default" && setting.kind !== "localhost",
      )
      .map(({ field, setting }) => ({
        ...seenIn(container, field),
        key: field,
        found: setting?.profile ?? setting?.kind,
        expected: "runtime-default or a profile of its own",
      }));
    if (found.length === 0 && container.privileged)
      found.push({
        ...seenIn(container, "privileged"),
        key: "privileged",
        found: "privileged, which switches seccomp off",
        expected: "runtime-default or a profile of its own",
      });
    const [first, ...rest] = found;
    if (first) return fail(first, ...rest);
    if (container.seccomp === undefined) {
      return container.runtime === "kubernetes"
        ? unknown(
            "no profile is set: whether the node sets one (kubelet seccompDefault) is not in the manifest",
            "set seccompProfile: {type: RuntimeDefault}",
          )
        : unknown(
            "no profile is set: whether the engine applies its default is not known from here",
            "plimsoll assess container SOCKET",
          );
    }
    return pass({
      ...seenIn(container, "seccomp"),
      found: container.seccomp.kind,
      expected: "runtime-default or a profile of its own",
    });
  },
  examples: {
    pass: [{ container: exampleContainer({ seccomp: { kind: "runtime-default" } }) }],
    fail: [
      { container: exampleContainer({ seccomp: { kind: "unconfined" } }) },
      { container: exampleContainer({ privileged: true, seccomp: { kind: "runtime-default" } }) },
    ],
    unknown: [{ container: exampleContainer() }, { container: exampleContainer({ runtime: "compose" }) }],
  },
});
