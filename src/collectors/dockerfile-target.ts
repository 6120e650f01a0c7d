import { open, stat } from "node:fs/promises";
import { observe } from "../core/collector.ts";
import { AppError, limitExceeded, messageOf } from "../core/errors.ts";
import type { Fact } from "../core/fact.ts";
import { limits } from "../core/limits.ts";
import type { Observation, Target } from "../core/snapshot.ts";
import { subject } from "../core/subject.ts";
import { configurationOf } from "../formats/dockerfile/configuration.ts";
import { readDockerfile } from "../formats/dockerfile/dockerfile.ts";
import { stagesOf } from "../formats/dockerfile/stages.ts";
import { dockerfileAccounts } from "./dockerfile/accounts.ts";
import { dockerfileBase } from "./dockerfile/base.ts";
import { dockerfileConfiguration } from "./dockerfile/configuration.ts";
import { dockerfileContents } from "./dockerfile/contents.ts";
import { type DockerfileCollector, type OpenedDockerfile, stepsOf } from "./dockerfile/dockerfile-collector.ts";
import { dockerfilePrivilegedFiles } from "./dockerfile/privileged-files.ts";
import { dockerfileRemoteShells } from "./dockerfile/remote-shells.ts";
import { dockerfileSecrets } from "./dockerfile/secrets.ts";
import { sourceFolder } from "./source-folder.ts";

const collectors: readonly DockerfileCollector[] = [
  dockerfileAccounts,
  dockerfileBase,
  dockerfileConfiguration,
  dockerfileContents,
  dockerfilePrivilegedFiles,
  dockerfileRemoteShells,
  dockerfileSecrets,
];

/** What one Dockerfile tells about the image that it makes. */
export interface ReadDockerfile {
  readonly target: Target;
  readonly observations: readonly Observation[];
  readonly stages: number;
}

/**
 * Reads a Dockerfile, or all of a folder. `imageFacts` are the facts that an image is known by: those that a Dockerfile does not tell are unavailable.
 * Throws `TARGET_NOT_FOUND`, and what reading a Dockerfile throws.
 */
export async function readDockerfiles(path: string, imageFacts: Iterable<Fact>): Promise<ReadDockerfile[]> {
  const facts = [...imageFacts];
  const found = await stat(path).catch((error: unknown) => {
    throw new AppError("TARGET_NOT_FOUND", `cannot open ${path}: ${messageOf(error)}`, {
      hint: "name a Dockerfile, or a folder that holds some",
    });
  });
  if (!found.isDirectory()) return [await readOne(path, facts)];
  const { dockerfiles: files } = await sourceFolder(path);
  if (files.length === 0)
    throw new AppError("TARGET_NOT_FOUND", `${path} holds no Dockerfile`, {
      hint: "Dockerfiles are known by their names: Dockerfile, Containerfile, NAME.Dockerfile, Dockerfile.NAME",
    });
  const read: ReadDockerfile[] = [];
  for (const file of files)
    read.push(await readOne(file, facts).catch((error: unknown) => unreadable(file, facts, error)));
  return read;
}

/** One file of a folder that cannot be read does not keep the others from being assessed: all that it would tell is unknown. */
function unreadable(path: string, facts: readonly Fact[], error: unknown): ReadDockerfile {
  if (!(error instanceof AppError)) throw error;
  const target = targetOf(fileName(path));
  const observations = facts.map(({ id }) => ({
    fact: id,
    subject: target.subject,
    source: target.name,
    unavailable: error.message,
    remedy: error.hint ?? "correct the Dockerfile: no builder takes it",
  }));
  return { target, observations, stages: 0 };
}

async function readOne(path: string, facts: readonly Fact[]): Promise<ReadDockerfile> {
  const file = fileName(path);
  const target = targetOf(file);
  const build = stagesOf(readDockerfile(await bytesOf(path), file));
  const configuration = configurationOf(build);
  const opened: OpenedDockerfile = { subject: target.subject, file, build, configuration, steps: stepsOf(build, file) };
  return {
    target,
    observations: [...observed(opened), ...untold(opened, facts)],
    stages: build.stages.length,
  };
}

/** One file has one name, however it was reached. */
function fileName(path: string): string {
  return path.replace(/^(?:\.\/+)+/, "").replace(/\/{2,}/g, "/");
}

function targetOf(file: string): Target {
  const about = subject("image", `dockerfile:${file}`);
  return { kind: "image", name: file, subject: about, identity: about };
}

async function bytesOf(path: string): Promise<Uint8Array> {
  const file = await open(path, "r");
  try {
    if ((await file.stat()).size > limits.dockerfile) throw limitExceeded(path, `${limits.dockerfile} bytes`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function observed(opened: OpenedDockerfile): Observation[] {
  return collectors.map(({ provides, collect }) =>
    observe(provides, { subject: opened.subject, source: opened.file, value: collect(opened) }),
  );
}

function untold({ subject: about, file }: OpenedDockerfile, facts: readonly Fact[]): Observation[] {
  const told = new Set(collectors.map(({ provides }) => provides.id));
  return facts
    .filter(({ id }) => !told.has(id))
    .map(({ id }) => ({
      fact: id,
      subject: about,
      source: file,
      unavailable: "a Dockerfile does not tell it",
      remedy: "assess the image that is built of it",
    }));
}
