import type { InterfaceAddress } from "./host-addresses.ts";
import { addressBytes, maskBytes, masked, sameAddress } from "./ip-address.ts";
import { namePattern } from "./name-pattern.ts";
import type { SudoItem } from "./sudoers.ts";

/** What is known of a machine that host lists of sudoers ask for. */
export interface SudoHost {
  /** The name as gethostname(2) gives it; undefined where it is not known. */
  readonly name: string | undefined;
  /** Full names that /etc/hosts gives for that name. */
  readonly canonicalNames: readonly string[];
  /** Addresses of its interfaces by kind; undefined where they are not known. */
  readonly addresses4: readonly InterfaceAddress[] | undefined;
  readonly addresses6: readonly InterfaceAddress[] | undefined;
  /** The setting `fqdn`; undefined where it is left to how sudo was built, which no file tells. */
  readonly fullNames: boolean | undefined;
}

/** Whether a host list holds for a machine, or why that cannot be told. */
export type HostMatch = { readonly holds: "yes" | "no" } | { readonly holds: "unknown"; readonly because: string };

const yes: HostMatch = { holds: "yes" };
const no: HostMatch = { holds: "no" };
const unknown = (because: string): HostMatch => ({ holds: "unknown", because });

/**
 * Whether a list of hosts, its aliases replaced, holds for a machine: of several items that match the last decides (sudoers(5), plugins/sudoers/match.c).
 * An item that cannot be told leaves the answer open only where it would change it.
 */
export function matchHosts(items: readonly SudoItem[], host: SudoHost): HostMatch {
  const open: { because: string; decision: "yes" | "no" }[] = [];
  let decided: "yes" | "no" = "no";
  for (const item of items.toReversed()) {
    const match = matchItem(item.text, host);
    const decision = item.negated ? "no" : "yes";
    if (match.holds === "yes") {
      decided = decision;
      break;
    }
    if (match.holds === "unknown") open.push({ because: match.because, decision });
  }
  const doubt = open.find(({ decision }) => decision !== decided);
  return doubt === undefined ? { holds: decided } : unknown(doubt.because);
}

function matchItem(text: string, host: SudoHost): HostMatch {
  if (text === "ALL") return yes;
  if (text.startsWith("+")) return unknown(`who belongs to the netgroup ${text} is not looked up`);
  const network = networkOf(text);
  return network === undefined ? matchName(text, host) : matchNetwork(network, host);
}

interface Network {
  readonly text: string;
  readonly size: number;
  /** Undefined where the text is no address that sudo could compare. */
  readonly address: readonly number[] | undefined;
  /** `none` where the mask of the interface counts. */
  readonly mask: readonly number[] | "none" | undefined;
}

/** What sudo's lexer takes for an address or network (toke.l); other text is a name. */
function networkOf(text: string): Network | undefined {
  const octet = "(?:1?[0-9]{1,2}|2[0-4][0-9]|25[0-5])";
  const four = new RegExp(`^(${octet}(?:\\.${octet}){3})(?:/(${octet}(?:\\.${octet}){3}|[12]?[0-9]|3[0-2]))?$`).exec(
    text,
  );
  const found = four ?? /^([0-9a-f:]*:[0-9a-f:.]*)(?:\/([0-9a-f:]*:[0-9a-f:.]*|\d{1,3}))?$/i.exec(text);
  if (!found) return undefined;
  const size = four ? 4 : 16;
  return { text, size, address: addressBytes(found[1]!), mask: maskOf(found[2], size) };
}

/** A mask of no bits matches nothing in sudo. */
function maskOf(text: string | undefined, size: number): Network["mask"] {
  if (text === undefined) return "none";
  if (!/^\d+$/.test(text)) return addressBytes(text);
  const bits = Number(text);
  return bits >= 1 && bits <= size * 8 ? maskBytes(bits, size) : undefined;
}

function matchNetwork({ text, size, address, mask }: Network, host: SudoHost): HostMatch {
  if (address?.length !== size || mask === undefined) return no;
  const own = size === 4 ? host.addresses4 : host.addresses6;
  if (own === undefined) return unknown(`the host's addresses are not known, so ${text} cannot be compared`);
  if (mask !== "none") {
    const network = masked(address, mask);
    return own.some((one) => sameAddress(masked(one.address, mask), network)) ? yes : no;
  }
  const matches = own.map((one) => matchOwnNetwork(address, one));
  if (matches.includes("yes")) return yes;
  return matches.includes("unknown")
    ? unknown(`how large the network of the host's address is does not show (${text})`)
    : no;
}

/** Without a mask an address is the host's own or the number of a network that it is in. */
function matchOwnNetwork(wanted: readonly number[], { address, networkBits }: InterfaceAddress): HostMatch["holds"] {
  if (sameAddress(address, wanted)) return "yes";
  const isNetwork = (bits: number) => sameAddress(masked(address, maskBytes(bits, address.length)), wanted);
  const possible = networkBits.length > 0 ? networkBits : Array.from({ length: address.length * 8 }, (_, bits) => bits);
  if (!possible.some(isNetwork)) return "no";
  return possible.every(isNetwork) ? "yes" : "unknown";
}

/** A name without a dot is compared with the host's short name, one with a dot with its full name. */
function matchName(text: string, { name, canonicalNames, fullNames }: SudoHost): HostMatch {
  const fits = fitsOf(text);
  if (/^\*+$/.test(text)) return yes;
  if (name === undefined) return unknown(`the host's name is not known, so ${text} cannot be compared`);
  const full = fullNames === false ? [] : canonicalNames;
  if (!text.includes(".")) {
    const answers = new Set([name, ...full].map((one) => fits.matches(shortName(one))));
    if (answers.size === 1) return answers.has(true) ? yes : no;
    return unknown(`the host is called ${[name, ...full].join(" and ")}`);
  }
  const asNamed = fits.matches(name);
  if (fullNames === false) return asNamed ? yes : no;
  // The domain is what a name server says, unless a file or the name itself says it.
  const known = full.length > 0 ? full : name.includes(".") ? [name] : undefined;
  const inFull = known?.map((one) => fits.matches(one)) ?? (fits.mayContinue(`${name}.`) ? [true, false] : [false]);
  const answers = new Set(fullNames === undefined ? [asNamed, ...inFull] : inFull);
  if (answers.size === 1) return answers.has(true) ? yes : no;
  const why = known === undefined ? "its domain is not known" : "whether sudo compares full names (fqdn) is not set";
  return unknown(
    `the host is called ${[...new Set([name, ...full])].join(" and ")} and ${why}, so ${text} cannot be compared`,
  );
}

/** Text without signs of a pattern is compared as it is. */
function fitsOf(text: string): Pick<ReturnType<typeof namePattern>, "matches" | "mayContinue"> {
  if (/[\\?*[\]]/.test(text)) return namePattern(text);
  const wanted = text.toLowerCase();
  return {
    matches: (name) => name.toLowerCase() === wanted,
    mayContinue: (start) => wanted.length > start.length && wanted.startsWith(start.toLowerCase()),
  };
}

/** A host's name up to its first dot. */
export function shortName(name: string): string {
  return name.split(".", 1)[0]!;
}
