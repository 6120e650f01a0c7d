import { z } from "zod";
import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { umask } from "../../facts/host/umask.ts";

export default defineCheck({
  title: "Files that root makes can be written by others",
  severity: "medium",
  clauses: ["4.5.1-b"],
  why: "A script or configuration that root made and others may write to is run as root with what they wrote.",
  fix: "Put `umask 027` into /etc/profile.d/umask.sh, UMASK 027 into /etc/login.defs, and take wider masks out of root's own files.",
  references: ["CIS Debian Linux 12 1.1.0 5.4.2.6", "CIS Red Hat Enterprise Linux 9 2.0.0 5.4.2.6"],
  needs: { umask },
  params: z.object({
    /** Bits that must be masked, octal: `022` (nobody else writes) or `027` (others do not read either). */
    masked: z
      .string()
      .regex(/^[0-7]{3}$/)
      .default("022"),
  }),
  evaluate({ umask: { settings, read, unread } }, { params: { masked } }) {
    const wanted = Number.parseInt(masked, 8);
    const isOpen = ({ mask }: { mask: string }) => (Number.parseInt(mask, 8) & wanted) !== wanted;
    const last = settings.findLastIndex(({ root }) => root === "always");
    const conditional = settings.slice(last + 1).find((setting) => isOpen(setting));
    const inForce = settings[last];
    const expected = `${masked} or more`;
    if (inForce && isOpen(inForce))
      return fail({
        at: inForce.file,
        location: { file: inForce.file, line: inForce.line },
        found: `umask ${inForce.mask}`,
        expected,
        key: inForce.file,
      });
    if (unread.length > 0)
      return unknown(unread.map(({ reason }) => reason).join("; "), "collect the facts with root's rights");
    if (conditional)
      return unknown(
        `${conditional.file} sets umask ${conditional.mask} under a condition (line ${conditional.line})`,
        "log on as root and run umask, or take the line out",
      );
    if (!inForce) {
      const [at] = read;
      return at === undefined
        ? unknown("the host has none of the files that set it", "log on as root and run umask")
        : isOpen({ mask: "022" })
          ? fail({ at, found: "no file sets it: 022, as login and systemd do", expected, key: "none" })
          : pass({ at, found: `no line of ${read.join(", ")} sets it: 022, as login and systemd do`, expected });
    }
    return pass({ at: inForce.file, found: `umask ${inForce.mask}`, expected });
  },
  examples: {
    pass: [
      { umask: { settings: [{ file: "/etc/login.defs", line: 3, mask: "022", root: "always" }] } },
      {
        umask: {
          settings: [
            { file: "/etc/profile", line: 3, mask: "002", root: "perhaps" },
            { file: "/root/.bashrc", line: 3, mask: "077", root: "always" },
          ],
        },
      },
      { umask: { read: ["/etc/profile"] } },
    ],
    fail: [
      { umask: { settings: [{ file: "/root/.bashrc", line: 1, mask: "000", root: "always" }] } },
      {
        umask: { settings: [{ file: "/etc/profile", line: 9, mask: "022", root: "always" }] },
        context: { params: { masked: "027" } },
      },
    ],
    unknown: [
      { umask: {} },
      { umask: { settings: [{ file: "/etc/profile", line: 3, mask: "002", root: "perhaps" }] } },
      { umask: { unread: [{ path: "/root/.bashrc", reason: "/root/.bashrc may not be read" }] } },
    ],
  },
});
