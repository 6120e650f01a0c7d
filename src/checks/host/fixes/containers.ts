import type { HostFixes } from "./fix.ts";

const description =
  "A running container cannot be changed so: its description (pod, compose file, command) must be, and the container started anew.";
const again = "The container starts anew.";

/** Fixes of what the kernel shows of containers. All lie in their descriptions, which no script on the host owns. */
export const containerFixes: HostFixes = {
  "container-has-host-device": { byHand: description, impact: `${again} It loses the device.` },
  "container-mount-propagates": {
    byHand: description,
    impact: `${again} Mounts that it makes no longer show on the host: storage drivers need them.`,
  },
  "container-root-is-host-root": {
    byHand: description,
    impact: `${again} Files of its volumes need the mapped owner.`,
  },
  "container-shares-host-namespaces": {
    byHand: description,
    impact: `${again} It no longer sees the host's processes or network.`,
  },
  "container-storage-on-root": {
    byHand: "A disk or volume must be made and the storage moved while the engine is stopped.",
    impact: "All containers of the engine stop while its storage moves.",
  },
  "container-unconfined": {
    byHand: description,
    impact: `${again} System calls and capabilities that it used beyond the default fail.`,
  },
  "container-unlimited": {
    byHand: description,
    impact: `${again} It is killed at its limit of memory: measure what it needs first.`,
  },
  "container-writes-host-folder": {
    byHand: description,
    impact: `${again} Its data must be copied into the volume first.`,
  },
  "sensitive-path-in-container": { byHand: description, impact: `${again} It loses the path.` },
  "mapped-ids-overlap": {
    byHand:
      "Files belong to the numbers: with a new range, storage of rootless and remapped containers must be made anew.",
    impact: "Containers of the user with the new range start anew with empty storage.",
  },
};
