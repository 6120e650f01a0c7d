import { defineCheck, failEach, notApplicable } from "../../core/check.ts";
import { imageConfiguration } from "../../facts/image/configuration.ts";
import { openVerdict } from "../../facts/image/instruction.ts";

const firstUnprivileged = 1024;

export default defineCheck({
  title: "Image listens on a privileged port",
  severity: "low",
  clauses: ["4.1.2-b", "4.1.2-c"],
  why: "Ports below 1024 need root or CAP_NET_BIND_SERVICE: the image asks for rights that a higher port makes needless.",
  fix: "Listen on a port from 1024 up and map it where it is published: EXPOSE 8080.",
  needs: { configuration: imageConfiguration },
  evaluate({ configuration }) {
    const low = configuration.exposedPorts.filter((port) => Number.parseInt(port, 10) < firstUnprivileged);
    const open = low.length === 0 ? openVerdict(configuration, "exposedPorts") : undefined;
    if (open !== undefined) return open;
    if (configuration.exposedPorts.length === 0) return notApplicable("it exposes no port");
    return failEach(
      low.map((port) => ({
        at: "configuration: ExposedPorts",
        found: port,
        expected: `${firstUnprivileged} or above`,
        key: `port ${port}`,
        location: configuration.places[`port ${port}`],
      })),
      { at: "configuration: ExposedPorts", found: configuration.exposedPorts.join(", ") },
    );
  },
  examples: {
    pass: [{ configuration: { exposedPorts: ["8080/tcp"] } }],
    fail: [
      { configuration: { exposedPorts: ["80/tcp", "8080/tcp"] } },
      {
        configuration: {
          exposedPorts: ["80-90/tcp"],
          places: { "port 80-90/tcp": { file: "Dockerfile", line: 7 } },
          open: [{ setting: "exposedPorts", reason: "the base may expose more", remedy: "build it" }],
        },
      },
    ],
    unknown: [
      {
        configuration: {
          exposedPorts: ["8080/tcp"],
          open: [{ setting: "exposedPorts", reason: "the base may expose more", remedy: "build it" }],
        },
      },
    ],
    notApplicable: [{ configuration: {} }],
  },
});
