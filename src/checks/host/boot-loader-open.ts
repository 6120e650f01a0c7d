import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { bootLoader } from "../../facts/host/boot-loader.ts";
import { roles, rolesInForce } from "../../facts/host/roles.ts";

export default defineCheck({
  title: "Boot loader can be changed at the console",
  severity: "low",
  clauses: ["4.5.1-b", "4.5.5-a"],
  why: "Who stands at the console and can edit an entry starts the host with a shell of root in place of its services.",
  fix: "Set a password for changes (grub2-setpassword, or superusers and password_pbkdf2 with --unrestricted entries), or editor no in loader.conf.",
  references: ["CIS Debian Linux 12 1.1.0 1.4.1", "CIS Red Hat Enterprise Linux 9 2.0.0 1.4.1"],
  needs: { boot: bootLoader, roles },
  evaluate({ boot: { loaders, unread }, roles: found }, { settings }) {
    const inForce = rolesInForce(found, settings);
    if (inForce.has("virtual") && !inForce.has("bare-metal"))
      return notApplicable("the console of a virtual machine is guarded by what runs it");
    if (loaders.length === 0)
      return unknown(
        unread.length > 0
          ? unread.map(({ reason }) => reason).join("; ")
          : "no configuration of a known boot loader is there",
        "assess with root's rights and /boot mounted",
      );
    return failEach(
      loaders
        .filter(({ guarded }) => !guarded)
        .map(({ file, because }) => ({ at: file, found: because, expected: "a password, or no editor", key: file })),
      { at: loaders.map(({ file }) => file).join(", "), found: loaders.map(({ because }) => because).join("; ") },
    );
  },
  examples: {
    pass: [
      {
        boot: {
          loaders: [
            { kind: "grub", file: "/boot/grub/grub.cfg", guarded: true, because: "a superuser's password is set" },
          ],
        },
        roles: { roles: [{ role: "bare-metal", shownBy: ["/proc/cpuinfo"] }] },
      },
    ],
    fail: [
      {
        boot: {
          loaders: [
            { kind: "grub", file: "/boot/grub/grub.cfg", guarded: false, because: "no superuser's password is set" },
          ],
        },
        roles: { roles: [{ role: "bare-metal", shownBy: ["/proc/cpuinfo"] }] },
      },
    ],
    notApplicable: [{ boot: { loaders: [] }, roles: { roles: [{ role: "virtual", shownBy: ["/proc/cpuinfo"] }] } }],
    unknown: [{ boot: { loaders: [] }, roles: { roles: [] } }],
  },
});
