import { request } from "undici";
import { AppError, messageOf } from "../core/errors.ts";
import { socketDispatcher } from "./socket-dispatcher.ts";

/** Milliseconds within which an engine must begin to export: Podman writes the whole image to disk first. */
const exportTime = 15 * 60 * 1_000;
/** Milliseconds within which each next part of an export must come. */
const patience = 60_000;

/**
 * The archive of an image that an engine exports (Docker Engine API v1.41, `GET /images/{name}/get`; Podman answers the same), as it streams in.
 * Throws `TARGET_NOT_FOUND` where the engine has no such image, `AUTH_FAILED` where its socket may not be opened, `UNREACHABLE`.
 */
export async function* exportImage(
  socket: string,
  name: string,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const dispatcher = socketDispatcher(socket);
  try {
    const answer = await request(`http://engine/images/${encodeURIComponent(name)}/get`, {
      dispatcher,
      headersTimeout: exportTime,
      bodyTimeout: patience,
      ...(signal === undefined ? {} : { signal }),
    });
    if (answer.statusCode !== 200) throw refused(socket, name, answer.statusCode, await answer.body.text());
    yield* answer.body as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw error instanceof AppError ? error : unreachable(socket, error);
  } finally {
    await dispatcher.destroy();
  }
}

function refused(socket: string, name: string, status: number, body: string): AppError {
  const [, reason] = /"(?:message|cause)"\s*:\s*"([^"\\]{1,300})/.exec(body.slice(0, 4_096)) ?? [];
  const said = `${status}${reason === undefined ? "" : `, ${reason}`}`;
  // Podman answers 500 for names that it does not know.
  if (status === 404 || /no such image|image not known|unable to find/i.test(body))
    return new AppError("TARGET_NOT_FOUND", `container engine at ${socket}: has no image ${name} (${said})`, {
      hint: "list its images with `docker images` or `podman images`; an image that is only in a registry is named registry:HOST/REPOSITORY:TAG",
    });
  return new AppError("UNREACHABLE", `container engine at ${socket}: exporting ${name} was answered ${said}`, {
    hint: "see the engine's log",
  });
}

function unreachable(socket: string, error: unknown): AppError {
  const message = messageOf(error);
  if (/EACCES|EPERM/.test(message))
    return new AppError("AUTH_FAILED", `container engine at ${socket}: ${message}`, {
      hint: "run as root, or as a member of the socket's group",
      cause: error,
    });
  return new AppError("UNREACHABLE", `container engine at ${socket}: ${message}`, {
    hint: "is the engine running? Name its socket in DOCKER_HOST or CONTAINER_HOST: unix:///path/to/engine.sock",
    cause: error,
  });
}
