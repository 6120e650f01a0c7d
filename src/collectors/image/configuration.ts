import { imageConfiguration } from "../../facts/image/configuration.ts";
import { maskWords } from "../../formats/secrets/configuration-secrets.ts";
import { defineImageCollector, type OpenedImage } from "../image-collector.ts";
import { maskOf, shownHistoryOf } from "../image-history.ts";

export default defineImageCollector({
  provides: imageConfiguration,
  version: 3,
  *collect(image) {
    yield {
      subject: image.subject,
      source: `${image.source}: configuration ${image.configDigest}`,
      value: configurationOf(image),
    };
  },
});

function configurationOf({ config }: OpenedImage) {
  const mask = maskOf(config);
  return {
    user: config.user ?? "",
    env: config.env.map((text) => environmentVariable(text, mask)),
    entrypoint: maskWords(config.entrypoint ?? [], mask),
    cmd: maskWords(config.cmd ?? [], mask),
    workingDir: config.workingDir ?? "",
    exposedPorts: config.exposedPorts,
    volumes: config.volumes,
    labels: Object.fromEntries(Object.entries(config.labels).map(([name, value]) => [name, mask(value, name)])),
    healthcheck: config.healthcheck && maskWords(config.healthcheck.test, mask),
    onBuild: config.onBuild.map((step) => mask(step)),
    shell: config.shell ?? [],
    stopSignal: config.stopSignal,
    author: config.author,
    history: shownHistoryOf(config),
  };
}

function environmentVariable(
  text: string,
  mask: (text: string, name?: string) => string,
): { name: string; value: string } {
  const at = text.indexOf("=");
  if (at < 0) return { name: text, value: "" };
  const name = text.slice(0, at);
  return { name, value: mask(text.slice(at + 1), name) };
}
