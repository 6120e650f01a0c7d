import { corrupt } from "../../core/errors.ts";
import { type XmlElement, xmlChild, xmlChildText } from "../../formats/xml.ts";
import type { AffectedRange } from "../record.ts";
import { dayOf } from "./feed.ts";
import { type OvalConditions, type OvalStatement, statementsOf } from "./oval-criteria.ts";
import { childrenNamed, TextPool, type XmlForm } from "./xml-document.ts";

/** A vulnerability that a definition is about. */
export interface OvalVulnerability {
  readonly id: string;
  readonly cvss: readonly { readonly vector: string; readonly source: string }[];
}

/** A definition without its texts. */
export interface OvalDefinition {
  readonly id: string;
  readonly title: string;
  readonly platforms: readonly string[];
  /** The publisher's advisory that it belongs to, the first where there are several. */
  readonly advisory: { readonly id: string; readonly url: string | undefined } | undefined;
  readonly vulnerabilities: readonly OvalVulnerability[];
  readonly severity: string | undefined;
  /** Microsoft's word on whether there is a fix: `true`, `false`, `Not Applicable`. */
  readonly patchable: string | undefined;
  /** Day of its last change. */
  readonly modified: string | undefined;
  readonly statements: readonly OvalStatement[];
}

/** What the tests of one statement say of one package. */
export interface OvalVerdict {
  readonly package: string;
  /** Empty where no version is affected. */
  readonly ranges: readonly AffectedRange[];
  readonly versions?: readonly string[] | undefined;
  /** Package architectures, where the test names some. */
  readonly architectures?: readonly string[] | undefined;
}

interface Bound {
  readonly operation: string;
  readonly value: string;
}

interface State {
  readonly evr?: Bound | undefined;
  readonly version?: Bound | undefined;
  readonly architectures?: readonly string[] | undefined;
}

interface Test {
  readonly object: string;
  readonly states: readonly string[];
}

/** The form of OVAL documents (OVAL Language Specification 5.10.1, definitions schema): definitions first, then what their tests refer to. */
export const ovalForm: XmlForm = {
  root: "oval_definitions",
  wanted: {
    names: new Set([
      "timestamp",
      "definition",
      "rpminfo_test",
      "rpminfo_object",
      "rpminfo_state",
      // Tests of other things, which only conditions refer to.
      "textfilecontent54_test",
      "uname_test",
      "family_test",
      "file_test",
      "rpmverify_test",
      "rpmverifyfile_test",
      "rpmverifypackage_test",
      "variable_test",
      "unknown_test",
    ]),
    without: new Set(["description", "affected_cpe_list", "bugzilla", "rights"]),
  },
};

/** The definitions of a document and what their tests say, once the document has been read to its end. */
export class OvalDocument {
  readonly path: string;
  readonly definitions: OvalDefinition[] = [];
  #timestamp: string | undefined;
  readonly #tests = new Map<string, Test>();
  readonly #objects = new Map<string, string>();
  readonly #states = new Map<string, State>();
  readonly #pool = new TextPool();

  constructor(path: string) {
    this.path = path;
  }

  /** ISO 8601, as the generator says. */
  get timestamp(): string | undefined {
    return this.#timestamp;
  }

