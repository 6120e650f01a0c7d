import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../core/errors.ts";
import { readYamlDocuments } from "../yaml-documents.ts";
import { containersOf } from "./containers.ts";
import { type KubernetesObject, kubernetesObjects } from "./objects.ts";
import { workloadOf } from "./workloads.ts";

function objectsIn(text: string): KubernetesObject[] {
  const { documents, broken } = readYamlDocuments(text, "test");
  expect(broken).toEqual([]);
  return documents.flatMap((document) => kubernetesObjects(document, "x.yaml"));
}
const containersIn = (text: string) => objectsIn(text).flatMap(containersOf);
const pod = (spec: string, metadata = "name: p") =>
  `apiVersion: v1\nkind: Pod\nmetadata: {${metadata}}\nspec: ${spec}\n`;

describe("objects", () => {
  it("are found in lists, typed lists and admission reviews", () => {
    const one = '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"name":"c"}]}}';
    const bare = '{"metadata":{"name":"a"},"spec":{"containers":[{"name":"c"}]}}';
    const review = `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"namespace":"shop","kind":{"group":"","version":"v1","kind":"Pod"},"object":${bare}}}`;
    for (const text of [
      one,
      `{"apiVersion":"v1","kind":"List","items":[${one}]}`,
      `{"apiVersion":"v1","kind":"PodList","items":[${bare}]}`,
      review,
    ]) {
      expect(objectsIn(text).map(({ apiVersion, kind, name }) => ({ apiVersion, kind, name }))).toEqual([
        { apiVersion: "v1", kind: "Pod", name: "a" },
      ]);
      expect(containersIn(text)).toMatchObject([{ name: "c", origin: { paths: { "": "spec.containers[0]" } } }]);
    }
    expect(objectsIn(review)[0]!.namespace).toBe("shop");
  });

  it("are none in other documents", () => {
    for (const text of ["a: 1", "- 1", "text", "kind: Pod", "services: {}", "apiVersion: v1"])
      expect(objectsIn(text)).toEqual([]);
  });
});

