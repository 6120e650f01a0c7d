import { z } from "zod";
import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { type Engine, engine } from "../../facts/host/engine.ts";
import { sandboxRuntimes } from "../../facts/host/sandbox-runtimes.ts";
import { dockerExample, unreadDockerExample } from "./engine-example.ts";

interface Configured {
  readonly engine: string;
  readonly name: string;
  readonly kind: "gvisor" | "kata";
  readonly file: string;
}

export default defineCheck({
  title: "A sandboxed runtime for sensitive workloads cannot be used",
  severity: "medium",
  clauses: ["4.5.2-a"],
  why: "Workloads that must not share the host's kernel need a runtime with one of its own; one that is only configured stops them from starting, or lets somebody move them to the usual one.",
  fix: "Install gVisor (runsc) or Kata Containers and name it below runtimes in /etc/docker/daemon.json or containerd's config.toml; Kata needs /dev/kvm.",
  needs: { engine, sandbox: sandboxRuntimes },
  params: z.object({
    /** True where this host must be able to run sensitive workloads sandboxed. */
    needed: z.boolean().default(false),
  }),
  evaluate({ engine: { engines }, sandbox: { programs, virtualisation } }, { params: { needed } }) {
    if (engines.length === 0) return notApplicable("no container engine on the host");
    const configured = engines.flatMap((one) => configuredIn(one));
    const items = configured.flatMap(({ engine, name, kind, file }) => {
      const found = !programs.some((program) => program.kind === kind)
        ? `${engine} knows the runtime ${name}, but no program of ${kind} is on the host`
        : kind === "kata" && virtualisation === false
          ? `${engine} knows the runtime ${name}, but the host has no /dev/kvm`
          : undefined;
      return found === undefined
        ? []
        : [{ at: file, found, expected: "a runtime that can start", key: `${engine} ${name}` }];
    });
    const unread = engines.flatMap((one) => one.unread);
    if (configured.length === 0) {
      if (unread.length > 0)
        return unknown(unread.map(({ reason }) => reason).join("; "), "collect the facts with root's rights");
      if (!needed)
        return notApplicable(
          "no sandboxed runtime is configured, and no policy asks for one (checks.host/sandboxed-runtime-missing.params.needed)",
        );
      items.push({
        at: engines.flatMap((one) => one.configurationFiles)[0] ?? "/etc/containerd/config.toml",
        found: "no engine knows a sandboxed runtime",
        expected: "runsc or kata among the runtimes",
        key: "none",
      });
    }
    return failEach(items, {
      at: configured[0]?.file ?? "",
      found: configured.map(({ engine, name, kind }) => `${engine}: ${name} (${kind})`).join(", "),
    });
  },
  examples: {
    pass: [
      {
        engine: { engines: [dockerExample({ configuration: { "runtimes.runsc.path": '"/usr/local/bin/runsc"' } })] },
        sandbox: { programs: [{ kind: "gvisor", path: "/usr/local/bin/runsc" }] },
      },
    ],
    fail: [
      {
        engine: { engines: [dockerExample({ configuration: { "runtimes.runsc.path": '"/usr/local/bin/runsc"' } })] },
        sandbox: { programs: [] },
      },
      {
        engine: {
          engines: [dockerExample({ configuration: { "runtimes.kata.runtimeType": '"io.containerd.kata.v2"' } })],
        },
        sandbox: { programs: [{ kind: "kata", path: "/opt/kata/bin/containerd-shim-kata-v2" }], virtualisation: false },
      },
      { engine: { engines: [dockerExample()] }, sandbox: { programs: [] }, context: { params: { needed: true } } },
    ],
    notApplicable: [
      { engine: { engines: [] }, sandbox: { programs: [] } },
      { engine: { engines: [dockerExample()] }, sandbox: { programs: [] } },
    ],
    unknown: [
      {
        engine: {
          engines: [unreadDockerExample],
        },
        sandbox: { programs: [] },
      },
    ],
  },
});

/** Docker: `runtimes.NAME.path` or `.runtimeType`; containerd and CRI-O: `….runtimes.NAME.runtime_type` or `runtime_path`. */
function configuredIn({ engine, configuration, configurationFiles }: Engine): Configured[] {
  const found = new Map<string, Configured>();
  for (const [key, value] of Object.entries(configuration)) {
    const name = /(?:^|\.)runtimes\.(.+)\.(?:path|runtimeType|runtime_type|runtime_path)$/.exec(key)?.[1];
    const kind = /runsc|gvisor/i.test(value) ? "gvisor" : /kata/i.test(value) ? "kata" : undefined;
    if (name !== undefined && kind !== undefined)
      found.set(name, { engine, name, kind, file: configurationFiles[0] ?? `configuration of ${engine}` });
  }
  return [...found.values()];
}
