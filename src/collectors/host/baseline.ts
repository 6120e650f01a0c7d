import { createPublicKey, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { z } from "zod";
import { AppError, messageOf } from "../../core/errors.ts";
import { hostBaseline } from "../../facts/host/baseline.ts";
import { type BaselineEntry, compareBaselines, type HostBaseline, readBaseline } from "../../formats/host/baseline.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { BaselineSource, HostRoot } from "../host-root.ts";
import { takeBaseline } from "./baseline-state.ts";

type Value = z.input<typeof hostBaseline.schema>;

export default defineHostCollector<typeof hostBaseline.schema>({
  reads: "host",
  provides: hostBaseline,
  async *collect(root, { now }) {
    const { subject } = root;
    const { baseline: source } = root.given;
    if (source === undefined) {
      yield {
        subject,
        source: "baseline",
        unavailable: "no baseline of the host was given",
        remedy: hostBaseline.obtain,
      };
      return;
    }
    yield { subject, source: source.file, value: await compared(root, source, now) };
  },
});

async function compared(root: HostRoot, source: BaselineSource, now: Date): Promise<Value> {
  const file = basename(source.file);
  try {
    const keys = source.key === undefined ? [] : [await publicKey(source.key)];
    const reading = readBaseline(await readFile(source.file, "utf8"), source.file, keys);
    switch (reading.state) {
      case "trusted":
        return { file, ...(await differences(root, reading.baseline, now)), signature: "trusted", key: reading.key };
      case "unsigned":
        return {
          file,
          signature: "unsigned",
          problem: "it is not signed: whoever changed the host may have made it anew",
        };
      case "unchecked":
        return {
          file,
          signature: "unchecked",
          problem: `it names key ${names(reading.signers)}, and no public key was given`,
        };
      case "wrong-signature":
        return {
          file,
          signature: "wrong-signature",
          problem: `the given key did not sign it (it names key ${names(reading.signers)}): it was changed, or somebody else made it`,
        };
    }
  } catch (error) {
    return { file, signature: "unreadable", problem: messageOf(error) };
  }
}

function names(signers: readonly string[]): string {
  return signers.map((signer) => signer.slice(0, 16)).join(", ");
}

async function publicKey(path: string): Promise<KeyObject> {
  const pem = await readFile(path, "utf8");
  const key = readKey(pem);
  if (key?.asymmetricKeyType === "ed25519") return key;
  throw new AppError("CONFIG_INVALID", `${path}: is no Ed25519 public key in PEM`);
}

function readKey(pem: string): KeyObject | undefined {
  try {
    return createPublicKey(pem);
  } catch {
    // Whatever else the file holds, it is no key: the caller says so.
    return undefined;
  }
}

async function differences(
  root: HostRoot,
  before: HostBaseline,
  now: Date,
): Promise<Omit<Value, "file" | "signature">> {
  const after = await takeBaseline(root, before.paths, now);
  const { added, removed, changed } = compareBaselines(before, after);
  return {
    created: before.created,
    host: before.host,
    entries: before.entries.length,
    capabilitiesCompared: before.capabilitiesRead && after.capabilitiesRead,
    added: added.map(listed),
    removed: removed.map(listed),
    changed: changed.map(({ path, changes }) => ({ path, changes: [...changes] })),
    unread: [...new Map([...before.unread, ...after.unread].map((entry) => [entry.path, entry])).values()],
  };
}

function listed({ path, kind, mode, owner }: BaselineEntry) {
  return { path, kind, mode, owner };
}
