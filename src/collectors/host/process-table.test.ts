import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type MadeHost, type MadeTree, madeProcess, makeHost } from "../../../test/host-roots.ts";
import { processTable } from "./process-table.ts";

let host: MadeHost | undefined;
afterEach(() => host?.remove());

const first: MadeTree = madeProcess(1, "init");
const other: MadeTree = madeProcess(400, "own");

/** The table of a host whose /proc is mounted with these options. */
async function tableWith(options: string, ...trees: readonly MadeTree[]) {
  host = makeHost({ "etc/passwd": "", "proc/self/mountinfo": "" }, ...trees);
  const { path } = host.root;
  writeFileSync(join(path, "proc/self/mountinfo"), `20 1 0:20 / ${path}/proc rw,nosuid - proc proc ${options}\n`);
  return processTable(host.root);
}

describe("the process list", () => {
  it.each(["rw,hidepid=invisible", "rw,hidepid=2", "rw,gid=4,hidepid=ptraceable"])(
    "is none that %s thins out",
    async (options) => {
      expect(await tableWith(options, other)).toMatchObject({
        reason: expect.stringContaining("hides the processes of others"),
      });
    },
  );

  it.each(["rw", "rw,hidepid=0", "rw,hidepid=off"])("is whole with %s", async (options) => {
    expect(await tableWith(options, other)).toMatchObject({ processes: [{ pid: 400 }] });
  });

  it("is whole where the first process is seen for all that", async () => {
    expect(await tableWith("rw,hidepid=invisible", first, other)).toMatchObject({
      processes: [{ pid: 1 }, { pid: 400 }],
    });
  });
});
