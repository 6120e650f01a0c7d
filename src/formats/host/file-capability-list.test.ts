import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { grantedCapabilities, parseFileCapabilities } from "./file-capability-list.ts";

describe("parseFileCapabilities", () => {
  it("reads both forms of getcap, paths with spaces and namespaced ones", () => {
    const text =
      "/usr/bin/ping cap_net_raw=ep\n/usr/bin/old = cap_setuid,cap_setgid+eip\n/opt/my app cap_sys_admin=p\n/x =ep\n/y cap_chown=ep [rootid=100000]\nnothing\n";
    expect([...parseFileCapabilities(text)]).toEqual([
      ["/usr/bin/ping", "cap_net_raw=ep"],
      ["/usr/bin/old", "cap_setuid,cap_setgid+eip"],
      ["/opt/my app", "cap_sys_admin=p"],
      ["/x", "=ep"],
      ["/y", "cap_chown=ep [rootid=100000]"],
    ]);
  });

  it("survives any text", () => {
    survivesAnyText(parseFileCapabilities, ["/", "a ", "=", "ep", "cap_x", "\n", " ", "[rootid=1]"]);
  });
});

describe("grantedCapabilities", () => {
  it.each([
    ["cap_net_raw=ep", ["cap_net_raw"]],
    ["cap_setuid,cap_setgid+eip", ["cap_setgid", "cap_setuid"]],
    ["=ep", ["all"]],
    ["cap_chown=i", []],
    ["cap_chown=ep [rootid=100000]", ["cap_chown"]],
  ])("%s", (text, expected) => expect(grantedCapabilities(text)).toEqual(expected));

  it("survives any text", () => {
    survivesAnyText(grantedCapabilities, ["cap_x", ",", "=", "+", "ep", " "]);
  });
});
