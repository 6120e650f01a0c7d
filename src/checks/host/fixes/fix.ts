import type { Evidence } from "../../../core/check.ts";

/** How a finding of a host check is put right, and what that does to containers. */
export interface HostFix {
  /** What the change does to containers that run, in a sentence. */
  readonly impact: string;
  /**
   * Lines of POSIX sh, for the functions of `fixPrelude`, that bring the item of evidence to what is expected; running them again changes nothing more.
   * Undefined for an item that no script can put right: `byHand` then says why.
   */
  readonly script?: (evidence: Evidence) => string | undefined;
  /** Why a person must do it. */
  readonly byHand?: string;
}

/** Fixes by the id of their check without `host/`. */
export type HostFixes = Readonly<Record<string, HostFix>>;

/**
 * Functions that the lines of fixes call. All paths lie below `$PLIMSOLL_ROOT`, so that a script can be tried on a copy; what changes the running system is
 * left out then. Each file is kept as it was before its first change below /var/lib/plimsoll/before.
 */
export const fixPrelude = `#!/bin/sh
# Read it before you run it, as root. Run it with PLIMSOLL_ROOT=/some/copy to try it on a copy of the host's files.
set -eu
umask 022
root=\${PLIMSOLL_ROOT:-}
before="$root/var/lib/plimsoll/before"

# Runs a command on the running system only.
live() { if [ -z "$root" ]; then "$@" || printf 'failed: %s\\n' "$*" >&2; fi; }

# Keeps a file as it is before its first change; one that is not there yet is listed as made, so that both can be undone.
keep() {
  mkdir -p "$root/var/lib/plimsoll"
  if [ -f "$before/made" ] && grep -qxF -- "$1" "$before/made"; then return 0; fi
  [ ! -e "$before$1" ] || return 0
  mkdir -p "$before\${1%/*}"
  if [ -f "$root$1" ]; then cp -p "$root$1" "$before$1"; else printf '%s\\n' "$1" >> "$before/made"; fi
}

# put_line FILE BEGINNING LINE: the line in place of all that begin so, at the file's end.
put_line() {
  keep "$1"
  mkdir -p "$root\${1%/*}"
  [ -e "$root$1" ] || : > "$root$1"
  {
    while IFS= read -r line || [ -n "$line" ]; do
      case $line in "$2"*) ;; *) printf '%s\\n' "$line" ;; esac
    done < "$root$1"
    printf '%s\\n' "$3"
  } > "$root$1.plimsoll"
  cat "$root$1.plimsoll" > "$root$1"
  rm -f "$root$1.plimsoll"
}

# uncomment FILE EXPRESSION: takes the mark of a comment off a line that is nothing but the basic regular expression.
uncomment() {
  [ -f "$root$1" ] || return 0
  keep "$1"
  sed "s/^#[[:space:]]*\\($2\\)[[:space:]]*$/\\1/" "$root$1" > "$root$1.plimsoll"
  cat "$root$1.plimsoll" > "$root$1"
  rm -f "$root$1.plimsoll"
}

# put_file FILE TEXT: a file with exactly this text.
put_file() {
  keep "$1"
  mkdir -p "$root\${1%/*}"
  printf '%s\\n' "$2" > "$root$1"
}

# set_parameter PATH VALUE: a kernel parameter now and at every start.
set_parameter() {
  put_line /etc/sysctl.d/90-plimsoll.conf "$1 =" "$1 = $2"
  if [ -z "$root" ] && [ -e "/proc/sys/$1" ]; then printf '%s\\n' "$2" > "/proc/sys/$1" || printf 'failed: %s\\n' "$1" >&2; fi
}

# mask_unit NAME: a unit of systemd that cannot be started.
mask_unit() {
  live systemctl disable --now "$1"
  mkdir -p "$root/etc/systemd/system"
  if [ -f "$root/etc/systemd/system/$1" ] && [ ! -L "$root/etc/systemd/system/$1" ]; then set_aside "/etc/systemd/system/$1"; fi
  ln -sfn /dev/null "$root/etc/systemd/system/$1"
  live systemctl daemon-reload
}

# set_aside FILE: moves a file to where it is kept.
set_aside() {
  if [ -e "$root$1" ] || [ -L "$root$1" ]; then
    mkdir -p "$before\${1%/*}"
    mv -f "$root$1" "$before$1"
  fi
}

# rights MODE PATH: as chmod, where the path is there.
rights() { if [ -e "$root$2" ]; then chmod "$1" "$root$2"; fi; }

# owned OWNER PATH: as chown, where the path is there.
owned() { if [ -e "$root$2" ]; then chown "$1" "$root$2"; fi; }
`;
