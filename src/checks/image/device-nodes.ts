import { defineCheck, failEach } from "../../core/check.ts";
import { baseUntold } from "../../facts/image/instruction.ts";
import { imagePrivilegedFiles } from "../../facts/image/privileged-files.ts";

/** Devices without state that runtimes create in every container anyway (OCI runtime-spec config-linux.md, "Default Devices"). */
const harmless = /^\/dev\/(null|zero|full|random|urandom|tty|console|ptmx|pts\/.*|fd|std(in|out|err))$/;

export default defineCheck({
  title: "Image brings device nodes",
  severity: "medium",
  clauses: ["4.1.2-c", "8176-5.5-c"],
  why: "A device node in a layer names a driver of the host; where a container may open it, files and memory of the host are within reach.",
  fix: "Remove the node from the image; give a container the device it needs when it starts.",
  needs: { files: imagePrivilegedFiles },
  evaluate({ files }) {
    const nodes = files.files.filter((file) => file.kind === "device" && !harmless.test(file.path));
    if (nodes.length === 0 && files.seen === "instructions") return baseUntold("device nodes");
    return failEach(
      nodes.map((node) => ({
        at: node.path,
        found: `device node, mode ${node.mode}`,
        expected: "no device nodes",
        key: node.path,
        layer: node.layer,
        fix: `RUN rm ${node.path}`,
      })),
      { at: "file system", found: `none among ${files.entries} entries` },
    );
  },
  examples: {
    pass: [
      {
        files: {
          files: [{ path: "/dev/null", kind: "device", mode: "0666", owner: 0, group: 0, layer: 0 }],
          entries: 3,
        },
      },
    ],
    fail: [
      {
        files: {
          files: [{ path: "/dev/sda", kind: "device", mode: "0660", owner: 0, group: 6, layer: 0 }],
          entries: 3,
        },
      },
    ],
    unknown: [{ files: { files: [], entries: 0, seen: "instructions" } }],
  },
});