  /** Takes the next element of {@link ovalForm}. */
  take(element: XmlElement): void {
    const id = this.#pool.of(element.attributes.get("id") ?? "");
    if (element.name === "timestamp") this.#timestamp ??= timeOf(element.text);
    else if (id === "") throw corrupt(this.path, `has a ${element.name} without id`);
    else if (element.name === "definition") this.definitions.push(this.#definition(element, id));
    else if (element.name === "rpminfo_object")
      this.#objects.set(id, this.#pool.of(xmlChildText(element, "name") ?? ""));
    else if (element.name === "rpminfo_state") this.#states.set(id, this.#state(element));
    else this.#tests.set(id, this.#test(element));
  }

  /** What the tests of a statement say, a verdict for each package; none where they are about something else than versions. What they refer to and is not there is `CORRUPT_INPUT`. */
  verdicts({ tests }: OvalStatement): OvalVerdict[] {
    const states = new Map<string, State[]>();
    for (const id of tests) {
      const test = this.#tests.get(id);
      if (test === undefined) throw corrupt(this.path, `names the test ${id}, which is not in it`);
      if (test.states.length === 0) continue;
      const name = this.#objects.get(test.object);
      if (!name) throw corrupt(this.path, `names the object ${test.object}, which is not in it`);
      states.set(name, [...(states.get(name) ?? []), ...test.states.map((state) => this.#stateOf(state))]);
    }
    return [...states].flatMap(([name, bounds]) => verdictOf(name, bounds, this.path) ?? []);
  }

  #stateOf(id: string): State {
    const state = this.#states.get(id);
    if (state === undefined) throw corrupt(this.path, `names the state ${id}, which is not in it`);
    return state;
  }

  #test(element: XmlElement): Test {
    if (element.name !== "rpminfo_test") return { object: "", states: [] };
    return {
      object: this.#pool.of(xmlChild(element, "object")?.attributes.get("object_ref") ?? ""),
      states: childrenNamed(element, "state").map((state) => this.#pool.of(state.attributes.get("state_ref") ?? "")),
    };
  }

  #state(element: XmlElement): State {
    const [evr, version] = ["evr", "version"].map((name) => this.#bound(xmlChild(element, name)));
    const architectures = architecturesIn(xmlChildText(element, "arch"));
    return {
      ...(evr && { evr }),
      ...(version && { version }),
      ...(architectures && { architectures: architectures.map((name) => this.#pool.of(name)) }),
    };
  }

  #bound(element: XmlElement | undefined): Bound | undefined {
    if (element === undefined) return undefined;
    // OVAL §4.5: without an operation it is equality.
    return {
      operation: this.#pool.of(element.attributes.get("operation") ?? "equals"),
      value: this.#pool.of(element.text),
    };
  }

  #definition(element: XmlElement, id: string): OvalDefinition {
    const pool = this.#pool;
    const metadata = xmlChild(element, "metadata");
    const advisory = metadata && xmlChild(metadata, "advisory");
    const dated = (name: string) => dayOf(advisory && xmlChild(advisory, name)?.attributes.get("date"));
    const own = (name: string) => metadata && xmlChildText(metadata, name);
    const references = childrenNamed(metadata, "reference").map(({ attributes }) => attributes);
    const first = references.find((attributes) => !/^(SUSE )?CVE$|BUGZILLA/i.test(attributes.get("source") ?? ""));
    const advisoryId = first?.get("ref_id");
    const url = first?.get("ref_url");
    const conditions = new Map<OvalConditions, OvalConditions>();
    return {
      id,
      title: pool.of((own("title") ?? "").replace(/\s+/g, " ")),
      platforms: childrenNamed(metadata && xmlChild(metadata, "affected"), "platform").map(({ text }) => pool.of(text)),
      advisory: advisoryId ? { id: pool.of(advisoryId), url: url === undefined ? undefined : pool.of(url) } : undefined,
      vulnerabilities: vulnerabilitiesIn(
        references.map((attributes) => attributes.get("ref_id") ?? ""),
        childrenNamed(advisory, "cve"),
        pool,
      ),
      severity: pooledText((advisory && xmlChildText(advisory, "severity")) ?? own("severity"), pool),
      patchable: pooledText(own("patchable"), pool),
      modified: dated("updated") ?? dated("issued") ?? dayOf(own("advisory_date")),
      statements: statementsOf(xmlChild(element, "criteria")).map(({ conditions: shared, tests }) => {
        const kept = conditions.get(shared) ?? pooled(shared, pool);
        conditions.set(shared, kept);
        return { conditions: kept, tests: tests.map((test) => pool.of(test)) };
      }),
    };
  }
}

function pooled({ products, architectures, module, flavour }: OvalConditions, pool: TextPool): OvalConditions {
  return {
    ...(products && { products: products.map((product) => pool.of(product)) }),
    ...(architectures && { architectures: architectures.map((name) => pool.of(name)) }),
    ...(module !== undefined && { module: pool.of(module) }),
    ...(flavour !== undefined && { flavour: pool.of(flavour) }),
  };
}

function pooledText(text: string | undefined, pool: TextPool): string | undefined {
  return text === undefined ? undefined : pool.of(text);
}

function timeOf(text: string): string | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?Z?$/.exec(text);
  return match ? `${match[1]}Z` : undefined;
}

/** CVEs out of references and out of the advisory, where each may have vectors: `cvss3="7/CVSS:3.1/AV:L/…"`, `<cve …>CVE-2018-3646 at NVD</cve>`. */
function vulnerabilitiesIn(
  references: readonly string[],
  elements: readonly XmlElement[],
  pool: TextPool,
): OvalVulnerability[] {
  const found = new Map<string, { vector: string; source: string }[]>();
  for (const id of references) {
    const cve = cveIn(id);
    if (cve !== undefined) found.set(pool.of(cve), []);
  }
  for (const { text, attributes } of elements) {
    const cve = cveIn(text);
    if (cve === undefined) continue;
    const cvss = found.get(cve) ?? [];
    for (const name of ["cvss4", "cvss3", "cvss2"]) {
      const vector = /(?:CVSS:[34]\.\d\/|AV:)[A-Za-z:/]+$/.exec(attributes.get(name)?.trim() ?? "")?.[0];
      if (vector !== undefined) cvss.push({ vector: pool.of(vector), source: / at NVD$/.test(text) ? "nvd" : "" });
    }
    found.set(pool.of(cve), cvss);
  }
  return [...found].map(([id, cvss]) => ({ id, cvss }));
}

function cveIn(text: string): string | undefined {
  return /\bCVE-\d{4}-\d{4,}\b/.exec(text)?.[0];
}

/** `(aarch64|ppc64le)` is a pattern of names; other patterns are not told apart. */
function architecturesIn(pattern: string | undefined): string[] | undefined {
  const names = /^\(?([\w|]+)\)?$/.exec(pattern ?? "")?.[1]?.split("|");
  return names?.every((name) => name !== "") ? names : undefined;
}

const isZero = (value: string) => /^(0:)?0(-0)?$/.test(value);

/** What states say that must all hold of one package; undefined where they bind no version. */
function verdictOf(name: string, states: readonly State[], path: string): OvalVerdict | undefined {
  const range: { introduced: string; fixed?: string; lastAffected?: string } = { introduced: "0" };
  const versions: string[] = [];
  let isNone = false;
  let isBound = false;
  const bind = ({ operation, value }: Bound) => {
    isBound = true;
    if (operation === "less than") {
      isNone ||= isZero(value);
      range.fixed = value;
    } else if (operation === "less than or equal") {
      isNone ||= isZero(value);
      range.lastAffected = value;
    } else if (operation === "greater than" || operation === "greater than or equal") {
      if (!isZero(value)) range.introduced = value;
    } else if (operation === "equals") {
      if (isZero(value)) isNone = true;
      else versions.push(value);
    } else throw corrupt(path, `compares versions of ${name} by "${operation}"`);
  };
  for (const { evr, version } of states) {
    if (evr) bind(evr);
    // A bare version is compared where a product is meant; 0, which no package has, is SUSE's way to say that none is affected.
    else if (version && isZero(version.value)) bind(version);
  }
  if (!isBound) return undefined;
  const architectures = states.find((state) => state.architectures)?.architectures;
  return {
    package: name,
    ranges: isNone || versions.length > 0 ? [] : [range],
    ...(versions.length > 0 && !isNone && { versions }),
    ...(architectures && { architectures }),
  };
}
