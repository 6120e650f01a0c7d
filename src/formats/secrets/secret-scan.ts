import { limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { addressPassword } from "./address-password.ts";
import { assignedSecret } from "./assigned-value.ts";
import { assignmentAt } from "./assignment.ts";
import { commandPassword, commandReach } from "./command-password.ts";
import { decodedRun, type Encoding, encodedRuns } from "./encoded.ts";
import type { FileClass } from "./file-class.ts";
import { maskedKey } from "./masking.ts";
import { armouredKeyAt, derPrivateKey, type FoundPrivateKey, longestArmour, puttyKeyAt } from "./private-key.ts";
import { searchPlan } from "./search-plan.ts";
import { ranks, type SecretCandidate, weighed } from "./secret-candidate.ts";
import type { SecretSeverity, TokenRule } from "./secret-rule.ts";
import { isWordStart, textAt } from "./text-bytes.ts";
import { tokenAt } from "./token.ts";

/** Layers of encoding that are looked through. */
const deepest = 2;

/**
 * One pass over bytes that looks closely wherever a keyword may be the sign of a secret, and the same again inside what is encoded there.
 * More places than `limits.secretCandidates`, those inside included, are `LIMIT_EXCEEDED`. Time is linear in the length.
 */
export class SecretScan {
  readonly #bytes: Uint8Array;
  readonly #place: FileClass;
  readonly #isBinary: boolean;
  readonly #depth: number;
  readonly #budget: { count: number };
  readonly #found: SecretCandidate[] = [];
  /** End of the encoded text decoded last: hits before it are parts of it. */
  #decodedTo: Record<Encoding, number> = { base64: 0, hex: 0 };

  constructor(bytes: Uint8Array, place: FileClass, isBinary: boolean, depth = 0, budget = { count: 0 }) {
    this.#bytes = bytes;
    this.#place = place;
    this.#isBinary = isBinary;
    this.#depth = depth;
    this.#budget = budget;
  }

  /** All that was found, overlapping ones too, in the order of their keywords. */
  candidates(): SecretCandidate[] {
    const { search, signs } = searchPlan();
    search.scan(this.#bytes, (at, index) => {
      const sign = signs[index]!;
      switch (sign.sign) {
        case "token":
          if (isWordStart(this.#bytes, at) || sign.rules.some((rule) => rule.before[0] !== 0))
            this.#tokens(at, sign.rules);
          return;
        case "private-key":
          this.#count();
          return this.#add(armouredKeyAt(this.#bytes, at), at);
        case "putty-key":
          return this.#add(puttyKeyAt(textAt(this.#bytes, at, longestArmour)), at);
        case "assignment":
          return this.#isBinary ? undefined : this.#assignment(at, at + sign.length);
        case "address":
          return this.#isBinary ? undefined : this.#address(at);
        case "command":
          return this.#isBinary ? undefined : this.#command(at, sign.program);
        case "encoded":
          return this.#encoded(at, sign.encoding);
      }
    });
    if (this.#decodesAll()) this.#everyEncoded();
    return this.#found;
  }

  #count(): void {
    if (++this.#budget.count > limits.secretCandidates)
      throw limitExceeded("search for secrets", `${limits.secretCandidates} candidates`);
  }

  #weighed(severity: SecretSeverity): SecretSeverity {
    return weighed(severity, this.#place, this.#isBinary);
  }

  /** Settings and own code hold values; in libraries, tests and programs only what looks like an encoded secret is decoded. */
  #decodesAll(): boolean {
    return !this.#isBinary && this.#depth < deepest && this.#isOwn();
  }

  #isOwn(): boolean {
    return this.#place === "settings" || this.#place === "source";
  }

  #tokens(at: number, rules: readonly TokenRule[]): void {
    for (const rule of rules) {
      for (const before of rule.before) {
        const start = at - before;
        if (start < 0 || !isWordStart(this.#bytes, start)) continue;
        this.#count();
        const token = tokenAt(this.#bytes, start, rule);
        if (token === undefined) continue;
        const { kind, title, severity } = rule;
        this.#found.push({
          kind,
          title,
          severity: this.#weighed(severity),
          secret: token.secret,
          start,
          end: start + token.length,
          rank: ranks.form,
        });
        break;
      }
    }
  }

  #add(key: FoundPrivateKey | undefined, at: number): void {
    if (key === undefined) return;
    const { kind, title, secret, header, length } = key;
    this.#found.push({
      kind,
      title,
      secret,
      severity: this.#weighed(key.severity),
      start: at,
      end: at + length,
      rank: ranks.structure,
      shown: maskedKey(header, secret),
    });
  }

  #assignment(from: number, to: number): void {
    this.#count();
    const assignment = assignmentAt(this.#bytes, from, to);
    if (assignment === undefined) return;
    const found = assignedSecret(assignment, this.#place);
    if (found === undefined) return;
    const { kind, title, severity, isOfService } = found;
    const { value, start, end } = assignment;
    this.#found.push({
      kind,
      title,
      severity: isOfService ? this.#weighed(severity) : severity,
      secret: value,
      start,
      end,
      rank: isOfService ? ranks.service : ranks.name,
    });
  }

  #address(at: number): void {
    this.#count();
    const found = this.#isOwn() ? addressPassword(this.#bytes, at + "x://".length) : undefined;
    if (found === undefined) return;
    this.#found.push({
      kind: "address-password",
      title: "Password in an address",
      severity: "high",
      ...found,
      rank: ranks.context,
    });
  }

  /** A password among the words of a command line; scripts of packages have none of their own. */
  #command(at: number, program: string): void {
    if (!this.#isOwn() || !isWordStart(this.#bytes, at)) return;
    this.#count();
    const from = Math.max(0, at - commandReach);
    const found = commandPassword(textAt(this.#bytes, from, commandReach * 2), at - from, program);
    if (found === undefined) return;
    const start = from + found.offset;
    this.#found.push({
      kind: "command-password",
      title: "Password on a command line",
      severity: "high",
      secret: found.secret,
      start,
      end: start + found.secret.length,
      rank: ranks.context,
    });
  }

  #encoded(at: number, encoding: Encoding): void {
    if (this.#depth >= deepest || at < this.#decodedTo[encoding] || this.#decodesAll()) return;
    this.#count();
    const run = decodedRun(this.#bytes, at, encoding);
    if (run === undefined) return;
    this.#decodedTo[encoding] = run.end;
    this.#inside(run.content, run.start, run.end, encoding);
  }

  #everyEncoded(): void {
    for (const { start, end, encoding, content, isText } of encodedRuns(this.#bytes)) {
      this.#count();
      if (isText) this.#inside(content, start, end, encoding);
      else this.#encodedKey(content, start, end, encoding);
    }
  }

  #inside(content: Uint8Array, start: number, end: number, encoding: Encoding): void {
    // What was encoded is data, whatever the file around it is.
    const place = this.#place === "source" ? "settings" : this.#place;
    for (const inner of new SecretScan(content, place, false, this.#depth + 1, this.#budget).candidates()) {
      this.#found.push({
        ...inner,
        title: inner.title.includes(", in ") ? inner.title : `${inner.title}, in ${encoding}`,
        start,
        end,
      });
    }
  }

  /** A key in DER whose text has lost its armour. */
  #encodedKey(content: Uint8Array, start: number, end: number, encoding: Encoding): void {
    const key = derPrivateKey(content);
    if (key === undefined) return;
    this.#found.push({
      kind: key.kind,
      title: `${key.title}, in ${encoding}`,
      severity: this.#weighed(key.severity),
      secret: Buffer.from(content).toString("base64"),
      start,
      end,
      rank: ranks.structure,
    });
  }
}
