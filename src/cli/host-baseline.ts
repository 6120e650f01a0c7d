import { readFile } from "node:fs/promises";
import { readKey } from "../advisories/file/envelope.ts";
import { takeBaseline, usualBaselinePaths } from "../collectors/host/baseline-state.ts";
import { HostRoot } from "../collectors/host-root.ts";
import { AppError, messageOf } from "../core/errors.ts";
import { subject } from "../core/subject.ts";
import { readBaseline, storedBaseline } from "../formats/host/baseline.ts";
import { write } from "./output.ts";
import { Progress } from "./progress.ts";
import { thisMachine } from "./targets.ts";

interface TakeOptions {
  readonly key: string;
  readonly output: string;
  readonly path?: readonly string[];
  readonly add?: readonly string[];
  readonly capabilities?: string;
  readonly quiet?: boolean;
  readonly debug?: boolean;
}

/** `plimsoll baseline host [root] --key FILE -o FILE`: records the state of chosen paths and signs it. */
export async function take(given: readonly unknown[]): Promise<void> {
  const [folder, options] = given as [string, TakeOptions];
  const key = readKey(await textOf(options.key, "key"), "private", options.key);
  const paths = [...(options.path ?? usualBaselinePaths), ...(options.add ?? [])];
  const wrong = paths.find((path) => !path.startsWith("/") || path.split("/").includes(".."));
  if (wrong !== undefined)
    throw new AppError("USAGE", `${wrong} is no whole path on the host`, { hint: "begin it with /, as /etc/ssh" });
  const root = new HostRoot(folder, subject("host", folder === "/" ? thisMachine() : folder), folder === "/", {
    capabilities: options.capabilities,
  });
  if (!(await root.exists("/etc")))
    throw new AppError("TARGET_NOT_FOUND", `${folder} is no root of a host: it has no /etc`, {
      hint: "name the folder that holds the host's /etc and /usr",
    });
  const baseline = await new Progress(options).step(
    "baseline",
    folder,
    () => takeBaseline(root, paths.map(plain), new Date()),
    ({ entries, unread }) =>
      `${entries.length} ${entries.length === 1 ? "entry" : "entries"}${unread.length === 0 ? "" : `, ${unread.length} could not be read`}`,
  );
  await write(storedBaseline(baseline, key), options.output);
  for (const { reason } of baseline.unread.slice(0, 10))
    process.stderr.write(`plimsoll: not in the baseline: ${reason}\n`);
  if (!baseline.capabilitiesRead)
    process.stderr.write("plimsoll: file capabilities are not in the baseline: give them by --capabilities\n");
}

function plain(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, "").replaceAll(/\/{2,}/g, "/") || "/" : path;
}

/** `plimsoll baseline verify FILE --key FILE`: whether the key signed it, and what it covers. */
export async function verify(given: readonly unknown[]): Promise<void> {
  const [file, { key }] = given as [string, { key: string }];
  const reading = readBaseline(await textOf(file, "baseline"), file, [
    readKey(await textOf(key, "key"), "public", key),
  ]);
  if (reading.state !== "trusted") {
    throw new AppError(
      "CORRUPT_INPUT",
      `${file}: ${reading.state === "unsigned" ? "is not signed" : `is not signed by the key ${key}: it was changed, or somebody else made it`}`,
      { hint: "do not compare with it; take a new one of a host that is known to be good" },
    );
  }
  const { host, created, entries, paths } = reading.baseline;
  await write(
    `good signature by ${reading.key.slice(0, 16)}: ${host} on ${created}, ${entries.length} ${entries.length === 1 ? "entry" : "entries"} below ${paths.length} paths\n`,
    undefined,
  );
}

async function textOf(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new AppError("CONFIG_INVALID", `cannot read ${what} ${path}: ${messageOf(error)}`, {
      hint: what === "key" ? "make a pair with `plimsoll db keygen`" : "check the path",
      cause: error,
    });
  }
}
