import { Agent } from "undici";

/** Milliseconds that a connection may take. */
const patience = 15_000;

/** A dispatcher for servers on a UNIX socket. Close it when done. */
export function socketDispatcher(path: string): Agent {
  return new Agent({ connect: { socketPath: path, timeout: patience } });
}
