import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { composeServices, isComposeFile } from "./compose.ts";
import type { ContainerDescription } from "./container-description.ts";
import { readYamlDocuments } from "./yaml-documents.ts";

function service(text: string): ContainerDescription {
  const [document] = readYamlDocuments(
    `services:\n  app:\n    image: team/app:1\n${text.replace(/^/gm, "    ")}`,
    "compose.yaml",
  ).documents;
  const [found] = composeServices(document!, "compose.yaml");
  if (found === undefined || "unread" in found) throw new Error("unread");
  return found;
}

describe("services of a compose file", () => {
  it("are told from other documents", () => {
    expect(isComposeFile({ services: { a: { image: "x" } } })).toBe(true);
    expect(isComposeFile({ version: "3", services: { a: { build: "." } } })).toBe(true);
    for (const other of [
      {},
      { services: [] },
      { services: { a: 1 } },
      { kind: "X", services: { a: { image: "x" } } },
      null,
      "services",
    ])
      expect(isComposeFile(other)).toBe(false);
  });

  it("have Docker's settings", () => {
    const text =
      'privileged: true\nuser: "1000:1000"\nread_only: true\ncap_add: [NET_ADMIN]\ncap_drop: [ALL]\nsecurity_opt: ["no-new-privileges:true", "seccomp:unconfined"]\nnetwork_mode: host\npid: host\nipc: host\nuts: host\nuserns_mode: host\npids_limit: 50\nmem_limit: 1.5g\ncpus: "0.5"\ncgroup_parent: shop';
    expect(service(text)).toMatchObject({
      image: { repository: "team/app", tag: "1" },
      privileged: true,
      user: "1000",
      group: "1000",
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      seccomp: { kind: "unconfined" },
      capabilities: { add: ["NET_ADMIN"], drop: ["ALL"] },
      hostNamespaces: { network: true, pid: true, ipc: true, uts: true, user: true },
      limits: { memory: 1.5 * 2 ** 30, cpu: 0.5, processes: 50 },
      cgroupParent: "shop",
      origin: { file: "compose.yaml", lines: { privileged: 4 }, paths: { privileged: "services.app.privileged" } },
    });
  });

  it("have limits of deployments too", () => {
    expect(service('deploy: {resources: {limits: {memory: 512M, cpus: "2", pids: 10}}}').limits).toEqual({
      memory: 512 * 2 ** 20,
      cpu: 2,
      processes: 10,
    });
    expect(service("mem_limit: 1000\npids_limit: -1").limits).toEqual({
      memory: 1000,
      cpu: undefined,
      processes: undefined,
    });
  });

  it.each([
    ["80", { container: 80 }],
    ["8080:80", { container: 80, host: 8080 }],
    ["127.0.0.1:8080:80/udp", { container: 80, host: 8080, hostAddress: "127.0.0.1", protocol: "UDP" }],
    ["[::1]:8080:80", { container: 80, host: 8080, hostAddress: "::1" }],
    ["9000-9001:9000-9001", { container: 9000, host: 9000 }],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Compose's own syntax
    ["${PORT:-8080}:80", { container: 80, host: 8080 }],
  ])("publish port %s", (port, expected) => {
    expect(service(`ports: ["${port}"]`).ports).toMatchObject([expected]);
  });

  it("mount folders of the host and volumes", () => {
    const mounts = service(
      'volumes: ["/etc:/host:ro", "./src:/src", "~/x:/x:rshared", "data:/data", "/anonymous", {type: bind, source: /srv, target: /srv, read_only: true}, {type: tmpfs, target: /t}]\ntmpfs: /run',
    ).mounts;
    expect(mounts.map(({ kind, source, readOnly, propagation }) => [kind, source, readOnly, propagation])).toEqual([
      ["host-path", "/etc", true, undefined],
      ["host-path", "./src", false, undefined],
      ["host-path", "~/x", false, "rshared"],
      ["volume", "data", false, undefined],
      ["volume", undefined, false, undefined],
      ["host-path", "/srv", true, undefined],
      ["tmpfs", undefined, false, undefined],
      ["tmpfs", undefined, false, undefined],
    ]);
  });

  it("have variables whose secrets are not kept", () => {
    const expected = [
      ["A", "literal", "1"],
      ["DB_PASSWORD", "literal", "********"],
      ["FROM_SHELL", "other", undefined],
    ];
    for (const text of [
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Compose's own syntax
      "environment: {A: 1, DB_PASSWORD: hunter2, FROM_SHELL: '${X}'}",
      'environment: ["A=1", "DB_PASSWORD=hunter2", "FROM_SHELL"]',
    ]) {
      expect(service(text).env.map(({ name, from, value }) => [name, from, value])).toEqual(expected);
    }
  });

  it("are unread where they extend others, and built where they have no image", () => {
    const [document] = readYamlDocuments("services: {a: {extends: {service: b}}, b: {build: .}}", "c").documents;
    expect(composeServices(document!, "c")).toMatchObject([
      { name: "a", unread: expect.stringContaining("extends") },
      { name: "b", image: { text: "(built here)" } },
    ]);
  });

  it("throw nothing but CORRUPT_INPUT, whatever is written", () => {
    const keys = fc.constantFrom(
      "image",
      "ports",
      "volumes",
      "environment",
      "deploy",
      "resources",
      "security_opt",
      "user",
      "sysctls",
      "devices",
      "mem_limit",
      "tmpfs",
      "command",
      "healthcheck",
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom<unknown>("x", "1:2", 1, true, null),
        fc.array(tie("any"), { maxLength: 3 }),
        fc.dictionary(keys, tie("any"), { maxKeys: 4 }),
      ),
    })).any;
    fc.assert(
      fc.property(fc.dictionary(keys, value), (app) => {
        try {
          composeServices({ value: { services: { app } }, position: () => undefined }, undefined);
        } catch (error) {
          expect(error).toMatchObject({ code: "CORRUPT_INPUT" });
        }
      }),
      { numRuns: 500 },
    );
  });
});
