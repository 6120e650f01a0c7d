import { DockerEngine } from "../clients/docker-engine.ts";
import { type Subject, subject } from "../core/subject.ts";

/** A container engine that answers, with the name that its containers are known under. */
export interface ContainerEngine {
  readonly name: string;
  readonly subject: Subject;
  readonly engine: DockerEngine;
  /** What it says of itself. */
  readonly version: unknown;
  readonly info: unknown;
}

/** Connects to the engine on a UNIX socket. Throws `UNREACHABLE` or `AUTH_FAILED`. Close `engine` when done. */
export async function openContainerEngine(
  socket: string,
  name: string,
  signal?: AbortSignal,
): Promise<ContainerEngine> {
  const engine = new DockerEngine(socket);
  try {
    return {
      name,
      subject: subject("container", name),
      engine,
      version: await engine.version(signal),
      info: await engine.info(signal),
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}
