import { compareText } from "../../core/canonical-json.ts";
import { imagePackageSources } from "../../facts/image/package-sources.ts";
import { parseSourcesList, parseSourcesParagraphs } from "../../formats/host/apt.ts";
import { parseKeyring, type SigningKey } from "../../formats/openpgp.ts";
import { defineImageCollector } from "../image-collector.ts";

const largestFile = 1024 ** 2;
const sourceFile = /^etc\/apt\/(sources\.list|sources\.list\.d\/[^/]+\.(list|sources))$/;

const keyring =
  /^((usr\/share\/keyrings|etc\/apt\/(trusted\.gpg\.d|keyrings))\/[^/]+\.(gpg|pgp|asc)|etc\/apt\/trusted\.gpg)$/;

interface SourcesItem {
  readonly keys?: readonly SigningKey[];
  readonly sources?: readonly {
    readonly uris: string[];
    readonly suites: string[];
    readonly components: string[];
    readonly line: number;
  }[];
  readonly unread?: string;
}

/** The sources of packages that apt reads and the keys that it trusts, from the files that are visible in the image. */
export default defineImageCollector<SourcesItem, typeof imagePackageSources.schema>({
  provides: imagePackageSources,
  version: 1,
  wants: ({ path, size }) => (sourceFile.test(path) || keyring.test(path)) && size <= largestFile,
  analyse({ path }, content) {
    if (keyring.test(path)) return { keys: parseKeyring(content, `/${path}`) };
    const text = new TextDecoder().decode(content);
    const found = path.endsWith(".sources") ? parseSourcesParagraphs(text) : parseSourcesList(text);
    return {
      sources: found
        .filter(({ sourcesOnly }) => !sourcesOnly)
        .map(({ uris, suites, components, line }) => ({
          uris: [...uris],
          suites: [...suites],
          components: [...components],
          line,
        })),
    };
  },
  unread: (_file, unread) => ({ unread }),
  *collect(image, items) {
    const visible = items.filter((one) => one.visible).sort((a, b) => (a.path < b.path ? -1 : 1));
    const keys = new Map(
      visible.flatMap(({ path, item }) =>
        (item.keys ?? []).map(({ fingerprint, jwk }) => [fingerprint, { file: `/${path}`, fingerprint, jwk }] as const),
      ),
    );
    yield {
      subject: image.subject,
      source: `${image.source}: /etc/apt`,
      value: {
        sources: visible.flatMap(({ path, item }) => (item.sources ?? []).map((one) => ({ file: `/${path}`, ...one }))),
        keys: [...keys.values()].sort((a, b) => compareText(a.fingerprint, b.fingerprint)),
        unread: visible.flatMap(({ path, item }) =>
          item.unread === undefined ? [] : [{ path: `/${path}`, reason: item.unread }],
        ),
      },
    };
  },
});
