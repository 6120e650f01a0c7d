/** The parts of a unit's name (systemd.unit(5)): `getty@tty1.service` is the template `getty@.service` with the instance `tty1`. */
export interface UnitName {
  /** What stands before the `@` or the type. */
  readonly prefix: string;
  /** Undefined for a unit that is neither template nor instance; empty for a template. */
  readonly instance: string | undefined;
  /** `service`, `socket` … */
  readonly type: string;
}

/** Takes a unit's name apart; undefined for a name that no unit can have. */
export function parseUnitName(name: string): UnitName | undefined {
  const [, prefix, instance, type] = /^([\w:.\\-]+?)(?:@([\w:.\\@-]*))?\.([a-z]+)$/.exec(name) ?? [];
  return prefix === undefined || type === undefined ? undefined : { prefix, instance, type };
}

/** The template of an instance: `getty@.service`; undefined for other units. */
export function templateOf(name: string): string | undefined {
  const parts = parseUnitName(name);
  return parts?.instance ? `${parts.prefix}@.${parts.type}` : undefined;
}

/**
 * Names that a unit's drop-in folders have before their `.d`, in the order in which they count (systemd.unit(5)): its own, its template's,
 * those of prefixes that end in a dash. The name of its type alone (`service`) is left out: it is looked for after all others.
 */
export function dropInNames(name: string): string[] {
  const names = new Set<string>();
  addDropInNames(name, names);
  return [...names];
}

/** A template's prefixes are plain units, an instance's are instances and templates. */
function addDropInNames(name: string, names: Set<string>): void {
  names.add(name);
  const parts = parseUnitName(name);
  if (!parts) return;
  const { prefix, instance, type } = parts;
  const template = templateOf(name);
  if (template !== undefined) addDropInNames(template, names);
  const dash = prefix.replace(/-+$/, "").lastIndexOf("-");
  if (dash > 0) addDropInNames(`${prefix.slice(0, dash + 1)}${instance ? `@${instance}` : ""}.${type}`, names);
}

/** A value with the specifiers of systemd.unit(5) that follow from the unit's name or hold on every host put in; undefined where it uses others, as the machine's id. */
export function expandSpecifiers(value: string, unit: string): string | undefined {
  const { prefix = unit, instance = "", type = "" } = parseUnitName(unit) ?? {};
  const known: Readonly<Record<string, string>> = {
    "%": "%",
    n: unit,
    N: type === "" ? unit : unit.slice(0, -type.length - 1),
    p: prefix,
    P: unescapeName(prefix),
    i: instance,
    I: unescapeName(instance),
    j: prefix.split("-").at(-1) ?? "",
    J: unescapeName(prefix.split("-").at(-1) ?? ""),
    f: `/${unescapeName(instance === "" ? prefix : instance).replace(/^\/+/, "")}`,
    u: "root",
    U: "0",
    g: "root",
    G: "0",
    h: "/root",
    t: "/run",
    S: "/var/lib",
    C: "/var/cache",
    L: "/var/log",
    E: "/etc",
    T: "/tmp",
    V: "/var/tmp",
  };
  let complete = true;
  const expanded = value.replaceAll(/%(.)/gs, (whole, letter: string) => {
    if (Object.hasOwn(known, letter)) return known[letter]!;
    complete = false;
    return whole;
  });
  return complete ? expanded : undefined;
}

/** `-` stands for `/`, `\x2d` for the byte (systemd.unit(5), "String Escaping for Inclusion in Unit Names"). */
function unescapeName(text: string): string {
  const bytes = text
    .replaceAll("-", "/")
    .replaceAll(/\\x([0-9a-fA-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}
