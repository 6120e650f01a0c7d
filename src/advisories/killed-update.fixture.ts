import { writeFileSync } from "node:fs";
import { openPublication } from "./file/publication.ts";
import { realDisk } from "./file/write.ts";
import { updateFolder } from "./update.ts";

/* Run by the robustness test in a process of its own: updates a folder and is killed in the middle of its n-th write. */

const [from, to, after] = process.argv.slice(2) as [string, string, string];
let written = 0;
await updateFolder(openPublication(from), to, {
  disk: {
    ...realDisk,
    write: async (path, bytes) => {
      written++;
      if (written < Number(after)) return realDisk.write(path, bytes);
      writeFileSync(path, bytes.subarray(0, bytes.length >> 1));
      process.kill(process.pid, "SIGKILL");
      await new Promise(() => undefined);
    },
  },
});
