import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { parseShellHistory } from "./shell-history.ts";

describe("parseShellHistory", () => {
  it("reads bash with and without times, zsh and fish", () => {
    expect(parseShellHistory("ls\n#1767200000\ndocker ps\ncd x\n")).toEqual([
      { line: "ls", time: undefined },
      { line: "docker ps", time: 1_767_200_000 },
      { line: "cd x", time: undefined },
    ]);
    expect(parseShellHistory(": 1767200000:0;docker ps; ls\n")).toEqual([
      { line: "docker ps; ls", time: 1_767_200_000 },
    ]);
    expect(parseShellHistory("- cmd: docker ps\n  when: 1767200000\n- cmd: ls\n")).toEqual([
      { line: "docker ps", time: 1_767_200_000 },
      { line: "ls", time: undefined },
    ]);
  });

  it("survives any text", () => {
    survivesAnyText(parseShellHistory, [
      "#1767200000\n",
      ": 1767200000:0;",
      "- cmd: ",
      "  when: 1767200000\n",
      "ls\n",
      "\n",
    ]);
  });
});
