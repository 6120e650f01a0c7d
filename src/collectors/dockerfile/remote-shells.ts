import { commandsOf, type ImageInstruction, instructionPlace } from "../../facts/image/instruction.ts";
import { packageCommand } from "../../facts/image/package-command.ts";
import { imageRemoteShells } from "../../facts/image/remote-shells.ts";
import { wordPlaces } from "../../facts/image/shell-command.ts";
import type { Setting } from "../../formats/dockerfile/configuration.ts";
import { programsNamedIn } from "../image/remote-shells.ts";
import { defineDockerfileCollector, imageInstructions, type OpenedDockerfile } from "./dockerfile-collector.ts";

/** Packages that bring a server of remote shells, with its program. */
const servers: Readonly<Record<string, string>> = {
  "openssh-server": "sshd",
  "openssh-sftp-server": "sshd",
  dropbear: "dropbear",
  "dropbear-bin": "dropbear",
  tinyssh: "tinysshd",
  telnetd: "telnetd",
  "inetutils-telnetd": "telnetd",
  "telnet-server": "telnetd",
  "rsh-server": "rshd",
  "rsh-redone-server": "rshd",
  ttyd: "ttyd",
  gotty: "gotty",
  shellinabox: "shellinaboxd",
  xrdp: "xrdp",
  x11vnc: "x11vnc",
  tightvncserver: "vncserver",
  "tigervnc-standalone-server": "vncserver",
  "tigervnc-server": "vncserver",
};

/** The servers of remote shells that a Dockerfile installs and starts, the keys that it lets in and the ports that it exposes. */
export const dockerfileRemoteShells = defineDockerfileCollector({
  provides: imageRemoteShells,
  collect: (dockerfile) => {
    const { configuration, file } = dockerfile;
    const instructions = imageInstructions(dockerfile);
    return {
      programs: instructions.flatMap(installedServers),
      started: startedServers(dockerfile),
      exposedPorts: configuration.exposedPorts.map(({ value }) => value),
      authorizedKeys: instructions.flatMap(keysBrought),
      entries: 0,
      seen: "instructions" as const,
      places: Object.fromEntries(configuration.exposedPorts.map(({ value, line }) => [value, { file, line }])),
    };
  },
});

function installedServers(instruction: ImageInstruction) {
  return commandsOf(instruction).flatMap((command) => {
    const install = packageCommand(command);
    if (install?.action !== "install") return [];
    const places = wordPlaces(command);
    return install.packages.flatMap((text) => {
      const name = text.replace(/[=<>~:@].*$/, "");
      // Alpine's and Arch's openssh is client and server in one.
      const isWhole = name === "openssh" && /^(?:apk|pacman)$/.test(install.manager);
      const program = servers[name] ?? (isWhole ? "sshd" : undefined);
      if (program === undefined) return [];
      const place = placeOf(instruction, places.get(text) ?? command.offset);
      return [{ path: `${install.manager} install ${name}`, program, ...place }];
    });
  });
}

function startedServers({ configuration, file }: OpenedDockerfile) {
  const started = (by: string, setting: Setting<readonly string[]> | undefined) =>
    programsNamedIn((setting?.value ?? []).join(" ")).map((program) => ({
      by,
      program,
      location: { file, line: setting!.line },
    }));
  return [...started("entrypoint", configuration.entrypoint), ...started("command", configuration.cmd)];
}

function keysBrought(instruction: ImageInstruction) {
  const { keyword, text } = instruction;
  if (!["COPY", "ADD", "RUN"].includes(keyword)) return [];
  const words = text.includes("authorized_keys") ? text.split(/[\s"',;>\]]+/) : [];
  const paths = words.filter((word) => /(?:^|\/)(?:\.ssh|etc\/ssh)\/authorized_keys2?$/.test(word));
  return [...new Set(paths)].map((path) => ({ path, ...placeOf(instruction, Math.max(0, text.indexOf(path))) }));
}

function placeOf(instruction: ImageInstruction, offset: number) {
  const { location } = instructionPlace(instruction, offset);
  return location?.line === undefined ? {} : { location: { file: location.file, line: location.line } };
}
