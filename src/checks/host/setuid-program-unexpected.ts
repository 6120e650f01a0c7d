import type { Evidence } from "../../core/check.ts";
import { defineCheck, failEach } from "../../core/check.ts";
import { files } from "../../facts/host/files.ts";
import { shellWord } from "./shell.ts";
import { notWhollySeen } from "./walk-coverage.ts";

/** Programs that distributions ship with these rights, and that container hosts keep. */
const expected =
  /\/(sudo|su|mount|umount|passwd|chsh|chfn|newgrp|gpasswd|pkexec|fusermount3?|ping[46]?|ssh-keysign|dbus-daemon-launch-helper|unix_chkpwd|pam_timestamp_check|userhelper|polkit-agent-helper-1|crontab|at|chage|expiry|ssh-agent|wall|write|bsd-write|newuidmap|newgidmap|ntfs-3g|utempter|mount\.(nfs|cifs|fuse\S*)|staprun|usernetctl|cockpit-session|locate|mlocate|plocate|lockfile|dotlockfile|doas|sudoedit|grub2-set-bootflag|exim4|postdrop|postqueue|sendmail|snap-confine|Xorg\.wrap|chrome-sandbox|vmware-user-suid-wrapper|lxc-user-nic|nvidia-modprobe|keyring-daemon|slirp4netns)$/;

const systemFolder = /^\/(usr\/)?(s?bin|lib\w*|libexec)\//;

export default defineCheck({
  title: "Program runs with its owner's rights that should not",
  severity: "high",
  clauses: ["4.5.5-a", "4.5.4-c", "4.5.3-g"],
  why: "A set-user-id program of root is root for whoever finds a flaw in it; one that no package brought was put there to come back.",
  fix: "chmod u-s,g-s the program, or remove it.",
  needs: { files },
  references: [
    "CIS Distribution Independent Linux 2.0.0 6.1.13",
    "CIS Distribution Independent Linux 2.0.0 6.1.14",
    "CIS Debian Linux 12 1.1.0 7.1.13",
    "CIS Red Hat Enterprise Linux 9 2.0.0 7.1.13",
  ],
  evaluate({ files }) {
    const { setuid } = files;
    const items = setuid.flatMap((file): Evidence[] => {
      const mode = Number.parseInt(file.mode, 8);
      const base = {
        at: file.path,
        expected: "none of these rights",
        key: file.path,
        fix: `chmod u-s,g-s ${shellWord(file.path)}`,
      };
      const what = `mode ${file.mode}, owner ${file.owner}, group ${file.group}`;
      if ((mode & 0o022) !== 0) return [{ ...base, found: `${what}: others may replace it`, severity: "critical" }];
      if (file.packaged === false)
        return [{ ...base, found: `${what}: no package brought it`, severity: file.owner === 0 ? "high" : "medium" }];
      // A known name counts where packages put it: a copy elsewhere is somebody's own.
      const inPlace = file.packaged === true || systemFolder.test(file.path);
      if (!inPlace) return [{ ...base, found: `${what}: outside the system's folders`, severity: "medium" }];
      return expected.test(file.path) ? [] : [{ ...base, found: what, severity: "low" }];
    });
    const gap = notWhollySeen(files);
    if (items.length === 0 && gap) return gap;
    return failEach(items, {
      at: "file system",
      found: `${setuid.length} programs, each expected and brought by a package`,
    });
  },
  examples: {
    pass: [
      { files: { entries: 10, setuid: [{ path: "/usr/bin/sudo", mode: "4755", owner: 0, group: 0, packaged: true }] } },
    ],
    fail: [
      {
        files: {
          entries: 10,
          setuid: [{ path: "/usr/local/bin/x", mode: "4755", owner: 0, group: 0, packaged: false }],
        },
      },
      { files: { entries: 10, setuid: [{ path: "/usr/bin/sudo", mode: "4777", owner: 0, group: 0, packaged: true }] } },
      { files: { entries: 10, setuid: [{ path: "/opt/x/sudo", mode: "4755", owner: 0, group: 0 }] } },
    ],
    unknown: [{ files: { entries: 10, stopped: "it was interrupted" } }],
  },
});
