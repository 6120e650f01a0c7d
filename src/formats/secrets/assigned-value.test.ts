import { describe, expect, it } from "vitest";
import { assignedSecret } from "./assigned-value.ts";
import type { FileClass } from "./file-class.ts";

const told = (name: string, value: string, place: FileClass = "settings") =>
  assignedSecret({ name, value, isQuoted: true, start: 0, end: value.length }, place);

describe("a value under a secret's name", () => {
  const key = "9f3ac1d27be4506812acf09d3b7e5c41";
  it("is a service's where a rule names it, and then of that rule's severity", () => {
    expect(told("DATADOG_API_KEY", key)).toMatchObject({
      kind: "datadog-api-key",
      severity: "high",
      isOfService: true,
    });
  });
  it.each<FileClass>(["documentation", "test"])("is no service's in %s", (place) =>
    expect(told("DATADOG_API_KEY", key, place)?.isOfService ?? false).toBe(false),
  );
  it("is a password where the name says so and the value is none of those that stand for one", () => {
    expect(told("DB_PASSWORD", "Summer2024-x")).toMatchObject({ kind: "assigned-secret", isOfService: false });
    for (const value of ["", "abc", "changeme", "$DB_PASSWORD", "xxxxxxxxxxxx"])
      expect(told("DB_PASSWORD", value), value).toBeUndefined();
    expect(told("COLOR", "Summer2024-x")).toBeUndefined();
  });
});
