/** Names of variables, labels and options whose values are secrets. */
const secretName = /(?:^|[_.-]|\b)(?:pass(?:w(?:or)?d|phrase|code)?|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|auth|signing[_-]?key|encryption[_-]?key|conn(?:ection)?[_-]?str(?:ing)?)(?:$|[_.-]?\d*$|[_.-](?:key|value|hash|base64|b64)$)/i;
/** Names that look like the above and are none: paths to files, switches, names of secrets. */
const harmlessName = /(?:_file|_path|_dir|_name|_url|_uri|_ttl|_length|_policy|_type|_enabled|_required|_header|_endpoint|_issuer|_method|_mode|_version)$/i;
const assignment = /((?:^|[\s;"'{,?&])(?:--?)?)([A-Za-z][\w.-]*)(\s*[=:]\s*|\s+(?=['"]))(["']?)([^\s"',;&]{4,})\4/g;
const credentialsInUrl = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)([^\s@/]+)(@)/gi;

/** True when what a variable, label or option of that name holds is a secret. */
export function isSecretName(name: string): boolean {
  return secretName.test(name) && !harmlessName.test(name);
}

/** The secret's first two and last two characters with its length between them; short ones not at all. Enough to recognise it, too little to use it. */
export function masked(secret: string): string {
  return secret.length < 12 ? `*** (${secret.length} characters)` : `${secret.slice(0, 2)}***${secret.slice(-2)} (${secret.length} characters)`;
}

/** A text that may be stored and shown: values under a secret's name and passwords in addresses are masked. `name` is the name that the whole text stands under. */
export function maskSecrets(text: string, name?: string): string {
  if (name !== undefined && isSecretName(name) && text !== "" && !isReference(text)) return masked(text);
  return text
    .replace(credentialsInUrl, (_, before: string, secret: string, after: string) => (isReference(secret) ? before + secret + after : `${before}${masked(secret)}${after}`))
    .replace(assignment, (whole, before: string, key: string, between: string, quote: string, value: string) =>
      isSecretName(key) && !isReference(value) ? `${before}${key}${between}${quote}${masked(value)}${quote}` : whole,
    );
}

/** Placeholders say where a secret comes from, not what it is. */
function isReference(value: string): boolean {
  return /^(?:\$\{?\w+|\$\(|<[^>]*>|\{\{|%\w+%|\/run\/secrets\/|true$|false$|null$|none$|\*+$)/i.test(value);
}
