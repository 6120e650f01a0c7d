import { describe, expect, it } from "vitest";
import { sampleInput } from "../../../test/sample-assessment.ts";
import type { Target } from "../../core/snapshot.ts";
import { subjectLabel } from "./subject-label.ts";

const [some] = sampleInput().assessment.findings;
const cluster: Target = { kind: "cluster", name: "prod", subject: "cluster/prod", identity: "cluster/prod" };
const host: Target = { kind: "host", name: "this machine", subject: "host/n1", identity: "host/n1" };

describe("the label of a subject", () => {
  const labelOf = (subject: string, ...targets: Target[]) =>
    subjectLabel({ ...some!, subject, subjectName: subject }, targets);
  it.each([
    ["cluster/prod", "prod"],
    ["cluster/prod/namespace/web/pod/api/container/app", "container web/api/app"],
    ["cluster/prod/cluster-role/reader", "cluster-role reader"],
    ["cluster/prod/odd", "odd"],
    ["cluster/production/namespace/x", "cluster/production/namespace/x"],
  ])("%s", (subject, label) => {
    expect(labelOf(subject, cluster)).toBe(label);
  });
  it("begins with the target where there are several", () => {
    expect(labelOf("cluster/prod/namespace/web", host, cluster)).toBe("prod namespace web");
    expect(labelOf("host/n1", host, cluster)).toBe("this machine");
  });
});
