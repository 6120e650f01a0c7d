import type { Assignment } from "./assignment.ts";
import { entropyOf } from "./entropy.ts";
import type { FileClass } from "./file-class.ts";

import { isPlaceholder, isRandom } from "./placeholder.ts";
import { isSecretName } from "./secret-name.ts";

const passwordName = /pass(?:w(?:or)?d|phrase)?|pwd/i;
/** Settings about secrets that hold none. */
const settingName =
  /(?:policy|pattern|regex|prompt|hint|label|field|type|method|class|provider|store|reset|expir|length|min|max|format|change|confirm|required|rule|input|url|uri|path|file|dir|header|param|scheme|algorithm|enabled|title|message|error|placeholder|name|id|public)$/i;
const word = /^[A-Za-z]+(?:[._ -][A-Za-z]+)*$/;
const identifier = /^[A-Za-z_$][\w$]*(?:[.:>[(-]|->|$)/;
const shortestPassword = 6;
const shortestInCode = 10;

/**
 * Whether a value without a form of its own is a password or key, judged by its name, its characters and where it stands. Settings may hold any
 * word as a password; code assigns names, types and messages as well, so only a quoted value that looks random counts there.
 */
export function isPlainSecret({ name, value, isQuoted }: Assignment, place: FileClass): boolean {
  if (place !== "settings" && place !== "source") return false;
  if (!isSecretName(name) || settingName.test(name)) return false;
  if (value.length < shortestPassword || value.length > 512 || /\s/.test(value) || isPlaceholder(value)) return false;
  if (!/^[\x21-\x7e]+$/.test(value) || isAddressOrPath(value) || isExpression(value)) return false;
  if (place === "source") return isQuoted && looksRandom(value);
  return passwordName.test(name) ? isPassword(value) : looksRandom(value);
}

/** A word alone is more often a setting than a password. */
function isPassword(value: string): boolean {
  return !word.test(value) && kinds(value) >= 2 && entropyOf(value) >= 2;
}

function looksRandom(value: string): boolean {
  return (
    value.length >= shortestInCode &&
    !word.test(value) &&
    kinds(value) >= 2 &&
    /\d/.test(value) &&
    isRandom(value, 3.2) &&
    !/^(?:\w+[-_.]){3,}\w+$/.test(value)
  );
}

function isAddressOrPath(value: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]*:)?\/\/|^[.~]?\/|^[A-Za-z]:\\|^\w+(?:\.\w+)+\/|^(?:\d{1,3}\.){3}\d{1,3}|^[\w.+-]+@[\w-]+\.[\w.]+$|^\d{4}-\d\d-\d\d|:\*/.test(
    value,
  );
}

/** Code that yields a value is none: `getToken(`, `config.password`, `$var`. */
function isExpression(value: string): boolean {
  if (/[(){}[\]$<>|]|^[&*!@%#]\w|=>|\\|::|\+\+|&&/.test(value) && !/[!@#%^&*]/.test(value)) return true;
  return (
    /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/.test(value) ||
    (identifier.test(value) && /^[a-z]+(?:[A-Z][a-z]+)+$/.test(value))
  );
}

function kinds(value: string): number {
  return [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((pattern) => pattern.test(value)).length;
}
