import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

/** Types that confine a container. `container_engine_t` (for engines in containers) counts from Kubernetes 1.31 on. */
const confined = ["container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

export default defineCheck({
  title: "SELinux confinement changed",
  severity: "high",
  clauses: ["4.4.3-e"],
  why: "A container with a type such as spc_t, or with a user or role of its own, is not confined by the SELinux policy for containers.",
  fix: "Remove `seLinuxOptions`' user and role, and set its type to container_t or leave it unset.",
  references: ["Pod Security Standards baseline: SELinux", "CIS Docker 1.6.0 5.3"],
  needs: { container },
  evaluate({ container }) {
    const settings = [
      { field: "seLinux", setting: container.seLinux },
      { field: "podSettings.seLinux", setting: container.podSettings?.seLinux },
    ];
    const found = settings.flatMap(({ field, setting }) => {
      const problems = [
        ...(setting?.disabled ? ["labels switched off"] : []),
        ...(setting?.type !== undefined && !confined.includes(setting.type) ? [`type ${setting.type}`] : []),
        ...(setting?.user === undefined ? [] : [`user ${setting.user}`]),
        ...(setting?.role === undefined ? [] : [`role ${setting.role}`]),
      ];
      return problems.map((problem) => ({
        ...seenIn(container, field),
        key: `${field} ${problem}`,
        found: problem,
        expected: `a type of ${confined.join(", ")}, no user, no role`,
      }));
    });
    const [first, ...rest] = found;
    if (first) return fail(first, ...rest);
    if (container.seLinux?.type === undefined)
      return unknown(
        "no SELinux type is set: whether the node confines containers is not known from here",
        "plimsoll assess host, on the node",
      );
    return pass({ ...seenIn(container, "seLinux"), found: container.seLinux.type, expected: confined.join(", ") });
  },
  examples: {
    pass: [{ container: exampleContainer({ seLinux: { type: "container_t" } }) }],
    fail: [
      { container: exampleContainer({ seLinux: { type: "spc_t" } }) },
      { container: exampleContainer({ seLinux: { disabled: true } }) },
      { container: exampleContainer({ seLinux: { role: "sysadm_r" } }) },
    ],
    unknown: [{ container: exampleContainer() }],
  },
});
