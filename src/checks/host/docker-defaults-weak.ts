import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import type { Severity } from "../../core/severity.ts";
import { type Engine, engine } from "../../facts/host/engine.ts";
import { dockerExample, unreadDockerExample } from "./engine-example.ts";

interface DefaultSetting {
  readonly name: string;
  readonly expected: string;
  /** JSON text that counts where nothing is set. */
  readonly builtIn: string;
  accepts(value: string): boolean;
  readonly severity: Severity;
}

const settings: readonly DefaultSetting[] = [
  {
    name: "icc",
    expected: "false",
    builtIn: "true",
    accepts: (value) => value === "false",
    severity: "medium",
  },
  {
    name: "no-new-privileges",
    expected: "true",
    builtIn: "false",
    accepts: (value) => value === "true",
    severity: "medium",
  },
  {
    name: "userns-remap",
    expected: '"default"',
    builtIn: '""',
    accepts: (value) => value !== '""' && value !== "false",
    severity: "medium",
  },
  {
    name: "userland-proxy",
    expected: "false",
    builtIn: "true",
    accepts: (value) => value === "false",
    severity: "low",
  },
  {
    name: "live-restore",
    expected: "true",
    builtIn: "false",
    accepts: (value) => value === "true",
    severity: "low",
  },
  {
    name: "experimental",
    expected: "false",
    builtIn: "false",
    accepts: (value) => value === "false",
    severity: "low",
  },
  {
    name: "selinux-enabled",
    expected: "true where SELinux runs",
    builtIn: "true",
    accepts: () => true,
    severity: "low",
  },
];

export default defineCheck({
  title: "Docker gives containers more than they need by default",
  severity: "medium",
  clauses: ["4.4.3-a", "4.4.3-b", "8176-5.2.5", "8176-5.6-T2"],
  why: "What the daemon allows by default every container gets whose starter forgot to forbid it.",
  fix: "Set icc: false, no-new-privileges: true, userns-remap: default, userland-proxy: false and live-restore: true in /etc/docker/daemon.json and restart Docker.",
  needs: { engine },
  references: [
    "CIS Docker 1.6.0 2.2",
    "CIS Docker 1.6.0 2.9",
    "CIS Docker 1.6.0 2.14",
    "CIS Docker 1.6.0 2.15",
    "CIS Docker 1.6.0 2.16",
    "CIS Docker 1.6.0 2.18",
  ],
  evaluate({ engine: { engines } }) {
    const docker = engines.find((entry) => entry.engine === "docker");
    if (!docker) return notApplicable("Docker is not on the host");
    // Without its file or its command line what is set would count as not set.
    if (docker.unread.length > 0)
      return unknown(
        docker.unread.map(({ reason }) => reason).join("; "),
        "collect the facts with root's rights; a damaged file must be mended first",
      );
    const at = docker.configurationFiles[0] ?? "/etc/docker/daemon.json";
    const items = settings
      // A rootless daemon is mapped as a whole, and swarm refuses live-restore; the first is visible here.
      .filter((setting) => !(setting.name === "userns-remap" && docker.rootless === true))
      .filter((setting) => !setting.accepts(settingOf(docker, setting)))
      .map((setting) => ({
        at,
        found: `${setting.name}: ${settingOf(docker, setting)}${docker.configuration[setting.name] === undefined ? " (built in)" : ""}`,
        expected: `${setting.name}: ${setting.expected}`,
        key: `docker ${setting.name}`,
        severity: setting.severity,
      }));
    return failEach(items, {
      at,
      found: settings.map((setting) => `${setting.name}: ${settingOf(docker, setting)}`).join(", "),
    });
  },
  examples: {
    pass: [
      {
        engine: {
          engines: [
            dockerExample({
              configurationFiles: ["/etc/docker/daemon.json"],
              configuration: {
                icc: "false",
                "no-new-privileges": "true",
                "userns-remap": '"default"',
                "userland-proxy": "false",
                "live-restore": "true",
              },
            }),
          ],
        },
      },
    ],
    fail: [{ engine: { engines: [dockerExample({ commandLine: ["dockerd", "--icc=true"] })] } }],
    unknown: [{ engine: { engines: [unreadDockerExample] } }],
    notApplicable: [
      {
        engine: {
          engines: [{ engine: "containerd", shownBy: ["/usr/bin/containerd"], running: true, configurationFiles: [] }],
        },
      },
    ],
  },
});

/** The command line wins over nothing only: Docker refuses to start where both set the same. */
function settingOf({ configuration, commandLine }: Engine, { name, builtIn }: DefaultSetting): string {
  const configured = configuration[name];
  if (configured !== undefined) return configured;
  const word = commandLine.find((candidate) => candidate === `--${name}` || candidate.startsWith(`--${name}=`));
  if (word === undefined) return builtIn;
  const value = word.slice(name.length + 3);
  if (word === `--${name}`) return "true";
  return value === "true" || value === "false" ? value : JSON.stringify(value);
}
