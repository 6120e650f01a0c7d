/* A helper thread: digests files that come over a port, batch by batch. Paths are text or bytes. */
import { workerData } from "node:worker_threads";
import { digestFile } from "./digest-work.mjs";

const { port } = workerData;
port.on("message", (jobs) => port.postMessage(jobs.map(({ path, algorithm }) => digestFile(path, algorithm))));
