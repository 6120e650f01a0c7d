import { stat } from "node:fs/promises";
import { exportImage } from "../clients/docker-images.ts";
import { AppError, limitExceeded } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { openImageArchive } from "../formats/image-archive/image-archive.ts";
import { openScratchFile, type ScratchFile } from "./files.ts";
import type { ImageSource } from "./image-source.ts";

/** Engines that export images over Docker's API. */
export type ImageEngine = "docker" | "podman";

/** Environment variables by name. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * An image that an engine holds. The engine's export needs random access, so that it is kept in a scratch file that is gone with `close` or the process. Throws
 * `TARGET_NOT_FOUND` where the engine or the image is not there, `UNSUPPORTED` for an engine on another machine.
 */
export async function openEngineImage(
  engine: ImageEngine,
  name: string,
  options: { readonly environment?: Environment; readonly signal?: AbortSignal | undefined } = {},
): Promise<ImageSource> {
  const socket = await socketOf(engine, options.environment ?? process.env);
  const scratch = await openScratchFile();
  try {
    await spill(exportImage(socket, name, options.signal), scratch, `${engine}: image ${name}`);
    const { images } = await openImageArchive(await scratch.source(`${engine}:${name}`));
    const named = images.map((image) => (image.references.length > 0 ? image : { ...image, references: [name] }));
    return { name: `${engine}:${name}`, format: engine, images: named, close: () => scratch.close() };
  } catch (error) {
    await scratch.close();
    throw error;
  }
}

async function spill(bytes: AsyncIterable<Uint8Array>, scratch: ScratchFile, what: string): Promise<void> {
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > limits.decompressedBytes) throw limitExceeded(what, `${limits.decompressedBytes} bytes`);
    await scratch.write(piece);
  }
}

async function socketOf(engine: ImageEngine, environment: Environment): Promise<string> {
  const variable = engine === "docker" ? "DOCKER_HOST" : "CONTAINER_HOST";
  const named = environment[variable];
  if (named) return namedSocket(named, variable);
  const candidates = engine === "docker" ? dockerSockets(environment) : podmanSockets(environment);
  for (const path of candidates) if ((await stat(path).catch(() => undefined))?.isSocket()) return path;
  throw new AppError(
    "TARGET_NOT_FOUND",
    `no ${engine} engine answers on this machine (looked for ${candidates.join(", ")})`,
    {
      hint:
        engine === "docker"
          ? "start it, or name its socket: DOCKER_HOST=unix:///path/to/docker.sock"
          : 'start its service with "podman system service", or save the image first: podman save -o image.tar NAME',
    },
  );
}

function namedSocket(named: string, variable: string): string {
  if (named.startsWith("unix://")) return named.slice("unix://".length);
  throw new AppError(
    "UNSUPPORTED",
    `${variable} names an engine that is not on this machine: ${named.split("@").at(-1)}`,
    {
      hint: "only unix:// sockets are spoken to; save the image there and assess the archive",
    },
  );
}

function dockerSockets({ XDG_RUNTIME_DIR, HOME }: Environment): string[] {
  return [
    "/var/run/docker.sock",
    ...(XDG_RUNTIME_DIR ? [`${XDG_RUNTIME_DIR}/docker.sock`] : []),
    ...(HOME ? [`${HOME}/.docker/run/docker.sock`] : []),
  ];
}

function podmanSockets({ XDG_RUNTIME_DIR }: Environment): string[] {
  return [...(XDG_RUNTIME_DIR ? [`${XDG_RUNTIME_DIR}/podman/podman.sock`] : []), "/run/podman/podman.sock"];
}
