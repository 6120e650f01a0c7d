import type { z } from "zod";
import type { engine } from "../../facts/host/engine.ts";

type EngineExample = z.input<typeof engine.schema>["engines"][number];

/** Docker as examples of checks have it: it runs, and nothing is configured but what is given. */
export function dockerExample(given: Partial<EngineExample> = {}): EngineExample {
  return { engine: "docker", shownBy: ["/usr/bin/dockerd"], running: true, configurationFiles: [], ...given };
}

/** Docker whose configuration could not be read. */
export const unreadDockerExample = dockerExample({
  running: false,
  unread: [{ path: "/etc/docker/daemon.json", reason: "/etc/docker/daemon.json may not be read" }],
});
