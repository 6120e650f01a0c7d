import { isSecretName } from "./secret-name.ts";

const assignment =
  /((?:^|[\s;"'{,?&])(?:--?)?)([A-Za-z][\w.-]{0,127})(\s{0,8}[=:]\s{0,8}|\s{1,8}(?=['"]))(["']?)([^\s"',;&]{4,})\4/g;
/** `--password x`: two words side by side are an assignment only after dashes. */
const optionValue = /((?:^|\s)--?)([A-Za-z][\w.-]{0,127})(\s{1,8})(["']?)([^\s"',;&-][^\s"',;&]{3,})\4/g;
const credentialsInUrl = /([a-z][a-z0-9+.-]{0,31}:\/\/[^\s:/@]{0,255}:)([^\s@/]+)(@)/gi;
const privateKey = /(-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----)(?:(?!-----)[\s\S]){0,65536}(?:-----END)?/g;
/** Tokens whose first characters name their issuer, whatever they stand under. */
const knownToken =
  /(?<![A-Za-z0-9])(?:AKIA|ASIA|gh[pousr]_|github_pat_|gl(?:pat|dt|rt|cbt|ptt|agent)-|xox[abeprs]-|xapp-|sk_live_|rk_live_|sk-(?:proj|ant|or|svcacct|admin)-|hvs\.|npm_|pypi-|dop_v1_|dckr_pat_|glsa_|SG\.|AIza|ya29\.|hf_|shp(?:at|ca|pa|ss)_|tskey-|pul-|AGE-SECRET-KEY-|NRAK-|eyJ[A-Za-z0-9_-]{10,}\.eyJ)[A-Za-z0-9_.=-]{12,}/g;

/** The secret's first two and last two characters with its length between them; short ones not at all. Enough to recognise it, too little to use it. */
export function masked(secret: string): string {
  const shown = (text: string) => text.replace(/[^\x21-\x7e]/g, "?");
  return secret.length < 12
    ? `*** (${secret.length} characters)`
    : `${shown(secret.slice(0, 2))}***${shown(secret.slice(-2))} (${secret.length} characters)`;
}

/** A private key as its header, which is the same for all of its kind, and the length of what is hidden. */
export function maskedKey(header: string, encoded: string): string {
  return `${header}*** (${encoded.length} characters)`;
}

/** A text that may be stored and shown: values under a secret's name, passwords in addresses, private keys and tokens of a known form are masked. `name` is the name that the whole text stands under. Masking twice changes nothing. */
export function maskSecrets(text: string, name?: string): string {
  if (name !== undefined && isSecretName(name) && text !== "" && !isShownReference(text) && !isMasked(text))
    return masked(text);
  return text
    .replace(privateKey, (whole, header: string) => (whole.startsWith(`${header}***`) ? whole : `${header}***`))
    .replace(credentialsInUrl, (_, before: string, secret: string, after: string) =>
      isShownReference(secret) || isMasked(secret) ? before + secret + after : `${before}${hidden(secret)}${after}`,
    )
    .replace(assignment, hideAssigned)
    .replace(optionValue, hideAssigned)
    .replace(knownToken, (token) => hidden(token));
}

function hideAssigned(
  whole: string,
  before: string,
  key: string,
  between: string,
  quote: string,
  value: string,
): string {
  if (!isSecretName(key) || isShownReference(value) || isMasked(value)) return whole;
  return `${before}${key}${between}${quote}${hidden(value)}${quote}`;
}

/** The masked form without spaces, so that a text around it keeps its words. */
function hidden(secret: string): string {
  return masked(secret).replace(/ \((\d+) characters\)$/, "($1)");
}

function isMasked(value: string): boolean {
  return /^.{0,2}\*\*\*.{0,2} ?\(\d+(?: characters)?\)?$/.test(value);
}

/** Placeholders say where a secret comes from, not what it is. */
function isShownReference(value: string): boolean {
  return /^(?:\$\{?\w+\}?$|\$\(|<[^>]*>$|\{\{|%\w+%$|\/run\/secrets\/|true$|false$|null$|none$|yes$|no$|\*+$)/i.test(
    value,
  );
}
