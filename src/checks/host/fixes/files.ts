import type { Evidence } from "../../../core/check.ts";
import { shellWord } from "../shell.ts";
import type { HostFixes } from "./fix.ts";

const none = "None for containers unless they mount the file.";
const unnamed = "The finding stands for several files, or names none: judge them one by one.";

/** The path that the evidence names, where it is one. */
function pathOf({ key = "", at }: Evidence): string | undefined {
  const path = key.startsWith("/") ? key : at;
  return path.startsWith("/") && !path.includes(", ") && !path.includes("\0") ? path : undefined;
}

/** The rights that the fix of the evidence names: `chmod 0600`. */
function named({ fix }: Evidence): string | undefined {
  return /chmod (0?[0-7]{3,4})\b/.exec(fix ?? "")?.[1];
}

/** Fixes of files, mounts and what is set to run again. */
export const fileFixes: HostFixes = {
  "baseline-changed": {
    byHand: "Whether the change was wanted a person must say: put the file back, or take a new baseline.",
    impact: "Depends on the file: engine configurations count from the engine's next start.",
  },
  "packaged-file-changed": {
    byHand: "Who changed it must be found out before the package is installed again and hides it.",
    impact: "Reinstalling the engine restarts it: with live-restore containers go on.",
  },
  "unpackaged-system-file": { byHand: "What the file is for must be found out before it is removed.", impact: none },
  "persistence-suspicious": {
    byHand: "What was set there is evidence: look at it, keep it, then remove it.",
    impact: "Hooks of engines run for every container: one that is gone may leave them without a device or mount.",
  },
  "guarded-file-open": {
    script: (evidence) => {
      const [path, mode] = [pathOf(evidence), named(evidence)];
      return path === undefined || mode === undefined
        ? undefined
        : `owned root ${shellWord(path)}\nrights ${mode} ${shellWord(path)}`;
    },
    byHand: unnamed,
    impact: "A container that mounts the file and is not root can no longer read or write it.",
  },
  "root-program-replaceable": {
    script: (evidence) => {
      const path = pathOf(evidence);
      return path === undefined ? undefined : `owned root ${shellWord(path)}\nrights go-w ${shellWord(path)}`;
    },
    byHand: unnamed,
    impact: "None for containers; who kept the program up to date must do it as root from then on.",
  },
  "world-writable-file": {
    byHand: unnamed,
    impact: "A container that mounts the folder and is another user can no longer write to it.",
  },
  "setuid-program-unexpected": {
    script: (evidence) => {
      const path = pathOf(evidence);
      return path === undefined ? undefined : `rights u-s,g-s ${shellWord(path)}`;
    },
    byHand: unnamed,
    impact: "None for containers, which have programs of their own; people lose what the program did for them.",
  },
  "file-capability-unexpected": {
    script: (evidence) => {
      const path = pathOf(evidence);
      return path === undefined ? undefined : `live setcap -r ${shellWord(path)}`;
    },
    byHand: unnamed,
    impact: "None for containers, which have programs of their own; the program itself may stop working for people.",
  },
  "file-without-owner": {
    byHand: "Whose the files were must be found out; ids of rootless containers are named in /etc/subuid.",
    impact: "Files of volumes keep the owner that the container sees: do not change those.",
  },
  "device-outside-dev": {
    script: (evidence) => {
      const path = pathOf(evidence);
      return path === undefined ? undefined : `set_aside ${shellWord(path)}`;
    },
    byHand: unnamed,
    impact: "A container or chroot that was built with the node there loses the device.",
  },
  "mount-options-missing": {
    script: ({ at, fix }) => {
      const options = /remount,([a-z,]+)/.exec(fix ?? "")?.[1];
      return options === undefined || !at.startsWith("/")
        ? undefined
        : `live mount -o remount,${options} ${shellWord(at)}`;
    },
    byHand:
      "A mount of its own must be planned: its size, and what lies in the folder now. The option in /etc/fstab makes it last.",
    impact: "None for containers: their layers and volumes lie elsewhere. Installers that run programs from /tmp fail.",
  },
  "swap-in-clear": {
    script: (evidence) => {
      const path = pathOf(evidence);
      return path === undefined ? undefined : `live swapoff ${shellWord(path)}`;
    },
    byHand: unnamed,
    impact:
      "What is swapped out comes back into memory: on a full host containers are killed. Take the line out of /etc/fstab too.",
  },
};
