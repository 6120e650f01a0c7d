import { writeFileSync } from "node:fs";
import { type Disk, realDisk } from "../file/write.ts";

/**
 * What befalls a disk at one of its operations: that one fails (`fails`), nothing new can be written from then on (`fills`), or the process ends there
 * (`kills`): a file that is being written is half there, and nothing that comes after happens.
 */
export type DiskFault = "fails" | "fills" | "kills";

const full = () => Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC", syscall: "write" });

/** A disk that a fault befalls at its n-th operation, counted from 1. */
export class FaultyDisk implements Disk {
  /** What it was asked to do, in order. */
  readonly asked: string[] = [];
  readonly #at: number;
  readonly #fault: DiskFault;
  #kill: (() => void) | undefined;
  /** Settles when the process would have ended. */
  readonly killed = new Promise<"killed">((resolve) => {
    this.#kill = () => resolve("killed");
  });

  constructor(at: number, fault: DiskFault) {
    this.#at = at;
    this.#fault = fault;
  }

  /** Whether the fault has come to pass. */
  get isStruck(): boolean {
    return this.asked.length >= this.#at;
  }

  write(path: string, bytes: Uint8Array): Promise<void> {
    return this.#step(
      "write",
      () => realDisk.write(path, bytes),
      () => writeFileSync(path, bytes.subarray(0, bytes.length >> 1)),
    );
  }

  rename(from: string, to: string): Promise<void> {
    return this.#step("rename", () => realDisk.rename(from, to));
  }

  link(from: string, to: string): Promise<void> {
    return this.#step("link", () => realDisk.link(from, to));
  }

  syncFolder(path: string): Promise<void> {
    return this.#step("syncFolder", () => realDisk.syncFolder(path));
  }

  remove(path: string): Promise<void> {
    return this.#step("remove", () => realDisk.remove(path));
  }

  async #step(name: string, work: () => Promise<void>, half: () => void = () => undefined): Promise<void> {
    this.asked.push(name);
    const step = this.asked.length;
    const takesRoom = name === "write" || name === "link";
    if (step < this.#at || (step > this.#at && this.#fault === "fails")) return work();
    if (this.#fault === "fills" && !takesRoom) return work();
    if (this.#fault !== "kills" || step === this.#at) half();
    if (this.#fault !== "kills") throw full();
    this.#kill?.();
    await new Promise(() => undefined);
  }
}

/** Does some work once for each operation of the disk that it takes and each fault, with that fault at that operation, and then asks what there is. */
export async function atEveryStep(
  prepare: () => void | Promise<void>,
  work: (disk: Disk) => Promise<unknown>,
  inspect: (where: string) => Promise<void>,
): Promise<string[]> {
  let asked: string[] = [];
  for (const fault of ["fails", "fills", "kills"] as const) {
    for (let step = 1; ; step++) {
      await prepare();
      const disk = new FaultyDisk(step, fault);
      await Promise.race([work(disk), disk.killed]);
      await inspect(`${fault} at step ${step} of ${disk.asked.join(", ")}`);
      asked = disk.asked;
      if (!disk.isStruck) break;
    }
  }
  return asked;
}
