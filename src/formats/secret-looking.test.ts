import { describe, expect, it } from "vitest";
import { looksSecret } from "./secret-looking.ts";

describe("settings that carry a secret", () => {
  it.each([
    ["DB_PASSWORD", "tulips-in-february"],
    ["API_KEY", "4f2d9b1c7e8a4d55a0c3"],
    ["dbPassword", "hunter2"],
    ["spring.datasource.password", "hunter2"],
    ["SETTINGS", "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE"],
    ["DATABASE_URL", "postgres://shop:hunter2@db/shop"],
    ["ANYTHING", `ghp_${"a".repeat(36)}`],
    ["AWS_ID", "AKIAIOSFODNN7EXAMPLE"],
    ["REDIS_PASSWORD_MAIN", "hunter2"],
    ["PASSWORD_SALT", "4f2d9b1c"],
    ["ARGS", "--db-password=tulips-in-february"],
  ])("%s=%s", (name, value) => expect(looksSecret(name, value)).toBe(true));

  it.each([
    ["DB_PASSWORD_FILE", "/run/secrets/db"],
    ["DB_PASSWORD", "/run/secrets/db"],
    ["DB_PASSWORD", "$(PASSWORD)"],
    ["DB_PASSWORD", ""],
    ["TOKEN_TTL", "3600s"],
    ["AUTH_ENABLED", "true"],
    ["SECRET_NAME", "shop-db"],
    ["TOKEN_URL", "https://login.example/token"],
    ["PASSENGERS", "12 people"],
    ["LOG_LEVEL", "info"],
    ["DATABASE_URL", "postgres://db/shop"],
    ["COMPASSWORDS", "x"],
    ["MAX_TOKENS", "many"],
    ["DATABASE_URL", "postgres://shop:$(PASSWORD)@db/shop"],
  ])("not %s=%s", (name, value) => expect(looksSecret(name, value)).toBe(false));

  it("ends on long texts", () => {
    looksSecret("a".repeat(1_000_000), `a://${"b".repeat(1_000_000)}`);
    looksSecret("_password".repeat(100_000), "eyJ".repeat(300_000));
  });
});
