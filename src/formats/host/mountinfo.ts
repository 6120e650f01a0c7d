import { corrupt } from "../../core/errors.ts";

/** One line of /proc/PID/mountinfo (proc_pid_mountinfo(5)). */
export interface MountEntry {
  readonly id: number;
  readonly parent: number;
  /** Device as `major:minor`. */
  readonly device: string;
  /** The part of the file system that is mounted: `/` for all of it. */
  readonly root: string;
  readonly mountPoint: string;
  readonly options: readonly string[];
  /** Propagation: `shared`, `slave`, `unbindable`; empty for private. */
  readonly propagation: readonly string[];
  readonly type: string;
  readonly source: string;
  readonly superOptions: readonly string[];
}

/** Reads mountinfo. Throws `CORRUPT_INPUT` with the 1-based line for one that is none. */
export function parseMountInfo(text: string, name: string): MountEntry[] {
  const mounts: MountEntry[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line === "") continue;
    const fields = line.split(" ");
    const dash = fields.indexOf("-", 6);
    if (dash < 0 || fields.length < dash + 3) throw corrupt(name, `line ${index + 1} is no mount`);
    mounts.push({
      id: Number(fields[0]),
      parent: Number(fields[1]),
      device: fields[2]!,
      root: unescapeOctal(fields[3]!),
      mountPoint: unescapeOctal(fields[4]!),
      options: fields[5]!.split(",").map(unescapeOctal),
      propagation: fields.slice(6, dash).map((tag) => tag.split(":")[0]!),
      type: unescapeOctal(fields[dash + 1]!),
      source: unescapeOctal(fields[dash + 2]!),
      superOptions: (fields[dash + 3] ?? "")
        .split(",")
        .filter((option) => option !== "")
        .map(unescapeOctal),
    });
  }
  return mounts;
}

/** The kernel writes space, tab, newline and backslash as `\040` and so on; bytes beyond ASCII that stand so are UTF-8. */
function unescapeOctal(text: string): string {
  return text.replaceAll(/(?:\\[0-3][0-7]{2})+/g, (escapes) =>
    Buffer.from(escapes.match(/[0-7]{3}/g)!.map((digits) => Number.parseInt(digits, 8))).toString("utf8"),
  );
}

/** The mount that a path lies on: the last one made among those with the longest matching mount point. */
export function mountOf(mounts: readonly MountEntry[], path: string): MountEntry | undefined {
  let best: MountEntry | undefined;
  for (const mount of mounts) {
    const point = mount.mountPoint;
    const covers = point === "/" || path === point || path.startsWith(`${point}/`);
    if (covers && (best === undefined || point.length >= best.mountPoint.length)) best = mount;
  }
  return best;
}

/** The path on the host of what a mount in another mount namespace shows: the host mount of the same device whose root contains it. Undefined where the host mounts no such part. */
export function hostPathOf(mount: MountEntry, hostMounts: readonly MountEntry[]): string | undefined {
  let best: { mount: MountEntry; rest: string } | undefined;
  for (const candidate of hostMounts) {
    if (candidate.device !== mount.device) continue;
    const inside =
      candidate.root === "/"
        ? mount.root
        : mount.root === candidate.root
          ? "/"
          : mount.root.startsWith(`${candidate.root}/`)
            ? mount.root.slice(candidate.root.length)
            : undefined;
    if (inside === undefined) continue;
    if (best === undefined || candidate.root.length > best.mount.root.length) best = { mount: candidate, rest: inside };
  }
  if (!best) return undefined;
  const point = best.mount.mountPoint === "/" ? "" : best.mount.mountPoint;
  return best.rest === "/" ? point || "/" : `${point}${best.rest}`;
}
