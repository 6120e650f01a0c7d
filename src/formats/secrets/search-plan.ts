import { passwordPrograms } from "./command-password.ts";
import { type Encoding, encodedForms } from "./encoded.ts";
import { type Keyword, KeywordSearch } from "./keyword-search.ts";
import { tokenRules } from "./rules.ts";
import type { TokenRule } from "./secret-rule.ts";

/** What a keyword's occurrence may be the sign of. */
export type Sign =
  | { readonly sign: "token"; readonly rules: readonly TokenRule[] }
  | { readonly sign: "private-key" | "putty-key" | "address" }
  | { readonly sign: "assignment"; readonly length: number }
  | { readonly sign: "command"; readonly program: string }
  | { readonly sign: "encoded"; readonly encoding: Encoding };

/** Parts of names that are looked for to find assignments. */
const nameParts = [
  "password",
  "passwd",
  "passphrase",
  "secret",
  "token",
  "_key",
  "-key",
  "apikey",
  "accesskey",
  "privatekey",
  "appkey",
  "signingkey",
  "encryptionkey",
  "validationkey",
  "decryptionkey",
  "presharedkey",
  "aescbc",
  "_pwd",
  "credential",
  "authorization",
  "_auth",
];
/** Words whose encoded forms are looked for besides those of the token prefixes. */
const encodedWords = ["-----BEGIN ", "PASSWORD", "password", "_SECRET", "_TOKEN"];
const shortestEncoded = 4;
const privateKeyStart = "-----BEGIN ";

interface Entry extends Keyword {
  readonly sign: Sign;
}

/** Every keyword with what it may be the sign of, and the search that finds them all in one pass. */
export interface SearchPlan {
  readonly search: KeywordSearch;
  readonly signs: readonly Sign[];
  /** The keywords' texts, by the same index as the signs. */
  readonly texts: readonly string[];
}

let plan: SearchPlan | undefined;

/** The plan for all rules, made when first asked for. */
export function searchPlan(): SearchPlan {
  if (plan !== undefined) return plan;
  const entries = [...tokenEntries(), ...otherEntries(), ...encodedEntries()];
  plan = {
    search: new KeywordSearch(entries),
    signs: entries.map((entry) => entry.sign),
    texts: entries.map((entry) => entry.text),
  };
  return plan;
}

function tokenEntries(): Entry[] {
  const byKeyword = new Map<string, TokenRule[]>();
  for (const rule of tokenRules)
    for (const keyword of rule.keywords) byKeyword.set(keyword, [...(byKeyword.get(keyword) ?? []), rule]);
  return [...byKeyword].map(([text, rules]) => ({ text, sign: { sign: "token", rules } }));
}

function otherEntries(): Entry[] {
  return [
    { text: privateKeyStart, sign: { sign: "private-key" } },
    { text: "PuTTY-User-Key-File-", sign: { sign: "putty-key" } },
    ...[..."abcdefghijklmnopqrstuvwxyz"].map((letter): Entry => ({ text: `${letter}://`, sign: { sign: "address" } })),
    ...passwordPrograms.map((program): Entry => ({ text: program, sign: { sign: "command", program } })),
    ...nameParts.map((text): Entry => ({ text, ignoreCase: true, sign: { sign: "assignment", length: text.length } })),
  ];
}

function encodedEntries(): Entry[] {
  const prefixes = tokenRules.flatMap((rule) =>
    rule.keywords.filter(
      (keyword) => rule.before[0] === 0 && keyword.length >= shortestEncoded && !/^eyJ|\//.test(keyword),
    ),
  );
  // A key in a kubeconfig or a cloud-init document is often encoded twice.
  const twice = encodedForms(privateKeyStart)
    .filter(({ encoding }) => encoding === "base64")
    .map(({ text }) => text);
  return [...new Set([...prefixes, ...encodedWords, ...twice])].flatMap((word) =>
    encodedForms(word).map(({ encoding, ...keyword }): Entry => ({ ...keyword, sign: { sign: "encoded", encoding } })),
  );
}
