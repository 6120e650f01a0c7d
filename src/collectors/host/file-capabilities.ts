import { basename } from "node:path";
import { compareText } from "../../core/canonical-json.ts";
import { fileCapabilities } from "../../facts/host/file-capabilities.ts";
import { grantedCapabilities } from "../../formats/host/file-capability-list.ts";
import { defineHostCollector } from "../host-collector.ts";
import { givenFileCapabilities } from "./capability-list.ts";

export default defineHostCollector<typeof fileCapabilities.schema>({
  reads: "host",
  provides: fileCapabilities,
  async *collect(root) {
    const read = await givenFileCapabilities(root);
    const source = basename(root.given.capabilities ?? "getcap");
    if (!("capabilities" in read)) {
      yield { subject: root.subject, source, unavailable: read.reason, remedy: read.remedy };
      return;
    }
    const programs = [...read.capabilities]
      .map(([path, text]) => ({ path, capabilities: grantedCapabilities(text) }))
      .filter(({ capabilities }) => capabilities.length > 0)
      .sort((a, b) => compareText(a.path, b.path));
    yield { subject: root.subject, source, value: { list: source, programs } };
  },
});
