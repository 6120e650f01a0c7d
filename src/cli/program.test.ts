import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { program } from "./program.ts";

/** Every command that does something, with the words that call it. */
function leaves(command: Command, words: readonly string[] = []): { words: readonly string[]; command: Command }[] {
  const subcommands = command.commands.filter((one) => one.name() !== "help");
  if (subcommands.length === 0) return [{ words, command }];
  return subcommands.flatMap((one) => leaves(one, [...words, one.name()]));
}

function helpOf(command: Command): string {
  const parts: string[] = [];
  command.configureOutput({ writeOut: (text) => void parts.push(text) });
  command.outputHelp();
  return parts.join("");
}

/** The examples in a help text: the call, and what it does, which two spaces part from it. */
function examplesOf(help: string): { call: string; what: string }[] {
  return [...help.matchAll(/^ {2}\$ (.+?) {2,}(\S.*)$/gm)].map(([, call, what]) => ({ call: call!, what: what! }));
}

const root = program();

describe.each(leaves(root).map((leaf) => [leaf.words.join(" "), leaf] as const))("%s", (name, { words, command }) => {
  const help = helpOf(command);
  const examples = examplesOf(help);

  it("has examples, each with what it does", () => {
    expect(help.match(/^Examples:$/gm)).toHaveLength(1);
    expect(examples.length).toBeGreaterThan(0);
    expect(examples).toHaveLength([...help.matchAll(/^ {2}\$ /gm)].length);
  });

  it("has examples that name it and options that exist", () => {
    const known = [...command.options, ...root.options].flatMap(({ short, long }) => [short, long]);
    for (const { call } of examples.filter((example) => example.call.includes(`plimsoll ${name}`)))
      for (const [option] of call.matchAll(/(?<=\s)--?[a-z][\w-]*/g)) expect(known, call).toContain(option);
    expect(examples.some(({ call }) => call.includes(`plimsoll ${words.join(" ")}`))).toBe(true);
  });
});

it("db update has nothing to say of layers", () => {
  const update = leaves(root).find(({ words }) => words.join(" ") === "db update");
  expect(update?.command.options.map(({ long }) => long)).not.toContain("--no-cache");
});

it("the commands stand in the order of their use", () => {
  expect(root.commands.map((command) => command.name()).slice(0, 10)).toEqual([
    "assess",
    "sbom",
    "explain",
    "diff",
    "checks",
    "catalog",
    "db",
    "match",
    "config",
    "completion",
  ]);
});
