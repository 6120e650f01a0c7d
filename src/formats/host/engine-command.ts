/** A command that reaches containers past the orchestrator: the program and what it was told to do. Arguments are left out, as they may hold secrets. */
export interface EngineCommand {
  readonly tool: string;
  /** Its first word that is no option: `exec`, `run`; empty where it has none. */
  readonly verb: string;
}

const tools =
  /^(docker|docker-compose|podman|podman-remote|nerdctl|crictl|ctr|kubectl|oc|k3s|microk8s|nsenter|runc|crun|youki|buildah|skopeo|lxc|incus|machinectl|systemd-nspawn)$/;
/** Options before the verb that take the next word as their value. */
const valued =
  /^(-H|--host|-c|--context|-l|--log-level|--config|-n|--namespace|--kubeconfig|-a|--address|-r|--runtime-endpoint|-i|--image-endpoint|--cluster|--user|-s|--server|--token|--root|--log|--storage-driver|--url|--connection|-f|--file|-p|--project-name|-t|--timeout)$/;
const wrappers = /^(sudo|doas|env|nice|nohup|time|ionice|setsid|stdbuf|timeout|exec|command|xargs|strace)$/;
/** Options of wrappers that take the next word as their value (sudo(8), nice(1), timeout(1)). */
const wrapperValued = /^(-u|-g|-h|-p|-C|-r|-t|-T|-U|-n|-k|-s|--user|--group|--host|--prompt|--chdir|-D)$/;

/** The command in a list of words, or undefined where it reaches no container. What stands before it (sudo, env, assignments) is passed over. */
export function engineCommand(words: readonly string[]): EngineCommand | undefined {
  let at = 0;
  while (at < words.length) {
    const word = words[at]!;
    if (/^\w+=/.test(word)) at++;
    else if (wrappers.test(baseName(word))) at = afterWrapper(words, at);
    else break;
  }
  const tool = baseName(words[at] ?? "");
  if (!tools.test(tool)) return undefined;
  return { tool, verb: verbOf(words.slice(at + 1)) };
}

function afterWrapper(words: readonly string[], start: number): number {
  const name = baseName(words[start]!);
  let at = start + 1;
  while (at < words.length && words[at]!.startsWith("-")) {
    const option = words[at++]!;
    if (name === "sudo" && option === "-n") continue;
    if (wrapperValued.test(option)) at++;
  }
  return name === "timeout" ? at + 1 : at;
}

function verbOf(words: readonly string[]): string {
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (!word.startsWith("-")) return /^[a-z][a-z-]{0,23}$/.test(word) ? word : "";
    if (valued.test(word)) at++;
  }
  return "";
}

function baseName(word: string): string {
  return word.slice(word.lastIndexOf("/") + 1);
}

/** The words of a line as a shell would part them, quotes taken off; nothing is expanded. Words after a `;`, `|`, `&` belong to the next command. */
export function shellCommands(line: string): string[][] {
  const commands: string[][] = [[]];
  let word: string | undefined;
  let quote = "";
  const finish = () => {
    if (word !== undefined) commands.at(-1)!.push(word);
    word = undefined;
  };
  for (let at = 0; at < line.length; at++) {
    const letter = line[at]!;
    if (quote !== "") {
      if (letter === quote) quote = "";
      else if (letter === "\\" && quote === '"' && at + 1 < line.length) word = (word ?? "") + line[++at];
      else word = (word ?? "") + letter;
    } else if (letter === "'" || letter === '"') {
      quote = letter;
      word ??= "";
    } else if (letter === "\\" && at + 1 < line.length) word = (word ?? "") + line[++at];
    else if (/\s/.test(letter)) finish();
    else if (";|&(){}`".includes(letter) || (letter === "#" && word === undefined)) {
      finish();
      if (letter === "#") break;
      commands.push([]);
    } else word = (word ?? "") + letter;
  }
  finish();
  return commands.filter((words) => words.length > 0);
}
