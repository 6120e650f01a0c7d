import type { Stats } from "node:fs";
import { open, readdir, realpath, stat } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import type { Collected } from "../core/collector.ts";
import { AppError, limitExceeded, messageOf } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { type Subject, subject } from "../core/subject.ts";
import { isComposeFile } from "../formats/compose.ts";
import { isClusterScoped, type KubernetesObject, kubernetesObjects } from "../formats/kubernetes/objects.ts";
import { defaultNamespace } from "../formats/kubernetes/workloads.ts";
import { readYamlDocuments, type YamlDocument } from "../formats/yaml-documents.ts";

/** A document that was found but could not be read. */
export interface UnreadDocument {
  readonly file: string;
  readonly subject: Subject;
  readonly reason: string;
  readonly hint?: string | undefined;
}

/** Everything that describes a cluster: the objects of manifests, of a request or of a live cluster, and what could not be read of it. */
export class ManifestSet {
  readonly name: string;
  readonly subject: Subject;
  readonly objects: KubernetesObject[] = [];
  readonly compose: { readonly subject: Subject; readonly file: string; readonly document: YamlDocument }[] = [];
  readonly unread: UnreadDocument[] = [];
  /** Documents that are neither Kubernetes objects nor compose files. */
  ignored = 0;
  readonly #subjects = new Map<KubernetesObject, Subject>();
  readonly #taken = new Set<Subject>();

  constructor(name: string) {
    this.name = name;
    this.subject = subject("cluster", name);
  }

  /** Adds the documents of one text. Broken ones are kept as unread, whatever else the text holds. `place` is the file's name within the set, the same on every machine. */
  addText(text: string, file: string, place = file): void {
    try {
      const { documents, broken } = readYamlDocuments(text, file);
      for (const { line, reason, hint } of broken) this.#addUnread(file, place, `${reason} (line ${line})`, hint);
      for (const document of documents) this.#addDocument(document, file, place);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#addUnread(file, place, error.message, error.hint);
    }
  }

  /** Adds objects that came over the network, as they were parsed. */
  addValue(value: unknown): void {
    this.#addObjects(kubernetesObjects({ value, position: () => undefined }, undefined), undefined);
  }

  /** Notes a file that could not be read at all. */
  addUnreadable(file: string, place: string, error: unknown): void {
    this.#addUnread(file, place, messageOf(error));
  }

  #addDocument(document: YamlDocument, file: string, place: string): void {
    if (isComposeFile(document.value)) {
      this.compose.push({
        subject: this.#free(subject("cluster", this.name, "compose", place), undefined),
        file,
        document,
      });
      return;
    }
    try {
      const objects = kubernetesObjects(document, file);
      if (objects.length === 0) this.ignored++;
      this.#addObjects(objects, place);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#addUnread(file, place, `${error.message} (document at line ${document.line})`, error.hint);
    }
  }

  #addObjects(objects: readonly KubernetesObject[], place: string | undefined): void {
    for (const object of objects) {
      this.objects.push(object);
      this.#subjects.set(object, this.#free(this.#subjectOf(object), place));
    }
  }

  #addUnread(file: string, place: string, reason: string, hint?: string): void {
    this.unread.push({
      file,
      subject: this.#free(subject("cluster", this.name, "file", place), undefined),
      reason: `${file}: ${reason}`,
      hint,
    });
  }

  #subjectOf(object: KubernetesObject): Subject {
    const place = isClusterScoped(object.kind) ? [] : ["namespace", object.namespace ?? defaultNamespace];
    const [kind, name] = object.kind === "Namespace" ? ["namespace", object.name] : [kebab(object.kind), object.name];
    return subject("cluster", this.name, ...place, kind, name);
  }

  /** A subject that no other object has: of two objects of one name, as an overlay beside its base makes them, the later is told apart by its file. */
  #free(wanted: Subject, place: string | undefined): Subject {
    const candidates = [wanted, ...(place === undefined ? [] : [`${wanted}${subject(` in ${place}`)}`])];
    let free = candidates.find((candidate) => !this.#taken.has(candidate));
    for (let count = 2; free === undefined; count++)
      if (!this.#taken.has(`${candidates.at(-1)} (${count})`)) free = `${candidates.at(-1)} (${count})`;
    this.#taken.add(free);
    return free;
  }

  /** The subject of one of the set's objects. */
  subjectOf(object: KubernetesObject): Subject {
    return this.#subjects.get(object) ?? this.#subjectOf(object);
  }

  /** The subject of a namespace. */
  namespaceSubject(name: string): Subject {
    return subject("cluster", this.name, "namespace", name);
  }

  /** What reading an object gives, or that it cannot be had because a field is not what it must be. */
  *describe<V>(
    object: KubernetesObject,
    read: (object: KubernetesObject) => Iterable<Collected<V>>,
  ): Iterable<Collected<V>> {
    try {
      yield* read(object);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      yield {
        subject: this.subjectOf(object),
        source: object.file ?? "API",
        unavailable: `${object.kind} ${object.name}: ${error.message}`,
        remedy: error.hint ?? "correct the manifest: the API server would refuse it",
      };
    }
  }

  /** What was not read, as observations that something is not known. */
  *unreadObservations<V>(): Iterable<Collected<V>> {
    for (const { subject: about, file, reason, hint } of this.unread) {
      yield { subject: about, source: file, unavailable: reason, remedy: hint ?? `correct ${file}` };
    }
  }
}

