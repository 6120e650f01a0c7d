import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { hostPathOf, mountOf, parseMountInfo } from "./mountinfo.ts";

const host = parseMountInfo(
  `25 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
26 25 8:2 / /var rw - xfs /dev/sda2 rw
27 25 0:22 / /run rw,nosuid - tmpfs tmpfs rw
28 25 8:1 /srv/data\\040x /mnt/bind rw master:2 - ext4 /dev/sda1 rw
`,
  "mountinfo",
);
const inContainer = (root: string, device = "8:1") =>
  parseMountInfo(`90 80 ${device} ${root} /m ro - ext4 /dev/sda1 rw`, "mountinfo")[0]!;

describe("mountinfo", () => {
  it("reads options, propagation and escaped names", () => {
    expect(host[3]).toMatchObject({
      root: "/srv/data x",
      mountPoint: "/mnt/bind",
      propagation: ["master"],
      type: "ext4",
    });
    expect(host[0]).toMatchObject({ options: ["rw", "relatime"], propagation: ["shared"], device: "8:1" });
  });

  it("gives back any names, escaped as the kernel does or byte by byte", () => {
    const name = fc.string({
      unit: fc.constantFrom(" ", "\t", "\n", "\\", "a", "é", "漢", "#", "0", "4"),
      maxLength: 12,
    });
    const kernel = (text: string) =>
      text.replaceAll(/[ \t\n\\#]/g, (one) => `\\${one.charCodeAt(0).toString(8).padStart(3, "0")}`);
    const bytes = (text: string) =>
      [...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
    fc.assert(
      fc.property(name, name, fc.constantFrom(kernel, bytes), (point, source, write) => {
        const line = `1 2 8:1 / /${write(point)} rw - fuse.${write(source)} s${write(source)} rw,lowerdir=${write(point)}`;
        expect(parseMountInfo(line, "mountinfo")[0]).toMatchObject({
          mountPoint: `/${point}`,
          type: `fuse.${source}`,
          source: `s${source}`,
          superOptions: ["rw", `lowerdir=${point}`],
        });
      }),
    );
  });

  it("finds the mount of a path", () => {
    expect(mountOf(host, "/var/lib/docker")?.mountPoint).toBe("/var");
    expect(mountOf(host, "/variable")?.mountPoint).toBe("/");
  });

  it("tells where on the host a container's mount comes from", () => {
    expect(hostPathOf(inContainer("/etc"), host)).toBe("/etc");
    expect(hostPathOf(inContainer("/docker.sock", "0:22"), host)).toBe("/run/docker.sock");
    expect(hostPathOf(inContainer("/"), host)).toBe("/");
    expect(hostPathOf(inContainer("/srv/data\\040x/sub"), host)).toBe("/mnt/bind/sub");
    expect(hostPathOf(inContainer("/x", "0:99"), host)).toBeUndefined();
  });

  it("answers any text", () => {
    survivesAnyText((text) => parseMountInfo(text, "f"), ["1 ", "8:1 ", "/ ", "- ", "rw ", "\n", "\\040", "ext4 "]);
  });
});
