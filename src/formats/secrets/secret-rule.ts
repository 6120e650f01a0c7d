/** How bad it is when a secret of a kind is found. */
export type SecretSeverity = "low" | "medium" | "high" | "critical";

/** What every kind of secret has. */
interface SecretKind {
  /** Kebab-case name that waivers and fingerprints hold on to: `github-personal-access-token`. */
  readonly kind: string;
  readonly title: string;
  readonly severity: SecretSeverity;
  /** Least entropy of the secret in bits per character; guards against words and counters in the right alphabet. */
  readonly entropy: number;
}

/** A token that its own form gives away wherever it stands. */
export interface TokenRule extends SecretKind {
  readonly form: "token";
  /** Fixed parts, case-sensitive, at least three characters; each file is searched for all of them at once. */
  readonly keywords: readonly string[];
  /** Sticky; matches the whole token from its first character. A group named `secret` narrows what is masked and hashed. */
  readonly pattern: RegExp;
  /** Characters of the token that stand before the keyword. */
  readonly before: readonly number[];
  /** Bytes from the token's start that the pattern may look at. */
  readonly reach: number;
  /** Further conditions that no pattern can express. */
  readonly isSound?: ((token: string) => boolean) | undefined;
}

/** A value without a form of its own that is told by the name it is assigned to. */
export interface AssignedRule extends SecretKind {
  readonly form: "assigned";
  /** Lower-case parts of the name, of which one must occur; `_`, `-` and `.` in names count as nothing. */
  readonly names: readonly string[];
  /** Lower-case parts of which one must occur too, where a service's name alone says too little. */
  readonly roles: readonly string[];
  /** Matches the whole value. */
  readonly value: RegExp;
}

/** One kind of secret and how it is recognised. Written from what the issuer publishes about the form of its tokens. */
export type SecretRule = TokenRule | AssignedRule;

interface TokenOptions {
  readonly entropy?: number;
  readonly before?: readonly number[];
  readonly reach?: number;
  readonly isSound?: (token: string) => boolean;
}

/** A rule for a token that begins with one of the prefixes, followed by what `body` (the source of a regular expression) describes and no further letter or digit. */
export function prefixed(
  kind: string,
  title: string,
  severity: SecretSeverity,
  prefixes: string | readonly string[],
  body: string,
  options: TokenOptions = {},
): TokenRule {
  const keywords = typeof prefixes === "string" ? [prefixes] : prefixes;
  const start = keywords.length === 1 ? literal(keywords[0]!) : `(?:${keywords.map(literal).join("|")})`;
  return whole(kind, title, severity, keywords, start + body, options);
}

/** A rule for a token in which a keyword stands, described from its first character to its last. */
export function whole(
  kind: string,
  title: string,
  severity: SecretSeverity,
  keywords: readonly string[],
  source: string,
  options: TokenOptions = {},
): TokenRule {
  const { entropy = 3, before = [0], reach = 320, isSound } = options;
  return {
    form: "token",
    kind,
    title,
    severity,
    keywords,
    pattern: new RegExp(`${source}(?![A-Za-z0-9])`, "y"),
    before,
    reach,
    entropy,
    isSound,
  };
}

/** Parts of a name that say that its value is to be kept secret. */
export const secretRoles: readonly string[] = ["key", "token", "secret", "pass", "pwd", "auth", "credential"];

/** A rule for a value of the form `value` (source of a regular expression) under a name that contains one of `names` and one of `roles`. */
export function assigned(
  kind: string,
  title: string,
  severity: SecretSeverity,
  names: readonly string[],
  value: string,
  options: { readonly entropy?: number; readonly roles?: readonly string[] } = {},
): AssignedRule {
  const { entropy = 3, roles = secretRoles } = options;
  return { form: "assigned", kind, title, severity, names, roles, value: new RegExp(`^(?:${value})$`), entropy };
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

/** Sources of the alphabets that token forms are made of. */
export const hex = "[a-f0-9]";
export const alphanumeric = "[A-Za-z0-9]";
export const urlSafe = "[A-Za-z0-9_-]";
export const base64 = "[A-Za-z0-9+/]";
export const uuid = "[a-fA-F0-9]{8}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{12}";
