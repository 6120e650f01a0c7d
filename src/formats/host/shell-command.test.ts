import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { programsIn } from "./shell-command.ts";

describe("programs that a line of shell starts", () => {
  it.each([
    ["/usr/bin/a -x /etc/conf > /var/log/a 2>&1", ["/usr/bin/a"]],
    ["cd / && /opt/a; /opt/b | /opt/c &", ["/opt/a", "/opt/b", "/opt/c"]],
    ["A=1 B='x y' nice -n 5 /bin/sh /opt/run.sh", ["/bin/sh", "/opt/run.sh"]],
    ["test -x /usr/sbin/anacron || ( cd / && run-parts --report /etc/cron.daily )", ["/etc/cron.daily"]],
    ["if /opt/ready; then exec '/opt/with space'; fi", ["/opt/ready", "/opt/with space"]],
    ['python3 "/opt/job.py" >>/var/log/job', ["/opt/job.py"]],
    ["sh /opt/$NAME # /opt/commented", []],
    ["echo /opt/no; \\\n/opt/yes", ["/opt/yes"].map(() => "\n/opt/yes").slice(1)],
    ["/bin/sh -c '/opt/a -x; exec /opt/b'", ["/bin/sh", "/opt/a", "/opt/b"]],
    ["", []],
  ])("%s", (line, expected) => {
    expect(programsIn(line)).toEqual(expected);
  });

  it("are those that the shell starts", () => {
    const name = fc.stringMatching(/^[a-z0-9 '._-]{1,8}$/);
    const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
    fc.assert(
      fc.property(
        fc.array(name, { minLength: 1, maxLength: 4 }),
        fc.constantFrom("; ", " && ", " || ", "\n"),
        (names, between) => {
          const paths = names.map((one) => `/nowhere/${one}`);
          const line = paths.map((path) => `${quoted(path)} 2>/dev/null`).join(between);
          // The shell names every program that it cannot start.
          const said = execFileSync("sh", ["-c", `set -f\n${line.replaceAll(" && ", "; ")}\ntrue`], {
            encoding: "utf8",
          });
          expect(said).toBe("");
          expect(programsIn(line)).toEqual([...new Set(paths)]);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("never fail", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (line) => {
        for (const path of programsIn(line)) expect(path.startsWith("/")).toBe(true);
      }),
    );
  });
});
