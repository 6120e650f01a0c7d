import type { z } from "zod";
import type { OpenSetting, OpenSettingName } from "../../facts/image/configuration.ts";
import { imageConfiguration } from "../../facts/image/configuration.ts";
import type { BuiltConfiguration, Setting } from "../../formats/dockerfile/configuration.ts";
import { maskText, maskWords } from "../../formats/secrets/configuration-secrets.ts";
import { defineDockerfileCollector, type OpenedDockerfile } from "./dockerfile-collector.ts";

/** The configuration that the image will have, as far as its Dockerfile sets it. */
export const dockerfileConfiguration = defineDockerfileCollector({
  provides: imageConfiguration,
  collect: (dockerfile) => {
    const { configuration, steps, file } = dockerfile;
    const { user, env, labels, entrypoint, cmd, workingDir, exposedPorts, volumes, healthcheck, shell, onBuild } =
      configuration;
    const masked = (words: readonly string[] | undefined) => maskWords(words ?? []);
    return {
      user: user?.value ?? "",
      env: [...env].map(([name, { value }]) => ({ name, value: maskText(value, name) })),
      entrypoint: masked(entrypoint?.value),
      cmd: masked(cmd?.value),
      workingDir: workingDir?.value ?? "",
      exposedPorts: exposedPorts.map(({ value }) => value),
      volumes: volumes.map(({ value }) => value),
      labels: Object.fromEntries([...labels].map(([name, { value }]) => [name, maskText(value, name)])),
      healthcheck: healthcheck === undefined ? undefined : masked(healthcheck.value),
      onBuild: masked(onBuild.map(({ value }) => value)),
      shell: [...(shell?.value ?? [])],
      stopSignal: configuration.stopSignal?.value,
      author: configuration.author?.value,
      history: steps.map(({ step }) => step),
      open: openSettings(dockerfile),
      places: placesOf(configuration, file),
    };
  },
});

function placesOf(configuration: BuiltConfiguration, file: string) {
  const { user, healthcheck, entrypoint, cmd, exposedPorts, labels } = configuration;
  const lines: [string, Setting<unknown> | undefined][] = [
    ["user", user],
    ["healthcheck", healthcheck],
    ["entrypoint", entrypoint],
    ["cmd", cmd],
    ...exposedPorts.map((port): [string, Setting<unknown>] => [`port ${port.value}`, port]),
    ...[...labels].map(([name, label]): [string, Setting<unknown>] => [`label ${name}`, label]),
  ];
  return Object.fromEntries(
    lines.flatMap(([name, setting]) => (setting === undefined ? [] : [[name, { file, line: setting.line }] as const])),
  );
}

type Open = z.input<typeof OpenSetting>;

function openSettings({ configuration, file }: OpenedDockerfile): Open[] {
  const { base, user, healthcheck, entrypoint, cmd } = configuration;
  const location = { file, line: base.line };
  const remedy = "set it in the Dockerfile, or assess the built image";
  const inherited = (setting: OpenSettingName, what: string): Open => ({
    setting,
    reason: `${what} of the base ${base.text} are not in the Dockerfile`,
    remedy: "assess the built image",
    location,
  });
  const unset = (setting: OpenSettingName, what: string): Open => ({
    setting,
    reason: `the Dockerfile sets no ${what}, so that its base's holds, and what ${base.text} sets is not in the file`,
    remedy,
    location,
  });
  const open: Open[] = [];
  if (user !== undefined && user.unresolved.length > 0) {
    const reason = `USER ${user.value}: only a build gives ${user.unresolved.join(", ")} a value`;
    open.push({
      setting: "user",
      reason,
      remedy: "give ARG a default, or assess the built image",
      location: { file, line: user.line },
    });
  }
  open.push({
    setting: "labels",
    reason: "labels may also be given to the build (--label) or come from the base",
    remedy,
    location,
  });
  if (base.isScratch) return open;
  if (user === undefined) open.push(unset("user", "user"));
  if (healthcheck === undefined) open.push(unset("healthcheck", "health check"));
  if (entrypoint === undefined) open.push(unset("entrypoint", "entry point"));
  if (cmd === undefined) open.push(unset("cmd", "command"));
  open.push(inherited("env", "variables"), inherited("exposedPorts", "ports"), inherited("volumes", "volumes"));
  return open;
}
