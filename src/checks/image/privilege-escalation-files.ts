import { defineCheck, failEach, unknown } from "../../core/check.ts";
import { baseUntold } from "../../facts/image/instruction.ts";
import { imagePrivilegedFiles } from "../../facts/image/privileged-files.ts";

export default defineCheck({
  title: "Files in the image raise the rights of whoever runs them",
  severity: "medium",
  clauses: ["8176-6-f", "4.1.2-c"],
  why: "A setuid or setgid program, or one with file capabilities, lets an unprivileged process inside the container become root there. Containers hardly ever need one.",
  fix: "In the Dockerfile: RUN chmod a-s FILE (or setcap -r FILE), or build on an image without it.",
  references: ["CIS Docker 1.6.0 4.8"],
  needs: { files: imagePrivilegedFiles },
  evaluate({ files }) {
    const raising = files.files.filter((file) => file.kind !== "device");
    if (raising.length === 0 && files.seen === "instructions")
      return baseUntold("file with setuid, setgid or capabilities");
    if (raising.length === 0 && !files.capabilitiesRead)
      return unknown(
        `none of ${files.entries} entries is setuid or setgid, but whether one has capabilities is not known: a folder's extended attributes are not read`,
        "assess the image that the folder was unpacked from; getcap -r lists what the folder has",
      );
    return failEach(
      raising.map((file) => ({
        at: file.path,
        found: `${file.kind} ${file.capabilities?.join(",") ?? file.mode}${file.owner === undefined ? "" : `, owner ${file.owner}:${file.group}`}`,
        expected: "no setuid, setgid or capabilities",
        key: `${file.path} ${file.kind}`,
        layer: file.layer,
        location: file.location,
        severity: file.kind === "setgid" ? ("low" as const) : undefined,
        fix: file.kind === "capabilities" ? `RUN setcap -r ${file.path}` : `RUN chmod a-s ${file.path}`,
      })),
      { at: "file system", found: `none among ${files.entries} entries` },
    );
  },
  examples: {
    pass: [
      { files: { files: [], entries: 900 } },
      {
        files: {
          files: [{ path: "/dev/null", kind: "device", mode: "0666", owner: 0, group: 0, layer: 0 }],
          entries: 3,
        },
      },
    ],
    unknown: [
      { files: { files: [], entries: 0, seen: "instructions" } },
      { files: { files: [], entries: 900, capabilitiesRead: false } },
    ],
    fail: [
      {
        files: {
          files: [{ path: "/app/tool", kind: "setuid", mode: "u+s", location: { file: "Dockerfile", line: 8 } }],
          entries: 0,
          seen: "instructions",
        },
      },
      {
        files: {
          files: [{ path: "/bin/su", kind: "setuid", mode: "4755", owner: 0, group: 0, layer: 0 }],
          entries: 900,
        },
      },
      {
        files: {
          files: [
            {
              path: "/bin/ping",
              kind: "capabilities",
              mode: "0755",
              owner: 0,
              group: 0,
              layer: 1,
              capabilities: ["CAP_NET_RAW"],
            },
          ],
          entries: 900,
        },
      },
    ],
  },
});
