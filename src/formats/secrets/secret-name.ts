/** Names of variables, labels and options whose values are secrets. */
const secretName =
  /(?:^|[_.-]|\b)(?:pass(?:w(?:or)?d|phrase|code)?|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|auth(?:[_-]?key)?|jwt|salt|signing[_-]?key|encryption[_-]?key|conn(?:ection)?[_-]?str(?:ing)?)(?:$|[_.-]?\d*$|[_.-](?:key|value|hash|base64|b64|prod|production|staging|dev|test|main|primary|secondary|old|new|current|previous|db|database|user|admin|root)$)/i;
/** The same as the last part of a name in camel case: `dbPassword`, `clientSecret`. */
const camelSecretName =
  /[a-z\d](?:Password|Passwd|Passphrase|Pwd|Secret|Token|ApiKey|AccessKey|PrivateKey|SecretKey|Credential)s?$|^(?:[A-Z]{2,})?(?:PASSWORD|PASSWD|SECRET|TOKEN|APIKEY)$/;
/** Words run together with what the password is for: `PGPASSWORD`, `MYSQLPASSWORD`. */
const joinedName =
  /^[A-Za-z]{2,12}PASS(?:WORD|WD)$|(?:^|[_-])secret[_-](?:access[_-])?key(?:[_-]?base)?$|(?:^|[_-])app[_-]?key$/i;
/** Names that look like the above and are none: paths to files, switches, names of secrets. */
const harmlessName =
  /(?:_file|_path|_dir|_name|_url|_uri|_ttl|_length|_policy|_type|_enabled|_required|_header|_endpoint|_issuer|_method|_mode|_version)$/i;

/** True when what a variable, label or option of that name holds is a secret. */
export function isSecretName(name: string): boolean {
  return (secretName.test(name) || camelSecretName.test(name) || joinedName.test(name)) && !harmlessName.test(name);
}
