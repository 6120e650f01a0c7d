const secretName =
  /(?:^|[_\-.])(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|secret[_-]?key|encryption[_-]?key|signing[_-]?key|credentials?|auth[_-]?key|jwt|salt)(?:$|[_\-.\d])/i;
const camelSecretName = /(?:Password|Passwd|Secret|Token|ApiKey|PrivateKey|Credential)s?$/;
const pointerName =
  /(?:^|[_\-.])(?:file|path|dir|name|ref|id|url|uri|endpoint|ttl|expiry|expires?|expiration|lifetime|length|timeout|enabled|type|issuer|audience|policy|algorithm)$/i;
const harmlessValue =
  /^(?:|true|false|yes|no|on|off|null|none|\d{1,6}(?:ms|s|m|h|d)?|\$\([A-Za-z0-9_.-]+\)|\$\{[^}]*\}|\/[\w./-]*|https?:\/\/[^@\s]*)$/i;
const secretValue = [
  /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/,
  /(?:^|[^A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?:[^A-Z0-9]|$)/,
  /\bgh[pousr]_[A-Za-z0-9]{36,}/,
  /\bglpat-[A-Za-z0-9_-]{20,}/,
  /\bxox[abprs]-[A-Za-z0-9-]{10,}/,
  /\bsk_live_[A-Za-z0-9]{16,}/,
  /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/,
  /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]+:[^\s:/@$(){}]{3,}@/i,
];

/** True when a setting (an environment variable, an entry of a configuration) carries a secret in its value, judged by its name and by the shape of the value. */
export function looksSecret(name: string, value: string): boolean {
  if (secretValue.some((pattern) => pattern.test(value.slice(0, 8192)))) return true;
  if (harmlessValue.test(value.slice(0, 512)) && !/\n/.test(value)) return false;
  return (secretName.test(name) || camelSecretName.test(name)) && !pointerName.test(name);
}

/** What is stored in place of a secret: nothing of it but that it was there. */
export const maskedSecret = "********";
