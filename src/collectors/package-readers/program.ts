import { limits } from "../../core/limits.ts";
import { ElfFile, isElf } from "../../formats/elf.ts";

/** Names with these endings are executable in many images but no programs: scripts, data, libraries. */
const otherKinds =
  /\.(so(\.[0-9.]+)?|sh|py|pyc|pl|pm|rb|js|mjs|cjs|ts|json|ya?ml|txt|md|html?|css|php|jar|war|ear|class|conf|cfg|ini|la|a|o|ko|dll|gz|xz|zip|service|h|c|cpp|go|rs|png|svg)$/i;
/** No linked program is smaller. */
const smallest = 4_096;

/** Whether a file may be a program of its own: executable, not tiny, not named as something else. What it is only its bytes tell. */
export function mayBeProgram(path: string, size: number, mode: number): boolean {
  return size >= smallest && size <= limits.analysedFile && (mode & 0o111) !== 0 && !otherKinds.test(path);
}

/** The program in a file's bytes, or undefined where they are none. Throws `CORRUPT_INPUT` for a damaged one. */
export function programIn(bytes: Uint8Array, path: string): ElfFile | undefined {
  return isElf(bytes) ? new ElfFile(bytes, path) : undefined;
}

/** Where programs of container platforms lie on a host: those that are linked with what they use and that no list of the distribution breaks down. */
export const hostPrograms: readonly string[] = [
  ...[
    "kubelet",
    "kubeadm",
    "kubectl",
    "kube-proxy",
    "containerd",
    "containerd-shim-runc-v2",
    "ctr",
    "crictl",
    "runc",
    "crun",
    "crio",
    "dockerd",
    "docker",
    "docker-proxy",
    "podman",
    "k3s",
    "rke2",
    "nerdctl",
    "etcd",
  ].flatMap((name) => [`usr/bin/${name}`, `usr/local/bin/${name}`]),
  "opt/cni/bin/*",
  "usr/libexec/cni/*",
];
