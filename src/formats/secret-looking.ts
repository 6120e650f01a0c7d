import { maskSecrets } from "./secrets/masking.ts";
import { isSecretName } from "./secrets/secret-name.ts";

const harmlessValue =
  /^(?:|true|false|yes|no|on|off|null|none|\d{1,6}(?:ms|s|m|h|d)?|\$\([A-Za-z0-9_.-]+\)|\$\{[^}]*\}|\/[\w./-]*|https?:\/\/[^@\s]*)$/i;

/** True when a setting (an environment variable, an entry of a configuration) carries a secret in its value: one of a known form, or whatever stands under a secret's name and is no switch, number, path or reference. */
export function looksSecret(name: string, value: string): boolean {
  const beginning = value.slice(0, 8192);
  if (maskSecrets(beginning) !== beginning) return true;
  if (harmlessValue.test(value.slice(0, 512)) && !/\n/.test(value)) return false;
  return isSecretName(name);
}

/** What is stored in place of a secret: nothing of it but that it was there. */
export const maskedSecret = "********";
