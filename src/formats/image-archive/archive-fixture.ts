import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { type FixtureEntry, tarOf } from "../tar/tar-fixture.ts";
import { digestOf } from "./digest.ts";

/** A layer of a fixture with its two digests. */
export interface FixtureLayer {
  tar: Uint8Array;
  blob: Uint8Array;
  diffId: string;
  digest: string;
  mediaType: string;
}

/** A layer of files, gzip-compressed unless told. For tests. */
export function fixtureLayer(files: Readonly<Record<string, string>>, compressed = true): FixtureLayer {
  const tar = tarOf(Object.entries(files).map(([name, content]) => ({ name, content })));
  const blob = compressed ? new Uint8Array(gzipSync(tar)) : tar;
  const mediaType = `application/vnd.oci.image.layer.v1.tar${compressed ? "+gzip" : ""}`;
  return { tar, blob, diffId: digestOf(tar), digest: digestOf(blob), mediaType };
}

/** A configuration of the layers as JSON. */
export function fixtureConfig(layers: readonly FixtureLayer[], more: object = {}): Uint8Array {
  const rootfs = { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) };
  return json({ os: "linux", architecture: "amd64", rootfs, config: { User: "app" }, ...more });
}

/** A document as JSON bytes. */
export function json(document: unknown): Uint8Array {
  return new Uint8Array(Buffer.from(JSON.stringify(document)));
}

/** Files by path for an OCI layout, filled blob by blob. */
export class LayoutFixture {
  readonly files: Record<string, Uint8Array> = { "oci-layout": json({ imageLayoutVersion: "1.0.0" }) };

  /** Stores a blob and answers its descriptor. */
  add(blob: Uint8Array, mediaType: string, more: object = {}): { mediaType: string; digest: string; size: number } {
    const digest = digestOf(blob);
    this.files[`blobs/${digest.replace(":", "/")}`] = blob;
    return { mediaType, digest, size: blob.length, ...more };
  }

  /** Stores an image and answers the descriptor of its manifest. */
  addImage(layers: readonly FixtureLayer[], more: { config?: object; descriptor?: object } = {}) {
    const config = this.add(fixtureConfig(layers, more.config), "application/vnd.oci.image.config.v1+json");
    const written = layers.map(({ blob, mediaType }) => this.add(blob, mediaType));
    const manifest = json({ schemaVersion: 2, config, layers: written });
    return this.add(manifest, "application/vnd.oci.image.manifest.v1+json", more.descriptor);
  }

  /** Stores an index and answers its descriptor. */
  addIndex(manifests: readonly object[], more: object = {}) {
    return this.add(json({ schemaVersion: 2, manifests }), "application/vnd.oci.image.index.v1+json", more);
  }

  setIndex(manifests: readonly object[]): void {
    this.files["index.json"] = json({ schemaVersion: 2, manifests });
  }

  tar(): Uint8Array {
    return archiveOf(this.files);
  }
}

/** A tar of files by path. */
export function archiveOf(files: Readonly<Record<string, Uint8Array>>, more: readonly FixtureEntry[] = []): Uint8Array {
  const entries = Object.entries(files).map(([name, content]) => ({ name, content }));
  return tarOf([...entries, ...more]);
}
