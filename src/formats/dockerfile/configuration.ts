import { assignmentsOf, type DockerfileInstruction, InstructionLines } from "./dockerfile.ts";
import { type BuildStage, type DockerfileBuild, resolvedValue, type StageBase } from "./stages.ts";
import { VariableBudget } from "./variables.ts";
import { jsonForm, quotedWords, wordsOf } from "./words.ts";

/** A setting and the line that makes it. */
export interface Setting<T> {
  readonly value: T;
  readonly line: number;
  /** Variables that only the build gives a value; they stand in the value as they were written. */
  readonly unresolved: readonly string[];
}

/** What a Dockerfile sets of its image's configuration. What it does not set is its base's. */
export interface BuiltConfiguration {
  /** What the whole chain of stages begins with. */
  readonly base: StageBase;
  readonly user?: Setting<string> | undefined;
  readonly env: ReadonlyMap<string, Setting<string>>;
  readonly labels: ReadonlyMap<string, Setting<string>>;
  readonly exposedPorts: readonly Setting<string>[];
  readonly volumes: readonly Setting<string>[];
  readonly entrypoint?: Setting<readonly string[]> | undefined;
  readonly cmd?: Setting<readonly string[]> | undefined;
  readonly healthcheck?: Setting<readonly string[]> | undefined;
  readonly shell?: Setting<readonly string[]> | undefined;
  readonly workingDir?: Setting<string> | undefined;
  readonly stopSignal?: Setting<string> | undefined;
  readonly author?: Setting<string> | undefined;
  readonly onBuild: readonly Setting<string>[];
}

/** The configuration that the instructions of the last stage, and of those that it goes on from, make. */
export function configurationOf(build: DockerfileBuild): BuiltConfiguration {
  return configurationOfStage(build, build.stages.length - 1);
}

function configurationOfStage(build: DockerfileBuild, last: number): BuiltConfiguration {
  const chain: BuildStage[] = [];
  for (let index: number | undefined = last; index !== undefined; index = build.stages[index]!.base.stage)
    chain.unshift(build.stages[index]!);
  const state = new StageState(chain[0]!.base, build);
  for (const stage of chain) {
    state.beginStage();
    for (const instruction of stage.instructions) state.apply(instruction);
  }
  return state.configuration();
}

