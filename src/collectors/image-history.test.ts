import { describe, expect, it } from "vitest";
import { configurationOf } from "./image/image.fixture.ts";
import { historyOf, instructionsByLayer, shownHistoryOf } from "./image-history.ts";

const nop = "/bin/sh -c #(nop) ";

describe("the steps of a history", () => {
  it("that made a layer each have it", () => {
    const config = configurationOf(2, [
      { created_by: "ADD file:1 in /" },
      { created_by: "ENV A=1", empty_layer: true },
      { created_by: "RUN make # buildkit" },
    ]);
    expect(historyOf(config).map(({ layer }) => layer)).toEqual([0, undefined, 1]);
    expect([...instructionsByLayer(historyOf(config))]).toEqual([
      [0, "ADD file:1 in /"],
      [1, "RUN make # buildkit"],
    ]);
  });

  it("of a build into one layer all have it where they bring files, and the last that it was left to only then", () => {
    const config = configurationOf(2, [
      { created_by: `${nop}ADD file:1 in /`, comment: "imported from tarball" },
      { created_by: `${nop}ARG VERSION`, comment: "FROM example/base:1", empty_layer: true },
      { created_by: `${nop}COPY file:2 in /app`, empty_layer: true },
      { created_by: "|1 VERSION=3 /bin/sh -c make -C /app", empty_layer: true },
      { created_by: `${nop}CMD ["/app/run"]` },
    ]);
    expect(historyOf(config).map(({ layer }) => layer)).toEqual([0, undefined, 1, 1, 1]);
    expect(instructionsByLayer(historyOf(config)).get(1)).toBe(
      `${nop}COPY file:2 in /app; |1 VERSION=3 /bin/sh -c make -C /app`,
    );
  });

  it("of an earlier build are not taken for those of a later one's layer", () => {
    const config = configurationOf(1, [
      { created_by: `${nop}COPY file:1 in /`, empty_layer: true },
      { created_by: `${nop}COPY file:2 in /`, comment: "FROM example/empty:1" },
    ]);
    expect(historyOf(config).map(({ layer }) => layer)).toEqual([undefined, 0]);
  });

  it("have no layer where they were cut", () => {
    expect(historyOf(configurationOf(2, [{ created_by: "RUN make" }])).map(({ layer }) => layer)).toEqual([undefined]);
  });
});

describe("a history that is shown", () => {
  const token = `${"gh"}p_${"Zq8Lw3Rt6Yb1Nc4Vm7Kd0Hs5Jf2Gx9Pa3Udw"}`;
  it.each([
    ["a build argument of the classic builder", `|1 NPM_TOKEN=${token} /bin/sh -c npm ci`, token],
    ["a build argument with spaces", "|1 DB_PASSWORD=correct horse battery /bin/sh -c make", "horse battery"],
    ["an ENV with spaces", `${nop}ENV DB_PASSWORD=correct horse battery`, "horse"],
    ["a token among words", `RUN /bin/sh -c curl -H X-Thing:${token} https://h.invalid`, token],
    ["a token in base64", `RUN echo ${Buffer.from(`v=${token}`).toString("base64")} | base64 -d`, "Z2hw"],
    ["what another text names", "RUN ./login Tr0ub4dor-and-3", "Tr0ub4dor"],
  ])("hides %s", (_, createdBy, secret) => {
    const config = configurationOf(1, [{ created_by: createdBy, comment: createdBy }], {
      Env: ["DB_PASSWORD=correct horse battery"],
      Labels: { "login.password": "Tr0ub4dor-and-3" },
    });
    const [step] = shownHistoryOf(config);
    expect(step!.createdBy).not.toContain(secret);
    expect(step!.comment).not.toContain(secret);
    expect(step!.createdBy).toContain("***");
  });
});
