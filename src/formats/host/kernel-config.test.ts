import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { parseKernelConfig } from "./kernel-config.ts";

describe("kernel configuration", () => {
  it("reads built-in, modular, numeric and text options", () => {
    expect(
      parseKernelConfig(
        '#\n# Automatically generated file\n#\nCONFIG_A=y\nCONFIG_B=m\n# CONFIG_C is not set\nCONFIG_D=0x1000\nCONFIG_LSM="lockdown,yama"\nCONFIG_E=""\nCONFIG_F="a \\"b\\" \\\\"\nCONFIG_G=n\n',
      ),
    ).toEqual({ A: "y", B: "m", D: "0x1000", LSM: "lockdown,yama", E: "", F: 'a "b" \\', G: "n" });
  });

  it("gives back whatever options were written", () => {
    const name = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,10}$/);
    const plain = fc.constantFrom("y", "m", "17", "-1", "0xff");
    const text = fc.stringMatching(/^[ -~]{0,12}$/);
    fc.assert(
      fc.property(fc.dictionary(name, fc.oneof(plain, text), { noNullPrototype: true }), (options) => {
        const lines = Object.entries(options).map(([key, value]) =>
          /^(y|m|-?\d+|0x\w+)$/.test(value)
            ? `CONFIG_${key}=${value}`
            : `CONFIG_${key}="${value.replaceAll(/["\\]/g, "\\$&")}"`,
        );
        expect(parseKernelConfig(lines.join("\n# CONFIG_UNSET is not set\n"))).toEqual(options);
      }),
    );
  });

  it("answers any text", () => {
    survivesAnyText(parseKernelConfig, ["CONFIG_", "A", "=", "y", '"', "\\", "\n", "# ", " is not set", "__proto__"]);
  });
});
