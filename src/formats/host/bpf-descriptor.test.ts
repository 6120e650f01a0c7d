import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { parseBpfDescriptor } from "./bpf-descriptor.ts";

const program = [
  "pos:\t0",
  "flags:\t02000002",
  "mnt_id:\t15",
  "ino:\t1059",
  "prog_type:\t2",
  "prog_jited:\t1",
  "prog_tag:\t0123456789abcdef",
  "memlock:\t4096",
  "prog_id:\t41",
  "",
].join("\n");

describe("a descriptor's information", () => {
  it("tells of a program", () => {
    expect(parseBpfDescriptor(program)).toEqual({ holds: "program", id: 41, type: "kprobe", tag: "0123456789abcdef" });
    expect(parseBpfDescriptor(program.replace("prog_type:\t2", "prog_type:\t31"))?.type).toBe("syscall");
    expect(parseBpfDescriptor(program.replace("prog_type:\t2", "prog_type:\t99"))?.type).toBe("99");
  });

  it("tells of a link", () => {
    const link = "pos:\t0\nlink_type:\tperf\nlink_id:\t7\nprog_tag:\tfedcba9876543210\nprog_id:\t42\n";
    expect(parseBpfDescriptor(link)).toEqual({ holds: "link", id: 42, type: "perf", tag: "fedcba9876543210" });
  });

  it("tells of nothing for a file, a map and what is damaged", () => {
    expect(parseBpfDescriptor("pos:\t0\nflags:\t0100000\nmnt_id:\t29\n")).toBeUndefined();
    expect(parseBpfDescriptor("map_type:\t1\nmap_id:\t3\n")).toBeUndefined();
    expect(parseBpfDescriptor(program.replace("prog_id:\t41", "prog_id:\t-1"))).toBeUndefined();
    expect(parseBpfDescriptor(program.replace("prog_type:\t2", "prog_type:\tx"))).toBeUndefined();
    expect(parseBpfDescriptor(program.replace(/prog_tag.*/, "prog_tag:\t\u001b[31m"))?.tag).toBeUndefined();
  });

  it("survives any text, and any number stays itself", () => {
    survivesAnyText(parseBpfDescriptor, ["prog_id:", "prog_type:", "link_type:", "\t", "1", "\n", "x"]);
    fc.assert(
      fc.property(
        fc.nat(2 ** 31),
        (id) => parseBpfDescriptor(program.replace("prog_id:\t41", `prog_id:\t${id}`))?.id === id,
      ),
      { numRuns: 50 },
    );
  });
});
