import type { Command } from "commander";
import { AppError } from "../core/errors.ts";

interface Node {
  readonly path: string;
  readonly words: readonly string[];
}

/** Prints a completion script made from the command tree itself. */
export function run(shell: string, root: Command): void {
  const nodes = nodesOf(root, "");
  const scripts: Record<string, (nodes: readonly Node[]) => string> = { bash, zsh, fish };
  const script = scripts[shell];
  if (!script)
    throw new AppError("USAGE", `there is no completion for ${shell}`, { hint: "the shells are bash, zsh and fish" });
  process.stdout.write(script(nodes));
}

function nodesOf(command: Command, path: string): Node[] {
  const words = [
    ...command.commands.map((sub) => sub.name()),
    ...command.options.flatMap((option) => (option.long ? [option.long] : [])),
    "--help",
  ];
  return [{ path, words }, ...command.commands.flatMap((sub) => nodesOf(sub, `${path} ${sub.name()}`.trim()))];
}

function bash(nodes: readonly Node[]): string {
  const cases = nodes.map((node) => `    "${node.path}") words="${node.words.join(" ")}" ;;`);
  return `_plimsoll() {
  local current=\${COMP_WORDS[COMP_CWORD]} path="" words="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in -*) ;; *) path="\${path:+$path }\${COMP_WORDS[i]}" ;; esac
  done
  while :; do
    case "$path" in
${cases.map((line) => `  ${line}`).join("\n")}
    esac
    [ -n "$words" ] || [ -z "$path" ] && break
    case "$path" in *" "*) path=\${path% *} ;; *) path="" ;; esac
  done
  COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current"))
}
complete -o filenames -F _plimsoll plimsoll
`;
}

function zsh(nodes: readonly Node[]): string {
  return `autoload -U +X bashcompinit && bashcompinit\n${bash(nodes)}`;
}

function fish(nodes: readonly Node[]): string {
  const lines = nodes.flatMap((node) => {
    const steps = node.path.split(" ").filter((step) => step !== "");
    const condition =
      steps.length === 0
        ? "__fish_use_subcommand"
        : steps.map((step) => `__fish_seen_subcommand_from ${step}`).join("; and ");
    return node.words.map((word) =>
      word.startsWith("--")
        ? `complete -c plimsoll -n "${condition}" -l ${word.slice(2)}`
        : `complete -c plimsoll -n "${condition}" -a ${word}`,
    );
  });
  return `${lines.join("\n")}\n`;
}
