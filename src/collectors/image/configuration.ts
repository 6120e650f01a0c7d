import { imageConfiguration } from "../../facts/image/configuration.ts";
import { maskSecrets } from "../../formats/secrets/masking.ts";
import { defineImageCollector, type OpenedImage } from "../image-collector.ts";
import { historyOf } from "../image-history.ts";

export default defineImageCollector({
  provides: imageConfiguration,
  version: 2,
  *collect(image) {
    yield {
      subject: image.subject,
      source: `${image.source}: configuration ${image.configDigest}`,
      value: configurationOf(image),
    };
  },
});

function configurationOf({ config }: OpenedImage) {
  return {
    user: config.user ?? "",
    env: config.env.map(environmentVariable),
    entrypoint: (config.entrypoint ?? []).map((word) => maskSecrets(word)),
    cmd: (config.cmd ?? []).map((word) => maskSecrets(word)),
    workingDir: config.workingDir ?? "",
    exposedPorts: config.exposedPorts,
    volumes: config.volumes,
    labels: Object.fromEntries(Object.entries(config.labels).map(([name, value]) => [name, maskSecrets(value, name)])),
    healthcheck: config.healthcheck?.test.map((word) => maskSecrets(word)),
    onBuild: config.onBuild.map((step) => maskSecrets(step)),
    shell: config.shell ?? [],
    stopSignal: config.stopSignal,
    author: config.author,
    history: historyOf(config).map((step) => ({
      ...step,
      createdBy: step.createdBy === undefined ? undefined : maskSecrets(step.createdBy),
      comment: step.comment === undefined ? undefined : maskSecrets(step.comment),
    })),
  };
}

function environmentVariable(text: string): { name: string; value: string } {
  const at = text.indexOf("=");
  if (at < 0) return { name: text, value: "" };
  const name = text.slice(0, at);
  return { name, value: maskSecrets(text.slice(at + 1), name) };
}
