import { Clamd, type ClamdPatience, parseClamdAddress } from "../clients/clamd.ts";
import { AppError } from "../core/errors.ts";
import type { MalwareSeverity } from "../formats/malware/malware-match.ts";
import { absentEngine, type EngineState, type Examination } from "./malware-engine.ts";

/** A ClamAV daemon as an engine. What becomes of the daemon while it is asked changes its state. */
export interface ClamavEngine {
  readonly state: EngineState;
  /** What its answers depend on: program and signature database; empty where no daemon answers. */
  readonly version: string;
  /** False when answers are missing that the daemon may give another time, or when its signatures cannot be told apart from those of another day: nothing may be kept then. */
  readonly isKeepable: boolean;
  examine(content: Uint8Array): Promise<Examination>;
}

/** Streams without an answer in a row, after which the daemon is given up. */
const mostFailures = 3;
const remedy = "start clamd, let whoever runs Plimsoll use its socket, and assess again";

/** The engine of a user who named no daemon. */
export const noClamav: ClamavEngine = {
  state: absentEngine("clamav", false, "no ClamAV daemon was named", "name one: --clamd unix:/run/clamav/clamd.ctl"),
  version: "",
  isKeepable: true,
  examine: async () => ({ matches: [] }),
};

/** Asks a daemon for its version. One that does not answer gives an engine that is absent, with the reason. Throws `CONFIG_INVALID` for what is no address. */
export async function openClamav(address: string, patience: Partial<ClamdPatience> = {}): Promise<ClamavEngine> {
  const client = new Clamd(parseClamdAddress(address), patience);
  try {
    await client.ping();
    return new RunningClamav(client, await client.version());
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ...noClamav, state: absentEngine("clamav", true, error.message, remedy) };
  }
}

class RunningClamav implements ClamavEngine {
  readonly version: string;
  readonly #client: Clamd;
  #failures = 0;
  #searched = 0;
  #givenUp: string | undefined;
  #isComplete = true;

  constructor(client: Clamd, version: string) {
    this.#client = client;
    this.version = version;
  }

  get state(): EngineState {
    if (this.#givenUp === undefined)
      return { engine: "clamav", state: "ran", rules: 0, asked: true, version: this.version };
    return absentEngine("clamav", true, `after ${this.#searched} files: ${this.#givenUp}`, remedy);
  }

  get isKeepable(): boolean {
    // "ClamAV 1.4.3" alone: only signatures of the user, whose changes it does not tell.
    return this.#isComplete && /^ClamAV [^/]+\/\d+/.test(this.version);
  }

  async examine(content: Uint8Array): Promise<Examination> {
    if (this.#givenUp !== undefined) return { matches: [], unsearched: "ClamAV: the daemon stopped answering" };
    try {
      const verdict = await this.#client.scan(content);
      this.#failures = 0;
      this.#searched++;
      if (verdict.status === "clean") return { matches: [] };
      if (verdict.status === "refused") return { matches: [], unsearched: `ClamAV: ${verdict.reason}` };
      return { matches: [matchOf(verdict.signature)] };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return this.#failed(error);
    }
  }

  /** A daemon that answers PING broke off for the file's sake; one that does not is gone. */
  async #failed({ message }: AppError): Promise<Examination> {
    this.#isComplete = false;
    this.#failures++;
    const isThere = await this.#client.ping().then(
      () => true,
      () => false,
    );
    if (!isThere || this.#failures >= mostFailures) this.#givenUp = message;
    return { matches: [], unsearched: "ClamAV: no answer about the file" };
  }
}

/** What ClamAV itself calls a guess or unwanted rather than malware weighs less (ClamAV manual, "Signature names"). */
function severityOf(signature: string): MalwareSeverity {
  if (/^(Heuristics|PUA)\./.test(signature)) return "medium";
  return /\bEicar\b|\.EICAR/i.test(signature) ? "high" : "critical";
}

function matchOf(signature: string) {
  const rule = signature.slice(0, 200);
  return {
    rule,
    title: `Known to ClamAV: ${rule}`,
    severity: severityOf(rule),
    engine: "clamav" as const,
    detail: "by its signature",
  };
}
