import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { failedChecks, findingsAt, findingsInText } from "../../../test/manifest-verdicts.ts";

const examples = fileURLToPath(new URL("../../../examples/manifests/", import.meta.url));
const settings = { sensitivityLevels: ["public", "internal", "secret"], trustedRegistries: ["registry.shop.example"] };

const pod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "cart", namespace: "shop" },
  spec: { hostPID: true, containers: [{ name: "app", image: "app:latest", securityContext: { privileged: true } }] },
};

describe("one check serves every source", () => {
  it("a manifest, a request, a list of live objects and a controller's template fail alike", async () => {
    const { apiVersion: _v, kind: _k, ...bare } = pod;
    const review = {
      apiVersion: "admission.k8s.io/v1",
      kind: "AdmissionReview",
      request: { kind: { group: "", version: "v1", kind: "Pod" }, namespace: "shop", object: bare },
    };
    const deployment = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: pod.metadata,
      spec: { template: { spec: pod.spec } },
    };
    const expected = failedChecks(await findingsInText(JSON.stringify(pod)));
    expect(expected).toEqual(
      expect.arrayContaining([
        "container/privileged",
        "container/host-processes-visible",
        "container/image-tag-floating",
      ]),
    );
    for (const other of [review, { apiVersion: "v1", kind: "PodList", items: [bare] }, deployment])
      expect(failedChecks(await findingsInText(JSON.stringify(other)))).toEqual(expected);
  });

  it("and a manifest's evidence has file and line", async () => {
    const text =
      "apiVersion: v1\nkind: Pod\nmetadata: {name: cart, namespace: shop}\nspec:\n  containers:\n    - name: app\n      securityContext:\n        privileged: true\n";
    const finding = (await findingsInText(text)).find((candidate) => candidate.check === "container/privileged");
    expect(finding?.evidence[0]).toMatchObject({
      at: "spec.containers[0].securityContext.privileged",
      location: { file: "manifest.yaml", line: 8 },
    });
  });
});

describe("the example manifests", () => {
  it("hold a workload as it should be", async () => {
    const findings = await findingsAt(examples, settings);
    const storefront = findings.filter((finding) =>
      finding.subject.startsWith("cluster/test/namespace/shop/deployment/storefront"),
    );
    expect(failedChecks(storefront)).toEqual([]);
    expect(storefront.filter((finding) => finding.status === "pass").length).toBeGreaterThan(40);
  });

  it("hold what goes wrong in practice", async () => {
    const failures = failedChecks(await findingsAt(examples, settings));
    expect(failures).toEqual(
      expect.arrayContaining([
        "container/privileged",
        "container/registry-untrusted",
        "container/runtime-socket-mounted",
        "container/runs-as-root",
        "container/secret-in-environment",
        "orchestrator/cluster-admin-bound",
        "orchestrator/egress-unrestricted",
        "orchestrator/ingress-unrestricted",
        "orchestrator/pod-security-not-enforced",
        "orchestrator/privilege-escalation-rights",
        "orchestrator/secret-in-config-map",
        "orchestrator/sensitivity-not-pinned",
        "orchestrator/levels-share-namespace",
        "orchestrator/levels-connect",
      ]),
    );
  });

  it("give no secret away", async () => {
    const text = JSON.stringify(await findingsAt(examples, settings));
    expect(text).not.toContain("tulips-in-february");
    expect(text).not.toContain("4f2d9b1c7e8a4d55a0c3");
  });

  it("judge nothing about levels and registries that nobody decided", async () => {
    const undecided = (await findingsAt(examples)).filter((finding) =>
      /sensitivity|levels|registry-untrusted/.test(finding.check),
    );
    expect(undecided.length).toBeGreaterThan(0);
    expect(undecided.filter((finding) => finding.status === "pass" || finding.status === "fail")).toEqual([]);
  });
});
