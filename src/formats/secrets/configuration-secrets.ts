import { sha256 } from "../../core/digest.ts";
import { findSecrets, type Secret, secretSpans } from "./find-secrets.ts";
import { masked, maskSecrets } from "./masking.ts";
import { isPlaceholder, isReference } from "./placeholder.ts";
import { isSecretName } from "./secret-name.ts";

/** The texts of an image's configuration in which secrets are left. */
export interface ConfigurationTexts {
  /** `NAME=value`. */
  readonly env: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Words of entry point, command, health check and triggers, by the field's name. */
  readonly commands: Readonly<Record<string, readonly string[]>>;
  readonly history: readonly {
    readonly createdBy?: string | undefined;
    readonly comment?: string | undefined;
    readonly layer?: number | undefined;
  }[];
}

/** A secret of an image's configuration and where it stands. */
export interface ConfigurationSecret extends Omit<Secret, "line"> {
  readonly source: "env" | "label" | "history" | "build-argument" | "command";
  readonly at: string;
  readonly layer?: number;
}

/** The secrets in an image's environment, labels, commands, build arguments and history. One that stands in several places is reported at the first, in that order. */
export function configurationSecrets({ env, labels, commands, history }: ConfigurationTexts): ConfigurationSecret[] {
  const found: ConfigurationSecret[] = [];
  for (const text of env)
    found.push(
      ...assignedTo(nameOf(text), assignedText(text)).map((secret) => ({
        ...secret,
        source: "env" as const,
        at: nameOf(text),
      })),
    );
  for (const [name, value] of Object.entries(labels))
    found.push(...assignedTo(name, value).map((secret) => ({ ...secret, source: "label" as const, at: name })));
  for (const [field, words] of Object.entries(commands))
    found.push(...within(words.join(" ")).map((secret) => ({ ...secret, source: "command" as const, at: field })));
  for (const [index, step] of history.entries()) found.push(...historySecrets(step, index));
  return unique(found);
}

/** Values from this length on are told from other words wherever they stand. */
const shortestTelling = 8;

/**
 * Masks the texts of one image's configuration before they are stored: what stands under a secret's name in the environment, a label or a build
 * argument is hidden in every text, whatever its form, and besides it what a search finds. `name` is the name that a text stands under.
 */
export function configurationMask({
  env,
  labels,
  history,
}: Pick<ConfigurationTexts, "env" | "labels" | "history">): (text: string, name?: string) => string {
  const named = [
    ...env.map((text) => ({ name: nameOf(text), value: assignedText(text) })),
    ...Object.entries(labels).map(([name, value]) => ({ name, value })),
    ...history.flatMap(({ createdBy = "" }) => buildArguments(createdBy).assignments),
  ];
  const values = named
    .filter(({ name, value }) => isSecretName(name) && !isReference(value) && value.length >= shortestTelling)
    .map(({ value }) => value);
  const longestFirst = [...new Set(values)].sort((a, b) => b.length - a.length);
  return (text, name) =>
    maskText(
      longestFirst.reduce((shown, value) => shown.replaceAll(value, withoutSpaces(masked(value))), text),
      name,
    );
}

/** The words of a command as they may be stored and shown: what follows an option with a secret's name (`--password x`) is hidden too. */
export function maskWords(
  words: readonly string[],
  mask: (text: string, name?: string) => string = maskText,
): string[] {
  return words.map((word, index) => {
    const option = /^--?([A-Za-z][\w.-]{0,127})$/.exec(words[index - 1] ?? "")?.[1];
    return option === undefined || word.startsWith("-") ? mask(word) : mask(word, option);
  });
}

/** A text that may be stored and shown: masked by the names in it, and every secret that a search finds hidden as well. `name` is the name that the whole text stands under. */
export function maskText(text: string, name?: string): string {
  const named = maskSecrets(text, name);
  const bytes = Buffer.from(named, "utf8");
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, shown } of secretSpans(bytes, { path: "configuration" })) {
    parts.push(bytes.toString("utf8", at, start), withoutSpaces(shown));
    at = end;
  }
  return at === 0 ? named : [...parts, bytes.toString("utf8", at)].join("");
}

