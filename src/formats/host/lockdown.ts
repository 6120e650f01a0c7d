/** The mode in force of /sys/kernel/security/lockdown, which brackets it: `none [integrity] confidentiality`. Undefined where none is bracketed. */
export function currentLockdown(text: string | undefined): string | undefined {
  return /\[(\w+)\]/.exec(text ?? "")?.[1];
}
