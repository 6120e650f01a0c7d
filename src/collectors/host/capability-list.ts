import { readFile } from "node:fs/promises";
import { AppError, messageOf } from "../../core/errors.ts";
import { parseFileCapabilities } from "../../formats/host/file-capability-list.ts";
import type { HostRoot } from "../host-root.ts";

/** File capabilities by path within the root, or why they are not known. */
export type FileCapabilities =
  | { readonly capabilities: ReadonlyMap<string, string> }
  | { readonly reason: string; readonly remedy: string };

/** The file capabilities of a host from the list that was given with it: Node.js reads no extended attributes, and no program of a host is run. Throws `CONFIG_INVALID` where the list cannot be read. */
export async function givenFileCapabilities(root: HostRoot): Promise<FileCapabilities> {
  const { capabilities: file } = root.given;
  if (file === undefined) {
    return {
      reason: "file capabilities lie in extended attributes, which are read from a list only, and none was given",
      remedy:
        "getcap -r / 2>/dev/null > host.capabilities, then plimsoll assess host --host-capabilities host.capabilities",
    };
  }
  const found = parseFileCapabilities(await textOf(file));
  return { capabilities: new Map([...found].map(([path, text]) => [withinRoot(root, path), text])) };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new AppError("CONFIG_INVALID", `cannot read the list of capabilities ${file}: ${messageOf(error)}`, {
      hint: "make it with getcap -r / 2>/dev/null > host.capabilities",
      cause: error,
    });
  }
}

/** The list may have been made where the host's root is mounted. */
function withinRoot(root: HostRoot, path: string): string {
  return root.path !== "/" && path.startsWith(`${root.path}/`) ? path.slice(root.path.length) : path;
}
