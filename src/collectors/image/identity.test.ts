import { describe, expect, it } from "vitest";
import { readImage } from "../image-reader.ts";
import { imageOf } from "./image.fixture.ts";
import { imageCollectors } from "./index.generated.ts";

describe("what is stored of an image", () => {
  it("has no secret of its configuration in it, wherever one stands", async () => {
    const token = `${"np"}m_${"Zq8Lw3Rt6Yb1Nc4Vm7Kd0Hs5Jf2Gx9Pa3Udw"}`;
    const password = "Tr0ub4dor-and-three";
    const steps = [
      { created_by: `|2 NPM_TOKEN=${token} PASSWORD=${password} /bin/sh -c npm ci` },
      { created_by: `RUN |1 NPM_TOKEN=${token} /bin/sh -c npm ci # buildkit`, comment: `with ${token}` },
      { created_by: `ENV DB_PASSWORD=${password}`, empty_layer: true },
      { created_by: `LABEL build.token=${token}`, empty_layer: true },
    ];
    const image = await imageOf(
      [{ a: "x" }, { b: "y" }],
      {
        Env: [`DB_PASSWORD=${password}`, `HIDDEN=${token}`],
        Labels: { "build.token": token, note: `run with ${password}` },
        Cmd: ["serve", "--password", password],
        Entrypoint: ["/bin/sh", "-c", `login -p ${password} && TOKEN=${token} run`],
        Healthcheck: { Test: ["CMD", "check", `--token=${token}`] },
        OnBuild: [`RUN echo ${token}`],
      },
      steps,
    );
    const { observations } = await readImage(image, { name: "app.tar", format: "test" }, imageCollectors);
    const stored = JSON.stringify(observations);
    expect(stored).not.toContain(token);
    expect(stored).not.toContain(password);
    const facts = new Map(observations.map((one) => [one.fact, "value" in one ? one.value : undefined]));
    expect(facts.get("image/secrets")).toMatchObject({ secrets: expect.arrayContaining([expect.anything()]) });
  });
});
