import { defineCheck, failEach, notApplicable } from "../../core/check.ts";
import { engine } from "../../facts/host/engine.ts";
import { mounts } from "../../facts/host/mounts.ts";
import { dockerExample } from "./engine-example.ts";

const storage: Readonly<Record<string, string>> = {
  docker: "/var/lib/docker",
  containerd: "/var/lib/containerd",
  "cri-o": "/var/lib/containers",
  podman: "/var/lib/containers",
};

export default defineCheck({
  title: "Storage of containers shares the root file system",
  severity: "low",
  clauses: ["4.5.5-c", "4.5.1-b"],
  why: "A container that fills its storage then stops the whole host.",
  fix: "Give the engine's storage a file system of its own.",
  needs: { engine, mounts },
  references: ["CIS Docker 1.6.0 1.1.1"],
  evaluate({ engine: { engines }, mounts: { mounts } }) {
    const used = engines.filter((entry) => storage[entry.engine] !== undefined && entry.running);
    if (used.length === 0) return notApplicable("no container engine runs on the host");
    const root = mounts.findLast(({ point }) => point === "/")?.device;
    const items = used.flatMap((entry) => {
      const configured = entry.configuration["data-root"] ?? entry.configuration["root"];
      const path = configured === undefined ? storage[entry.engine]! : String(JSON.parse(configured));
      const mount = mounts
        .filter(({ point }) => point === "/" || path === point || path.startsWith(`${point}/`))
        .sort((a, b) => a.point.length - b.point.length)
        .at(-1);
      return mount?.device === root
        ? [
            {
              at: path,
              found: "on the root file system",
              expected: "a file system of its own",
              key: `${entry.engine} ${path}`,
            },
          ]
        : [];
    });
    return failEach(items, { at: "/proc/1/mountinfo", found: "storage lies on file systems of its own" });
  },
  examples: {
    pass: [
      {
        engine: { engines: [dockerExample()] },
        mounts: {
          mounts: [
            { point: "/", type: "ext4", source: "a", options: [], readOnly: false, device: "8:1" },
            { point: "/var/lib/docker", type: "xfs", source: "b", options: [], readOnly: false, device: "8:2" },
          ],
        },
      },
    ],
    fail: [
      {
        engine: { engines: [dockerExample()] },
        mounts: { mounts: [{ point: "/", type: "ext4", source: "a", options: [], readOnly: false, device: "8:1" }] },
      },
    ],
    notApplicable: [{ engine: { engines: [] }, mounts: { mounts: [] } }],
  },
});
