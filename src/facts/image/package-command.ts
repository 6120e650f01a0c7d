import type { ShellCommand } from "./shell-command.ts";

/** What a package manager is told to do. */
export interface PackageCommand {
  /** `apt`, `apk`, `dnf`, `zypper`, `pacman`, `pip`, `npm`, `gem`, `go`, `cargo`. */
  readonly manager: string;
  readonly action: "update" | "install" | "upgrade" | "clean";
  /** The packages as they were written, versions with them; files and addresses too. */
  readonly packages: readonly string[];
  readonly options: readonly string[];
}

interface Manager {
  readonly manager: string;
  readonly names: RegExp;
  readonly actions: Readonly<Record<string, PackageCommand["action"]>>;
  /** Options that take the word after them. */
  readonly valued: RegExp;
}

const managers: readonly Manager[] = [
  {
    manager: "apt",
    names: /^(?:apt|apt-get|aptitude)$/,
    actions: {
      update: "update",
      install: "install",
      reinstall: "install",
      upgrade: "upgrade",
      "dist-upgrade": "upgrade",
      "full-upgrade": "upgrade",
      "safe-upgrade": "upgrade",
      clean: "clean",
      "dist-clean": "clean",
    },
    valued: /^(?:-t|-o|-c|--option|--target-release|--config-file)$/,
  },
  {
    manager: "apk",
    names: /^apk$/,
    actions: { update: "update", add: "install", upgrade: "upgrade", cache: "clean" },
    valued: /^(?:-X|--repository|-t|--virtual|-p|--root|--arch|--keys-dir|--repositories-file|--cache-dir)$/,
  },
  {
    manager: "dnf",
    names: /^(?:dnf|dnf5|yum|microdnf|tdnf)$/,
    actions: {
      makecache: "update",
      install: "install",
      reinstall: "install",
      groupinstall: "install",
      localinstall: "install",
      upgrade: "upgrade",
      update: "upgrade",
      "update-minimal": "upgrade",
      clean: "clean",
    },
    valued: /^(?:--installroot|--releasever|--enablerepo|--disablerepo|--repo|-c|-x|--exclude)$/,
  },
  {
    manager: "zypper",
    names: /^zypper$/,
    actions: {
      refresh: "update",
      ref: "update",
      install: "install",
      in: "install",
      update: "upgrade",
      up: "upgrade",
      patch: "upgrade",
      dup: "upgrade",
      "dist-upgrade": "upgrade",
      clean: "clean",
      cc: "clean",
    },
    valued: /^(?:-r|--repo|-t|--type|--root|-R)$/,
  },
  { manager: "pacman", names: /^pacman$/, actions: {}, valued: /^$/ },
  {
    manager: "pip",
    names: /^pip(?:\d[\d.]*)?$/,
    actions: { install: "install", cache: "clean" },
    valued:
      /^(?:-r|--requirement|-c|--constraint|-i|--index-url|--extra-index-url|--find-links|-f|-t|--target|--prefix|--root|--trusted-host|--platform|--python-version|--proxy|--timeout)$/,
  },
  {
    manager: "npm",
    names: /^(?:npm|pnpm)$/,
    actions: { install: "install", i: "install", add: "install", ci: "install", cache: "clean" },
    valued: /^(?:--registry|--prefix|--loglevel|--omit|--only|-w|--workspace)$/,
  },
  {
    manager: "gem",
    names: /^gem$/,
    actions: { install: "install", update: "upgrade" },
    valued: /^(?:-v|--version|-s|--source|-i|--install-dir)$/,
  },
  { manager: "go", names: /^go$/, actions: { install: "install" }, valued: /^(?:-ldflags|-tags|-mod|-gcflags)$/ },
  {
    manager: "cargo",
    names: /^cargo$/,
    actions: { install: "install" },
    valued: /^(?:--version|--vers|--git|--branch|--tag|--rev|--path|--root|--features|--target)$/,
  },
];

/** What a command tells a package manager to do; undefined for any other command. */
export function packageCommand(command: ShellCommand): PackageCommand | undefined {
  const { name, words } = pythonModule(command);
  const known = managers.find(({ names }) => names.test(name));
  if (known === undefined) return undefined;
  if (known.manager === "pacman") return pacmanCommand(words);
  const options: string[] = [];
  const plain: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if (/^\d*[<>]/.test(word)) continue;
    if (!word.startsWith("-") || word === "-") plain.push(word);
    else if (known.valued.test(word)) options.push(`${word} ${words[++index] ?? ""}`);
    else options.push(word);
  }
  const [verb = "", ...packages] = plain;
  const action = known.actions[verb];
  return action === undefined ? undefined : { manager: known.manager, action, packages, options };
}

/** `python3 -m pip …` is pip. */
function pythonModule({ name, words }: ShellCommand): Pick<ShellCommand, "name" | "words"> {
  return /^python[\d.]*$/.test(name) && words[0] === "-m" && words[1] !== undefined
    ? { name: words[1], words: words.slice(2) }
    : { name, words };
}

function pacmanCommand(words: readonly string[]): PackageCommand | undefined {
  const [verb = ""] = words.filter((word) => /^-S/.test(word));
  const packages = words.filter((word) => !word.startsWith("-"));
  const options = words.filter((word) => word.startsWith("-"));
  if (verb === "") return undefined;
  if (/c/.test(verb)) return { manager: "pacman", action: "clean", packages, options };
  const action = packages.length > 0 ? "install" : /u/.test(verb) ? "upgrade" : "update";
  return { manager: "pacman", action, packages, options };
}
