import { afterEach, expect, it } from "vitest";
import { FakeDockerEngine } from "../../../test/fakes/docker-engine.ts";
import { type ContainerEngine, openContainerEngine } from "../container-engine.ts";
import collector from "./engine-components.ts";

let fake: FakeDockerEngine | undefined;
let opened: ContainerEngine | undefined;
afterEach(async () => {
  await opened?.engine.close();
  await fake?.stop();
});

async function told(version?: Record<string, unknown>) {
  fake = await FakeDockerEngine.start({ containers: [], ...(version && { version }) });
  opened = await openContainerEngine(fake.socket, "docker");
  const context = { signal: new AbortController().signal, now: new Date() };
  const found = [];
  for await (const one of collector.collect(opened, context)) found.push(one);
  return found;
}

it("tells the versions that the engine tells, about the engine", async () => {
  const version = {
    Platform: { Name: "Docker Engine - Community" },
    Version: "27.5.1",
    Components: [
      { Name: "Engine", Version: "27.5.1" },
      { Name: "containerd", Version: "1.7.25" },
      { Name: "runc", Version: "1.2.4" },
    ],
  };
  expect(await told(version)).toEqual([
    {
      subject: "container/docker",
      source: expect.stringMatching(/ GET \/version$/),
      value: {
        components: [
          { component: "docker", version: "27.5.1" },
          { component: "containerd", version: "1.7.25" },
          { component: "runc", version: "1.2.4" },
        ],
        platform: "Docker Engine - Community",
        isUpstreamBuild: true,
      },
    },
  ]);
});
it("an answer that says nothing gives no components", async () => {
  expect(await told({})).toMatchObject([{ value: { components: [], isUpstreamBuild: false } }]);
});
