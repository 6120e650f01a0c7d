import { describe, expect, it } from "vitest";
import { imageConfiguration } from "./configuration.ts";
import { failEachStep, instructionEvidence } from "./instruction.ts";

const judged = (...steps: readonly object[]) =>
  failEachStep(imageConfiguration.schema.parse({ history: steps }), (instruction) =>
    instruction.keyword === "RUN" && instruction.text.includes("bad")
      ? [instructionEvidence(instruction, { found: "bad", expected: "good", key: "bad" }, "low")]
      : [],
  );

describe("the steps of a build", () => {
  it("are judged with what ONBUILD keeps for other builds, and say so", () => {
    expect(judged({ createdBy: "/bin/sh -c #(nop)  ONBUILD RUN make bad" })).toMatchObject({
      status: "fail",
      evidence: [{ found: "bad (a trigger: it runs in every build on this image)", key: "bad in a trigger" }],
    });
    const location = { file: "Dockerfile", line: 4 };
    expect(judged({ createdBy: "ONBUILD RUN make && \\\n  bad", location })).toMatchObject({
      status: "fail",
      evidence: [{ location: { file: "Dockerfile", line: 4 } }],
    });
  });

  it("are not passed where the builder left the text of one out", () => {
    expect(judged({ createdBy: "|1 A=b /bin/sh -c <<EOF" }, { createdBy: "RUN make" })).toMatchObject({
      status: "unknown",
      reason: expect.stringContaining("step 1 of the history is a here-document"),
    });
    expect(judged({ createdBy: "|1 A=b /bin/sh -c <<EOF" }, { createdBy: "RUN bad" })).toMatchObject({
      status: "fail",
    });
    expect(judged({ createdBy: "RUN /bin/sh -c <<EOF\nmake\nEOF" })).toMatchObject({ status: "pass" });
  });
});
