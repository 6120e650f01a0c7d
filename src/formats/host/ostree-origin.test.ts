import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { parseOstreeOrigin } from "./ostree-origin.ts";

describe("parseOstreeOrigin", () => {
  it("names what was put on the image, replaced and removed", () => {
    const text = `[origin]\ncontainer-image-reference=ostree-image-signed:docker://quay.example/fcos\n\n[packages]\nrequested=strace;vim;\nrequested-local=${"ab".repeat(32)}:tool-1-1.noarch\n[overrides]\nremove=nano;\n`;
    expect(parseOstreeOrigin(text)).toEqual([
      { what: "layered", name: "strace" },
      { what: "layered", name: "vim" },
      { what: "local", name: "tool-1-1.noarch" },
      { what: "removed", name: "nano" },
    ]);
    expect(parseOstreeOrigin("[origin]\nrefspec=x\n")).toEqual([]);
  });

  it("survives any text", () => {
    survivesAnyText(parseOstreeOrigin, [
      "[packages]\n",
      "[overrides]\n",
      "requested=",
      "remove=",
      "a;",
      ";",
      "\n",
      "]",
    ]);
  });
});
