import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { logonsIn, parseAuthenticationLog, sudoCommandsIn } from "./authentication-log.ts";

const now = Date.UTC(2026, 0, 15, 12) / 1000;
const text = [
  "2026-01-15T10:00:00.123456+01:00 n1 sshd[12]: Accepted publickey for dev from 192.0.2.7 port 50022 ssh2: ED25519 SHA256:x",
  "Jan 15 09:05:00 n1 sudo:      dev : TTY=pts/0 ; PWD=/home/dev ; USER=root ; COMMAND=/usr/bin/docker exec -it web sh",
  "Dec 31 23:59:59 n1 sudo[9]: ops : PWD=/ ; USER=root ; COMMAND=/usr/bin/crictl ps",
  "Jan 15 09:06:00 n1 sudo: eve : command not allowed ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/docker ps",
  "Jan 15 09:07:00 n1 login[7]: pam_unix(login:session): session opened for user admin(uid=1000) by LOGIN(uid=0)",
  "Jan 15 09:08:00 n1 sshd[13]: Failed password for root from 198.51.100.9 port 4 ssh2",
  "no line of syslog",
].join("\n");

describe("the log of authentications", () => {
  const messages = parseAuthenticationLog(text, now);

  it("tells times of both forms; one without a year lies in the past", () => {
    expect(messages.map(({ time }) => new Date(time * 1000).toISOString().slice(0, 16))).toEqual([
      "2026-01-15T09:00",
      "2026-01-15T09:05",
      "2025-12-31T23:59",
      "2026-01-15T09:06",
      "2026-01-15T09:07",
      "2026-01-15T09:08",
    ]);
  });

  it("tells who logged on and what ran through sudo", () => {
    expect(logonsIn(messages).map(({ user, from, by }) => [user, from, by])).toEqual([
      ["dev", "192.0.2.7", "ssh"],
      ["admin", "", "console"],
    ]);
    expect(sudoCommandsIn(messages).map(({ user, as, command }) => [user, as, command])).toEqual([
      ["dev", "root", "/usr/bin/docker exec -it web sh"],
      ["ops", "root", "/usr/bin/crictl ps"],
    ]);
  });

  it("never tells a time more than a day ahead", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 364 }), (day) => {
        const date = new Date(Date.UTC(2025, 0, 1 + day));
        const month = date.toLocaleString("en", { month: "short", timeZone: "UTC" });
        const [message] = parseAuthenticationLog(`${month} ${date.getUTCDate()} 00:00:00 n1 sudo: x`, now);
        expect(message!.time).toBeLessThanOrEqual(now + 86_400);
        expect(message!.time).toBeGreaterThan(now - 366 * 86_400);
      }),
    );
  });

  it("survives any text", () => {
    const parts = [
      "Jan 15 09:05:00 ",
      "n1 ",
      "sudo: ",
      "sshd[1]: ",
      "x : TTY=y ; ",
      "COMMAND=z",
      "\n",
      "Accepted a for b from c port 1",
      "{",
      "}",
    ];
    survivesAnyText((input) => {
      const found = parseAuthenticationLog(input, now);
      return [logonsIn(found), sudoCommandsIn(found)];
    }, parts);
  });
});