/** The configuration while instruction after instruction changes it. */
class StageState {
  readonly #base: StageBase;
  readonly #budget = new VariableBudget();
  readonly #build: DockerfileBuild;
  /** What `$NAME` stands for: ENV before ARG. */
  readonly #variables = new Map<string, string | undefined>();
  readonly #env = new Map<string, Setting<string>>();
  readonly #labels = new Map<string, Setting<string>>();
  readonly #ports: Setting<string>[] = [];
  readonly #volumes: Setting<string>[] = [];
  readonly #onBuild: Setting<string>[] = [];
  readonly #single: {
    user?: Setting<string>;
    workingDir?: Setting<string>;
    stopSignal?: Setting<string>;
    author?: Setting<string>;
    entrypoint?: Setting<readonly string[]>;
    cmd?: Setting<readonly string[]>;
    healthcheck?: Setting<readonly string[]>;
    shell?: Setting<readonly string[]>;
  } = {};

  constructor(base: StageBase, build: DockerfileBuild) {
    this.#base = base;
    this.#build = build;
  }

  /** Build arguments end with their stage; ENV stays. */
  beginStage(): void {
    this.#variables.clear();
    for (const [name, setting] of this.#env) this.#variables.set(name, knownValue(setting));
  }

  configuration(): BuiltConfiguration {
    return {
      base: this.#base,
      env: this.#env,
      labels: this.#labels,
      exposedPorts: this.#ports,
      volumes: this.#volumes,
      onBuild: this.#onBuild,
      ...this.#single,
    };
  }

  apply(instruction: DockerfileInstruction): void {
    const { keyword, line, argument } = instruction;
    switch (keyword) {
      case "ARG":
        for (const { name, value } of assignmentsOf(instruction)) {
          if (this.#env.has(name)) continue;
          this.#variables.set(
            name,
            value === undefined
              ? this.#build.globals.get(name)
              : this.#budget.spend(resolvedValue(value, this.#variables)).text,
          );
        }
        return;
      case "ENV":
        this.#assign(this.#env, instruction);
        for (const { name } of assignmentsOf(instruction)) this.#variables.set(name, knownValue(this.#env.get(name)));
        return;
      case "LABEL":
        this.#assign(this.#labels, instruction);
        return;
      case "USER":
        this.#single.user = this.#setting(argument, line);
        return;
      case "WORKDIR":
        this.#single.workingDir = this.#setting(argument, line);
        return;
      case "STOPSIGNAL":
        this.#single.stopSignal = this.#setting(argument, line);
        return;
      case "MAINTAINER":
        this.#single.author = { value: argument, line, unresolved: [] };
        return;
      case "EXPOSE":
        this.#exposeAll(instruction);
        return;
      case "VOLUME":
        for (const volume of jsonForm(argument) ?? wordsOf(argument)) this.#volumes.push(this.#setting(volume, line));
        return;
      case "ENTRYPOINT":
        this.#single.entrypoint = this.#command(instruction);
        // A new entry point takes the base's command away (Dockerfile reference, "Understand how CMD and ENTRYPOINT interact").
        this.#single.cmd = { value: [], line, unresolved: [] };
        return;
      case "CMD":
        this.#single.cmd = this.#command(instruction);
        return;
      case "SHELL":
        this.#single.shell = { value: instruction.json ?? [], line, unresolved: [] };
        return;
      case "HEALTHCHECK":
        this.#single.healthcheck = { value: healthcheckOf(argument), line, unresolved: [] };
        return;
      case "ONBUILD":
        this.#onBuild.push({ value: argument, line, unresolved: [] });
        return;
      default:
        return;
    }
  }

  #assign(target: Map<string, Setting<string>>, instruction: DockerfileInstruction): void {
    const lines = new InstructionLines(instruction);
    const isPaired = instruction.argument.includes("=");
    for (const { name, value = "" } of assignmentsOf(instruction)) {
      const { text, unresolved } = this.#budget.spend(resolvedValue(value, this.#variables));
      target.set(name, { value: text ?? value, line: lines.lineOf(isPaired ? `${name}=` : name), unresolved });
    }
  }

  #exposeAll(instruction: DockerfileInstruction): void {
    const lines = new InstructionLines(instruction);
    for (const { text } of quotedWords(instruction.argument)) this.#expose(this.#setting(text, lines.lineOf(text)));
  }

  #expose(port: Setting<string>): void {
    const value =
      /\/(?:tcp|udp|sctp)$/i.test(port.value) || port.unresolved.length > 0 ? port.value : `${port.value}/tcp`;
    this.#ports.push({ ...port, value });
  }

  #command({ argument, json, line }: DockerfileInstruction): Setting<readonly string[]> {
    const shell = this.#single.shell?.value ?? ["/bin/sh", "-c"];
    return { value: json ?? [...shell, argument], line, unresolved: [] };
  }

  #setting(written: string, line: number): Setting<string> {
    const { text, unresolved } = this.#budget.spend(resolvedValue(written, this.#variables));
    return { value: text ?? written, line, unresolved };
  }
}

function knownValue(setting: Setting<string> | undefined): string | undefined {
  return setting === undefined || setting.unresolved.length > 0 ? undefined : setting.value;
}

function healthcheckOf(argument: string): string[] {
  if (/^NONE\b/i.test(argument)) return ["NONE"];
  const command = argument.replace(/^CMD\s+/i, "");
  const json = jsonForm(command);
  return json === undefined ? ["CMD-SHELL", command] : ["CMD", ...json];
}
