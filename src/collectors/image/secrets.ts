import { imageSecrets } from "../../facts/image/secrets.ts";
import { type MemberSecret, type SearchedFile, secretsOfFile } from "../../formats/secrets/archive-secrets.ts";
import { configurationSecrets } from "../../formats/secrets/configuration-secrets.ts";
import { isPackagedExample } from "../../formats/secrets/file-class.ts";
import { defineImageCollector, type LayerItem, type OpenedImage } from "../image-collector.ts";
import { historyOf } from "../image-history.ts";

interface SecretItem {
  readonly secrets?: readonly MemberSecret[];
  readonly skipped?: string;
}

const examples = "documentation and tests of packages";

export default defineImageCollector<SecretItem, typeof imageSecrets.schema>({
  provides: imageSecrets,
  version: 3,
  wants: ({ path, size }) => size > 0 && !isPackagedExample(path),
  analyse({ path }, content) {
    const searched = secretsOfFile(content, path);
    return searched instanceof Promise ? searched.then(itemOf) : itemOf(searched);
  },
  unread: (_file, reason) => ({ skipped: reason }),
  *collect(image, items) {
    yield {
      subject: image.subject,
      source: `${image.source}: files of ${image.layers.length} layers and configuration`,
      value: secretsOf(image, items),
    };
  },
});

function itemOf({ secrets, skipped }: SearchedFile): SecretItem | undefined {
  if (secrets.length === 0 && skipped === undefined) return undefined;
  return { ...(secrets.length === 0 ? {} : { secrets }), ...(skipped === undefined ? {} : { skipped }) };
}

function secretsOf(image: OpenedImage, items: readonly LayerItem<SecretItem>[]) {
  const { searched, bytes, skipped } = countsOf(image, items);
  return {
    secrets: [...items.flatMap(fileSecrets), ...configurationSecrets(textsOf(image))],
    filesSearched: searched,
    bytesSearched: bytes,
    skipped: Object.fromEntries([...skipped].sort()),
  };
}

function fileSecrets({ path, layer, visible, item }: LayerItem<SecretItem>) {
  return (item.secrets ?? []).map(({ member, ...secret }) => ({
    ...secret,
    source: "file" as const,
    at: member === undefined ? `/${path}` : `/${path}!/${member}`,
    layer,
    removed: !visible,
  }));
}

function textsOf({ config }: OpenedImage) {
  return {
    env: config.env,
    labels: config.labels,
    commands: {
      Entrypoint: config.entrypoint ?? [],
      Cmd: config.cmd ?? [],
      Healthcheck: config.healthcheck?.test ?? [],
      OnBuild: config.onBuild,
    },
    history: historyOf(config),
  };
}

/** Counts what every layer brought, removed files included: those that gave nothing are not kept as items. */
function countsOf(image: OpenedImage, items: readonly LayerItem<SecretItem>[]) {
  const skipped = new Map<string, number>();
  for (const { item } of items)
    if (item.skipped !== undefined) skipped.set(item.skipped, (skipped.get(item.skipped) ?? 0) + 1);
  let searched = -items.filter(({ item }) => item.skipped !== undefined).length;
  let bytes = 0;
  for (const { path, type, size, hardLinkTo } of everyEntry(image)) {
    if (type !== "file" || size === 0 || hardLinkTo !== undefined) continue;
    if (isPackagedExample(path)) skipped.set(examples, (skipped.get(examples) ?? 0) + 1);
    else {
      searched++;
      bytes += size;
    }
  }
  return { searched: Math.max(0, searched), bytes, skipped };
}

function* everyEntry(image: OpenedImage) {
  yield* image.tree.entries();
  for (const { entry } of image.tree.removed()) yield entry;
}
