import type { z } from "zod";
import { commandsOf, type ImageInstruction, instructionPlace } from "../../facts/image/instruction.ts";
import { imagePrivilegedFiles } from "../../facts/image/privileged-files.ts";
import { defineDockerfileCollector, imageInstructions } from "./dockerfile-collector.ts";

/** The modes that a Dockerfile sets itself; those that its base and copied files have are not in it. */
export const dockerfilePrivilegedFiles = defineDockerfileCollector({
  provides: imagePrivilegedFiles,
  collect: (dockerfile) => {
    const changes = imageInstructions(dockerfile).flatMap(modeChanges);
    return {
      files: changes.flatMap(raisingFiles),
      worldWritable: changes
        .filter(({ mode }) => mode !== undefined && letsEveryoneWrite(mode))
        .map(({ path, mode = "", location }) => ({ path, mode, ...location })),
      entries: 0,
      seen: "instructions" as const,
    };
  },
});

interface ModeChange {
  readonly path: string;
  readonly mode?: string | undefined;
  readonly capabilities?: string | undefined;
  readonly location: { readonly location?: { file: string; line: number } };
}

function modeChanges(instruction: ImageInstruction): ModeChange[] {
  if (instruction.keyword === "COPY" || instruction.keyword === "ADD") return copiedMode(instruction);
  return commandsOf(instruction).flatMap(({ name, words, offset }): ModeChange[] => {
    const plain = words.filter((word) => !/^-[A-Za-z-]|^--/.test(word) || /^-[rwxst]+$/.test(word));
    const [first, ...paths] = plain;
    const location = placeOf(instruction, offset);
    if (first === undefined) return [];
    if (name === "chmod") return paths.map((path) => ({ path, mode: first, location }));
    if (name === "setcap" && !words.includes("-r"))
      return paths.map((path) => ({ path, capabilities: first, location }));
    return [];
  });
}

function copiedMode(instruction: ImageInstruction): ModeChange[] {
  const [, mode] = /(?:^|\s)--chmod=(\S+)/.exec(instruction.text) ?? [];
  const target = instruction.text.trim().split(/\s+/).at(-1) ?? "";
  return mode === undefined ? [] : [{ path: target.replace(/[\]"',]/g, ""), mode, location: placeOf(instruction, 0) }];
}

function placeOf(instruction: ImageInstruction, offset: number): ModeChange["location"] {
  const { location } = instructionPlace(instruction, offset);
  return location?.line === undefined ? {} : { location: { file: location.file, line: location.line } };
}

type RaisingFile = z.input<typeof imagePrivilegedFiles.schema>["files"][number];

function raisingFiles({ path, mode, capabilities, location }: ModeChange): RaisingFile[] {
  if (capabilities !== undefined) {
    const names = [...capabilities.matchAll(/cap_[a-z_]+|\ball\b/gi)].map(([name]) => name.toUpperCase());
    return [{ path, kind: "capabilities" as const, mode: "", capabilities: names, ...location }];
  }
  if (mode === undefined) return [];
  const special = /^0*([0-7])[0-7]{3}$/.exec(mode)?.[1];
  const bits = special === undefined ? symbolicBits(mode) : Number(special);
  return [
    ...((bits & 4) === 0 ? [] : [{ path, kind: "setuid" as const, mode, ...location }]),
    ...((bits & 2) === 0 ? [] : [{ path, kind: "setgid" as const, mode, ...location }]),
  ];
}

/** 4 where a symbolic mode sets setuid, 2 where it sets setgid (chmod(1)). */
function symbolicBits(mode: string): number {
  let bits = 0;
  for (const clause of mode.split(",")) {
    const [, who = "", rights = ""] = /^([ugoa]*)[+=]([rwxXst]+)$/.exec(clause) ?? [];
    if (!rights.includes("s")) continue;
    if (who === "" || /[ua]/.test(who)) bits |= 4;
    if (who === "" || /[ga]/.test(who)) bits |= 2;
  }
  return bits;
}

/** A sticky folder is meant to be shared. */
function letsEveryoneWrite(mode: string): boolean {
  const [, special = "0", others] = /^0*([0-7])?[0-7]{2}([0-7])$/.exec(mode) ?? [];
  if (others !== undefined) return (Number(others) & 2) !== 0 && (Number(special) & 1) === 0;
  return (
    mode.split(",").some((clause) => /^(?:[ugoa]*[oa][ugoa]*)[+=][rxXst]*w/.test(clause)) && !/\+[rwxX]*t/.test(mode)
  );
}
