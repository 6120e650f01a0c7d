import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Collector, runCollector } from "../core/collector.ts";
import { subject } from "../core/subject.ts";
import { collectHost } from "./host-collection.ts";
import { HostRoot } from "./host-root.ts";
import { collectors } from "./index.generated.ts";

describe("collecting from a host", () => {
  it("runs every collector of hosts and answers as if they ran one after another in the order of their ids", async () => {
    const folder = mkdtempSync(join(tmpdir(), "plimsoll-host-"));
    try {
      const root = new HostRoot(folder, subject("host", "empty"), false);
      const times: string[] = [];
      const context = { signal: new AbortController().signal, now: new Date("2026-01-01T00:00:00Z") };
      const observations = await collectHost(root, context, {
        rooms: /^host\//,
        onTime: (what, milliseconds) => {
          expect(milliseconds).toBeGreaterThanOrEqual(0);
          times.push(what);
        },
      });
      const alone = new HostRoot(folder, subject("host", "empty"), false);
      const expected = [];
      for (const [id, collector] of collectors)
        if (id.startsWith("host/"))
          expected.push(...(await runCollector(collector as Collector<HostRoot>, alone, alone.subject, context)));
      expect(observations).toEqual(expected);
      expect(observations.length).toBeGreaterThan(30);
      expect(times).toEqual(["others", "host/files", "host/package-integrity"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
