import { closeSync, constants, openSync, readSync } from "node:fs";
import type { z } from "zod";
import { messageOf } from "../../core/errors.ts";
import { journals } from "../../facts/host/journals.ts";
import { journalHeaderBytes, parseJournalHeader } from "../../formats/host/journal-header.ts";
import { defineHostCollector } from "../host-collector.ts";

type Value = z.output<typeof journals.schema>;

const folder = "/var/log/journal";

export default defineHostCollector<typeof journals.schema>({
  reads: "host",
  provides: journals,
  async *collect(root) {
    const value: Value = { files: [], unread: [] };
    const machines = await root.list(folder);
    if ("missing" in machines && machines.missing !== "absent")
      value.unread.push({ path: folder, reason: machines.reason });
    for (const machine of "names" in machines ? machines.names : []) {
      const listed = await root.list(`${folder}/${machine}`);
      if ("missing" in listed && listed.missing !== "absent")
        value.unread.push({ path: `${folder}/${machine}`, reason: listed.reason });
      for (const name of "names" in listed ? listed.names : []) {
        if (!/\.journal~?$/.test(name)) continue;
        const path = `${folder}/${machine}/${name}`;
        try {
          value.files.push({ path, ...parseJournalHeader(beginningOf(await root.locate(path)), path) });
        } catch (error) {
          value.unread.push({ path, reason: messageOf(error) });
        }
      }
    }
    yield { subject: root.subject, source: folder, value };
  },
});

/** The first bytes only: a journal may be gigabytes large. */
function beginningOf(path: string): Uint8Array {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const bytes = Buffer.alloc(journalHeaderBytes);
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(file);
  }
}