describe("containers", () => {
  it("are found in every kind that makes pods", () => {
    const template = "{metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}";
    const kinds = [
      ["apps/v1", "Deployment", `{template: ${template}}`],
      ["apps/v1", "StatefulSet", `{template: ${template}}`],
      ["apps/v1", "DaemonSet", `{template: ${template}}`],
      ["apps/v1", "ReplicaSet", `{template: ${template}}`],
      ["v1", "ReplicationController", `{template: ${template}}`],
      ["batch/v1", "Job", `{template: ${template}}`],
      ["batch/v1", "CronJob", `{jobTemplate: {spec: {template: ${template}}}}`],
      ["argoproj.io/v1alpha1", "Rollout", `{template: ${template}}`],
      ["serving.knative.dev/v1", "Service", `{template: ${template}}`],
    ] as const;
    for (const [apiVersion, kind, spec] of kinds) {
      const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: x}\nspec: ${spec}\n`;
      expect(containersIn(text), kind).toHaveLength(1);
      expect(workloadOf(objectsIn(text)[0]!), kind).toMatchObject({
        kind,
        podLabels: { a: "b" },
        containers: 1,
        namespace: "default",
        namespaceDeclared: false,
      });
    }
    expect(
      containersIn(`apiVersion: v1\nkind: PodTemplate\nmetadata: {name: x}\ntemplate: ${template}\n`),
    ).toHaveLength(1);
    expect(containersIn("apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {ports: [{port: 80}]}\n")).toEqual(
      [],
    );
  });

  it("have roles", () => {
    expect(
      containersIn(
        pod(
          "{initContainers: [{name: i}, {name: s, restartPolicy: Always}], containers: [{name: c}], ephemeralContainers: [{name: e}]}",
        ),
      ).map(({ name, role }) => [name, role]),
    ).toEqual([
      ["i", "init"],
      ["s", "sidecar"],
      ["c", "main"],
      ["e", "ephemeral"],
    ]);
  });

  it("inherit from the pod what pods can set, and nothing else", () => {
    const spec = `{hostUsers: false, os: {name: linux}, securityContext: {runAsUser: 1000, runAsGroup: 3000, runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}, appArmorProfile: {type: Unconfined}, seLinuxOptions: {type: spc_t}, sysctls: [{name: a, value: "1"}]},
      containers: [{name: a}, {name: b, securityContext: {runAsUser: 0, runAsNonRoot: false, seccompProfile: {type: Localhost, localhostProfile: x.json}, appArmorProfile: {type: RuntimeDefault}, seLinuxOptions: {level: s0}}}]}`;
    const [a, b] = containersIn(pod(spec));
    expect(a).toMatchObject({
      user: "1000",
      group: "3000",
      runAsNonRoot: true,
      seccomp: { kind: "runtime-default" },
      appArmor: { kind: "unconfined" },
      seLinux: { type: "spc_t" },
      sysctls: { a: "1" },
      operatingSystem: "linux",
      hostNamespaces: { user: false },
    });
    expect(b).toMatchObject({
      user: "0",
      group: "3000",
      runAsNonRoot: false,
      seccomp: { kind: "localhost", profile: "x.json" },
      appArmor: { kind: "runtime-default" },
      seLinux: { level: "s0" },
      podSettings: {
        user: "1000",
        runAsNonRoot: true,
        seccomp: { kind: "runtime-default" },
        appArmor: { kind: "unconfined" },
      },
    });
    expect(b!.seLinux!.type).toBeUndefined();
    expect(b!.capabilities).toEqual({ add: [], drop: [] });
  });

  it("read the annotations of older versions where there is no field", () => {
    const annotations =
      "annotations: {container.apparmor.security.beta.kubernetes.io/a: localhost/shop, seccomp.security.alpha.kubernetes.io/pod: runtime/default, container.seccomp.security.alpha.kubernetes.io/b: unconfined, container.apparmor.security.beta.kubernetes.io/b: bogus}";
    const [a, b, c] = containersIn(
      pod(
        "{containers: [{name: a}, {name: b}, {name: c, securityContext: {seccompProfile: {type: Unconfined}}}]}",
        `name: p, ${annotations}`,
      ),
    );
    expect(a).toMatchObject({ appArmor: { kind: "localhost", profile: "shop" }, seccomp: { kind: "runtime-default" } });
    expect(b).toMatchObject({ appArmor: { kind: "other", profile: "bogus" }, seccomp: { kind: "unconfined" } });
    expect(c).toMatchObject({ seccomp: { kind: "unconfined" } });
  });

  it("have mounts of what volumes are", () => {
    const spec = `{containers: [{name: a, volumeMounts: [{name: h, mountPath: /h, subPath: sub, readOnly: true, mountPropagation: Bidirectional}, {name: c, mountPath: /c}, {name: m, mountPath: /m}, {name: q, mountPath: /q}, {name: s, mountPath: /s}]}],
      volumes: [{name: h, hostPath: {path: /var/}}, {name: c, configMap: {name: cm}}, {name: m, emptyDir: {medium: Memory}}, {name: s, secret: {secretName: sec}}]}`;
    expect(containersIn(pod(spec))[0]!.mounts).toMatchObject([
      { kind: "host-path", source: "/var/sub", destination: "/h", readOnly: true, propagation: "Bidirectional" },
      { kind: "config-map", source: "cm", readOnly: false },
      { kind: "tmpfs" },
      { kind: "other", source: undefined },
      { kind: "secret", source: "sec" },
    ]);
  });

  it("have limits in bytes and cores, the pod's where they have none", () => {
    expect(
      containersIn(
        pod("{resources: {limits: {memory: 1Gi}}, containers: [{name: a, resources: {limits: {cpu: 250m}}}]}"),
      )[0]!.limits,
    ).toEqual({ memory: 2 ** 30, cpu: 0.25 });
  });

  it("have variables whose secrets are not kept", () => {
    const [a] = containersIn(
      pod(
        "{containers: [{name: a, env: [{name: A, value: info}, {name: DB_PASSWORD, value: hunter2}, {name: B, valueFrom: {secretKeyRef: {name: s, key: k}}}, {name: C, valueFrom: {fieldRef: {fieldPath: x}}}], envFrom: [{secretRef: {name: all}}, {configMapRef: {name: cm}, prefix: P_}]}]}",
      ),
    );
    expect(a!.env.map(({ name, from, value }) => [name, from, value])).toEqual([
      ["A", "literal", "info"],
      ["DB_PASSWORD", "literal", "********"],
      ["B", "secret", "s"],
      ["C", "field", undefined],
      ["*", "secret", "all"],
      ["P_*", "config-map", "cm"],
    ]);
    expect(JSON.stringify(a)).not.toContain("hunter2");
  });

  it("tell the line of each field that is set", () => {
    const text =
      "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\nspec:\n  hostNetwork: true\n  containers:\n    - name: a\n      image: x\n      securityContext:\n        privileged: true\n";
    expect(containersIn(text)[0]!.origin).toMatchObject({
      file: "x.yaml",
      lines: { "": 8, image: 9, privileged: 11, "hostNamespaces.network": 6 },
      paths: {
        privileged: "spec.containers[0].securityContext.privileged",
        user: "spec.containers[0].securityContext.runAsUser",
      },
    });
  });

  it("are refused where a field has the wrong type", () => {
    for (const spec of [
      "{containers: [{name: a, securityContext: {privileged: 'true'}}]}",
      "{containers: [{name: a, ports: {}}]}",
      "{hostNetwork: 1, containers: [{name: a}]}",
      "{containers: [1], initContainers: x}",
    ]) {
      expect(() => containersIn(pod(spec))).toThrow(AppError);
    }
  });

  it("throw nothing but CORRUPT_INPUT, whatever is written", () => {
    const keys = fc.constantFrom(
      "containers",
      "initContainers",
      "securityContext",
      "capabilities",
      "add",
      "ports",
      "env",
      "volumes",
      "volumeMounts",
      "name",
      "resources",
      "limits",
      "hostPath",
      "valueFrom",
      "seccompProfile",
      "type",
      "affinity",
      "tolerations",
      "__proto__",
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom<unknown>("x", 1, true, null, ""),
        fc.array(tie("any"), { maxLength: 3 }),
        fc.dictionary(keys, tie("any"), { maxKeys: 4 }),
      ),
    })).any;
    fc.assert(
      fc.property(value, value, (spec, metadata) => {
        try {
          const document = {
            value: {
              apiVersion: "v1",
              kind: "Pod",
              metadata,
              spec: { containers: [spec], ...(typeof spec === "object" ? spec : {}) },
            },
            position: () => undefined,
          };
          for (const object of kubernetesObjects(document, undefined)) {
            containersOf(object);
            workloadOf(object);
          }
        } catch (error) {
          expect(error).toMatchObject({ code: "CORRUPT_INPUT" });
        }
      }),
      { numRuns: 500 },
    );
  });
});