function kebab(kind: string): string {
  return kind.replace(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase();
}

/** Reads a manifest file, or all .yaml, .yml and .json files of a folder and its subfolders, links followed inside the folder only. Throws `TARGET_NOT_FOUND` where there is nothing at the path. */
export async function openManifests(path: string, name: string): Promise<ManifestSet> {
  const set = new ManifestSet(name);
  const stats = await statOf(path);
  if (stats === undefined)
    throw new AppError("TARGET_NOT_FOUND", `${path}: no such file or folder`, {
      hint: "give a manifest, or a folder that holds manifests",
    });
  const files = stats.isDirectory() ? await manifestFiles(path) : [path];
  for (const file of files) {
    try {
      set.addText(await readText(file), file, placeIn(path, file));
    } catch (error) {
      set.addUnreadable(file, placeIn(path, file), error);
    }
  }
  return set;
}

/** A file's name within what was opened, with slashes. */
function placeIn(root: string, file: string): string {
  return root === file ? basename(file) : relative(root, file).replaceAll(sep, "/");
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return undefined;
    throw new AppError("TARGET_NOT_FOUND", `${path}: ${messageOf(error)}`, { cause: error });
  }
}

async function manifestFiles(root: string): Promise<string[]> {
  const real = await realpath(root);
  const seen = new Set<string>();
  const found: string[] = [];
  const pending = [root];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.name === ".git" || entry.name === "node_modules") continue;
      const path = join(folder, entry.name);
      const place = entry.isSymbolicLink() ? await realPathInside(path, real) : await realpath(path);
      if (place === undefined || seen.has(place)) continue;
      seen.add(place);
      if ((await stat(path)).isDirectory()) pending.push(path);
      else if (/\.(?:ya?ml|json)$/i.test(entry.name)) found.push(path);
      if (seen.size > limits.records) throw limitExceeded(root, `${limits.records} files`);
    }
  }
  return found.sort((a, b) => (a < b ? -1 : 1));
}

/** Where a link leads; undefined where that is nowhere or outside the folder. */
async function realPathInside(path: string, root: string): Promise<string | undefined> {
  try {
    const target = await realpath(path);
    const way = relative(root, target);
    return way === ".." || way.startsWith(`..${sep}`) ? undefined : target;
  } catch {
    // A dangling link, or one into a folder that may not be entered: it names no manifest.
    return undefined;
  }
}

async function readText(path: string): Promise<string> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    if (size > limits.document) throw limitExceeded(basename(path), `${limits.document} bytes`);
    return new TextDecoder().decode(await file.readFile());
  } finally {
    await file.close();
  }
}