/** So that a text around it keeps its words. */
function withoutSpaces(shown: string): string {
  return shown.replace(/ \((\d+) characters\)$/, "($1)");
}

function historySecrets(
  { createdBy = "", comment = "", layer }: ConfigurationTexts["history"][number],
  index: number,
): ConfigurationSecret[] {
  const place = layer === undefined ? {} : { layer };
  const { assignments, rest } = buildArguments(createdBy);
  return [
    ...assignments.flatMap(({ name, value }) =>
      assignedTo(name, value).map((secret) => ({ ...secret, source: "build-argument" as const, at: name, ...place })),
    ),
    ...[...instructionSecrets(rest), ...within(comment)].map((secret) => ({
      ...secret,
      source: "history" as const,
      at: `step ${index + 1}`,
      ...place,
    })),
  ];
}

/** ENV and LABEL assign; in everything else a secret is a word among others. */
function instructionSecrets(text: string): Omit<Secret, "line">[] {
  const [, words] = /^(?:\/bin\/sh -c #\(nop\) +)?(?:ENV|LABEL)\s+(.*)$/s.exec(text) ?? [];
  if (words === undefined) return within(text);
  const pairs = [...words.matchAll(/([A-Za-z_][\w.-]{0,127})=("[^"]*"|'[^']*'|\S*)/g)];
  return pairs.flatMap(([, name = "", value = ""]) => assignedTo(name, value.replace(/^(["'])(.*)\1$/s, "$2")));
}

/** Build arguments as the classic builder (`|2 A=1 B=2 /bin/sh -c …`) and BuildKit (`RUN |2 A=1 …`) record them, or as ARG with a default. */
function buildArguments(text: string): { assignments: { name: string; value: string }[]; rest: string } {
  const [, declared] = /^(?:\/bin\/sh -c #\(nop\) +)?ARG\s+(\S+)/.exec(text) ?? [];
  if (declared !== undefined)
    return { assignments: [{ name: nameOf(declared), value: assignedText(declared) }], rest: "" };
  const [head, count] = /^(?:RUN )?\|(\d{1,3}) /.exec(text) ?? [];
  if (head === undefined) return { assignments: [], rest: text };
  const [list = "", ...command] = text.slice(head.length).split(/ (?=\/bin\/(?:ba)?sh -)/);
  const pairs = [...list.matchAll(/(?:^| )([A-Za-z_]\w{0,127})=(.*?)(?= [A-Za-z_]\w{0,127}=|$)/gs)].slice(
    0,
    Number(count),
  );
  return { assignments: pairs.map(([, name = "", value = ""]) => ({ name, value })), rest: command.join(" ") };
}

/** What stands under a name: a secret of its own form, else one because the name says so. */
function assignedTo(name: string, value: string): Omit<Secret, "line">[] {
  const formed = within(`${name}=${value}`).filter(({ kind }) => kind !== "assigned-secret");
  if (formed.length > 0) return formed;
  if (!isSecretName(name) || value.length < 3 || isReference(value) || /^\d{1,3}$/.test(value)) return [];
  const hash = sha256(Buffer.from(value, "utf8")).slice(0, 16);
  // A word of an example is a weak password where it is not replaced.
  const severity = isPlaceholder(value) ? "medium" : "high";
  return [
    { kind: "assigned-secret", title: "Password or key assigned to a name", severity, masked: masked(value), hash },
  ];
}

function within(text: string): Omit<Secret, "line">[] {
  return findSecrets(Buffer.from(text, "utf8"), { path: "configuration" }).map(
    ({ kind, title, severity, masked: shown, hash }) => ({ kind, title, severity, masked: shown, hash }),
  );
}

function nameOf(assignment: string): string {
  const at = assignment.indexOf("=");
  return at < 0 ? assignment : assignment.slice(0, at);
}

function assignedText(assignment: string): string {
  const at = assignment.indexOf("=");
  return at < 0 ? "" : assignment.slice(at + 1);
}

function unique(secrets: readonly ConfigurationSecret[]): ConfigurationSecret[] {
  const seen = new Set<string>();
  return secrets.filter(({ hash }) => {
    const isNew = !seen.has(hash);
    seen.add(hash);
    return isNew;
  });
}
