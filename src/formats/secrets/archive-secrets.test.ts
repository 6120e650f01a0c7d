import { describe, expect, it } from "vitest";
import { zipArchive } from "../zip.fixture.ts";
import { isPacked, secretsOfFile } from "./archive-secrets.ts";

const properties = Buffer.from("spring.datasource.password=Summer2024-x\n");

describe("an archive", () => {
  it("is searched in its settings", () => {
    const jar = zipArchive(
      { "BOOT-INF/classes/application.properties": properties, "a/B.class": properties },
      { deflated: true },
    );
    expect(secretsOfFile(jar, "app/app.jar")).toMatchObject([
      { kind: "assigned-secret", member: "BOOT-INF/classes/application.properties", line: 1 },
    ]);
  });
  it("that is damaged is searched as it is, however it is damaged", () => {
    const jar = zipArchive({ "a.properties": properties });
    for (let length = 0; length < jar.length; length += 3)
      expect(() => secretsOfFile(jar.subarray(0, length), "app/app.jar")).not.toThrow();
    for (let at = 0; at < jar.length; at++) {
      const damaged = Uint8Array.from(jar);
      damaged[at] = damaged[at]! ^ 0xff;
      expect(() => secretsOfFile(damaged, "app/app.jar")).not.toThrow();
    }
  });
  it("of another form is not opened", () => {
    expect(isPacked(Buffer.from("1f8b0800", "hex"))).toBe(true);
    expect(isPacked(Buffer.from("text"))).toBe(false);
    expect(isPacked(new Uint8Array())).toBe(false);
  });
});
