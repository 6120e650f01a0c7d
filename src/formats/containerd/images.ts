import { limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { BoltBucket, openBolt } from "./bolt.ts";

/** An image that containerd knows. */
export interface ContainerdImage {
  /** containerd keeps the images of Docker (`moby`), Kubernetes (`k8s.io`) and others apart. */
  readonly namespace: string;
  /** Full reference: `docker.io/library/alpine:3.19`. */
  readonly name: string;
  /** Digest of its manifest or index. */
  readonly digest: string;
}

/** The images in containerd's meta.db (containerd, core/metadata/buckets.go: v1/NAMESPACE/images/NAME/target/digest), sorted as kept. Throws `CORRUPT_INPUT` or `LIMIT_EXCEEDED`. */
export function containerdImages(bytes: Uint8Array, what: string): ContainerdImage[] {
  const found: ContainerdImage[] = [];
  for (const [namespace, spaces] of openBolt(bytes, what).bucket("v1")?.entries() ?? []) {
    const images = spaces instanceof BoltBucket ? spaces.bucket("images") : undefined;
    for (const [name, image] of images?.entries() ?? []) {
      const digest = image instanceof BoltBucket ? image.bucket("target")?.text("digest") : undefined;
      if (digest !== undefined) found.push({ namespace, name, digest });
      if (found.length > limits.records) throw limitExceeded(what, `${limits.records} images`);
    }
  }
  return found;
}
