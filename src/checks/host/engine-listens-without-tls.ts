import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { type Engine, engine } from "../../facts/host/engine.ts";
import { dockerExample, unreadDockerExample } from "./engine-example.ts";

export default defineCheck({
  title: "Container engine reachable over TCP without mutual TLS",
  severity: "critical",
  clauses: ["4.4.3-a", "4.5.4-a", "8176-5.1"],
  why: "Whoever reaches the engine's socket starts containers as root of the host; only certificates on both ends keep strangers out.",
  fix: "Remove the tcp:// host, or set tlsverify with tlscacert, tlscert and tlskey.",
  needs: { engine },
  references: ["CIS Docker 1.6.0 2.7"],
  evaluate({ engine: { engines } }) {
    if (engines.length === 0) return notApplicable("no container engine on the host");
    const items = engines.flatMap((entry) =>
      tcpListeners(entry)
        .filter(() => !verifiesClients(entry))
        .map((address) => ({
          at: entry.configurationFiles[0] ?? `command line of ${entry.engine}`,
          found: `${entry.engine} listens on ${address} without verifying clients`,
          expected: "no TCP listener, or TLS with verified client certificates",
          key: `${entry.engine} ${address}`,
        })),
    );
    const unread = engines.flatMap((entry) => entry.unread);
    if (items.length === 0 && unread.length > 0)
      return unknown(
        [...new Set(unread.map(({ reason }) => reason))].join("; "),
        "collect the facts with root's rights; a damaged file must be mended first",
      );
    return failEach(items, {
      at: engines.map(({ engine }) => engine).join(", "),
      found: "no TCP listener without verified clients",
    });
  },
  examples: {
    pass: [
      { engine: { engines: [dockerExample({ commandLine: ["dockerd", "-H", "fd://"] })] } },
      { engine: { engines: [dockerExample({ commandLine: ["dockerd", "--tlsverify", "-H=tcp://0.0.0.0:2376"] })] } },
    ],
    fail: [
      { engine: { engines: [dockerExample({ commandLine: ["dockerd", "-H", "tcp://0.0.0.0:2375"] })] } },
      {
        engine: {
          engines: [
            dockerExample({
              running: false,
              configurationFiles: ["/etc/docker/daemon.json"],
              configuration: { hosts: '["unix:///run/docker.sock","tcp://:2375"]', tls: "true" },
            }),
          ],
        },
      },
      {
        engine: {
          engines: [
            {
              engine: "containerd",
              shownBy: ["process containerd"],
              running: true,
              configurationFiles: ["/etc/containerd/config.toml"],
              configuration: { "grpc.tcp_address": '"0.0.0.0:7777"' },
            },
          ],
        },
      },
    ],
    unknown: [{ engine: { engines: [unreadDockerExample] } }],
    notApplicable: [{ engine: { engines: [] } }],
  },
});

function tcpListeners({ engine, commandLine, configuration }: Engine): string[] {
  if (engine === "docker" || engine === "podman") {
    const configured: unknown = JSON.parse(configuration["hosts"] ?? "[]");
    const hosts = [
      ...optionValues(commandLine, ["-H", "--host"]),
      ...(Array.isArray(configured) ? configured.map(String) : []),
      ...commandLine.slice(1),
    ];
    return [...new Set(hosts.filter((host) => host.startsWith("tcp:")))];
  }
  if (engine === "containerd")
    return [text(configuration["grpc.tcp_address"]), text(configuration["debug.tcp_address"])].filter(
      (address) => address !== "",
    );
  return [];
}

function verifiesClients({ engine, commandLine, configuration }: Engine): boolean {
  if (engine === "docker")
    return commandLine.some((word) => /^--tlsverify(=true)?$/.test(word)) || configuration["tlsverify"] === "true";
  if (engine === "containerd") return text(configuration["grpc.tcp_tls_ca"]) !== "";
  return false;
}

function optionValues(commandLine: readonly string[], names: readonly string[]): string[] {
  return commandLine.flatMap((word, index) => {
    if (names.includes(word)) return [commandLine[index + 1] ?? ""];
    const name = names.find((candidate) => word.startsWith(`${candidate}=`));
    return name ? [word.slice(name.length + 1)] : [];
  });
}

function text(json: string | undefined): string {
  return json === undefined ? "" : String(JSON.parse(json));
}
