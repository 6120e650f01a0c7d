import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../core/errors.ts";
import { parseEngineVersion } from "./engine-version.ts";

describe("an engine's version", () => {
  it("of Docker's own build names what it starts containers with", () => {
    const answer = {
      Platform: { Name: "Docker Engine - Community" },
      Version: "27.5.1",
      Components: [
        { Name: "Engine", Version: "27.5.1", Details: { Arch: "amd64" } },
        { Name: "containerd", Version: "1.7.25" },
        { Name: "runc", Version: "1.2.4" },
        { Name: "docker-init", Version: "0.19.0" },
      ],
    };
    expect(parseEngineVersion(answer, "v")).toEqual({
      components: [
        { component: "docker", version: "27.5.1" },
        { component: "containerd", version: "1.7.25" },
        { component: "runc", version: "1.2.4" },
      ],
      platform: "Docker Engine - Community",
      isUpstreamBuild: true,
    });
  });
  it("of a distribution's build is not taken for upstream's", () => {
    const answer = {
      Platform: { Name: "" },
      Version: "26.1.5+dfsg1",
      Components: [
        { Name: "Engine", Version: "26.1.5+dfsg1" },
        { Name: "runc", Version: "1.1.15+ds1" },
      ],
    };
    expect(parseEngineVersion(answer, "v")).toMatchObject({
      components: [
        { component: "docker", version: "26.1.5+dfsg1" },
        { component: "runc", version: "1.1.15+ds1" },
      ],
      isUpstreamBuild: false,
    });
    expect(
      parseEngineVersion({ Platform: { Name: "Docker Engine - Community" }, Version: "26.1.5+dfsg1" }, "v"),
    ).toMatchObject({ isUpstreamBuild: false });
  });
  it("of Podman names its runtime", () => {
    const answer = {
      Version: "5.4.0",
      Components: [
        { Name: "Podman Engine", Version: "5.4.0" },
        { Name: "Conmon", Version: "conmon version 2.1.12, commit: x" },
        { Name: "OCI Runtime (crun)", Version: "crun version 1.20\ncommit: 9c9a76a\nrundir: /run/user/1000/crun" },
      ],
    };
    expect(parseEngineVersion(answer, "v")).toMatchObject({
      components: [
        { component: "podman", version: "5.4.0" },
        { component: "crun", version: "1.20" },
      ],
      isUpstreamBuild: false,
    });
  });
  it("of an old Docker has no components", () => {
    expect(parseEngineVersion({ Version: "17.03.2-ce" }, "v").components).toEqual([
      { component: "docker", version: "17.03.2-ce" },
    ]);
  });
  it("that is none throws what it should, whatever it is", () => {
    for (const answer of [undefined, null, "x", []]) expect(() => parseEngineVersion(answer, "v")).toThrow(AppError);
    const entry = fc.record({
      Name: fc.oneof(fc.constantFrom("Engine", "runc"), fc.jsonValue()),
      Version: fc.jsonValue(),
    });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.jsonValue(),
          fc.record({
            Version: fc.jsonValue(),
            Platform: fc.jsonValue(),
            Components: fc.oneof(fc.array(entry), fc.jsonValue()),
          }),
        ),
        (answer) => {
          try {
            parseEngineVersion(answer, "v");
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
          }
        },
      ),
    );
  });
});
