import type { z } from "zod";
import { limits } from "../../core/limits.ts";
import { privilegePrograms } from "../../facts/host/privilege-programs.ts";
import { privilegeProgramVersion } from "../../formats/host/privilege-program.ts";
import { defineHostCollector } from "../host-collector.ts";

type Value = z.output<typeof privilegePrograms.schema>;

const names = ["sudo", "pkexec"] as const;
const folders = ["/usr/bin", "/usr/local/bin", "/usr/local/sbin", "/opt/bin"];

export default defineHostCollector<typeof privilegePrograms.schema>({
  reads: "host",
  provides: privilegePrograms,
  async *collect(root) {
    const value: Value = { programs: [], unread: [] };
    for (const program of names)
      for (const folder of folders) {
        const path = `${folder}/${program}`;
        const stats = await root.stat(path);
        if (!stats?.isFile()) continue;
        const result = await root.readBytes(path, limits.analysedFile);
        if (!("bytes" in result)) value.unread.push({ path, reason: result.reason });
        const version = "bytes" in result ? privilegeProgramVersion(program, result.bytes) : undefined;
        value.programs.push({
          program,
          path,
          ownBuild: folder !== "/usr/bin",
          setUserId: (stats.mode & 0o4000) !== 0,
          ...(version === undefined ? {} : { version }),
        });
      }
    yield { subject: root.subject, source: folders.join(", "), value };
  },
});
