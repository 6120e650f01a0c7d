import type { Updates } from "../../facts/host/updates.ts";

/** Days after which lists of packages say nothing about what is out by now. */
const staleDays = 7;

const refresh: Readonly<Record<string, string>> = {
  apt: "apt-get update",
  dnf: "dnf makecache",
  yum: "yum makecache",
  zypper: "zypper refresh",
  apk: "apk update --cache-dir /var/cache/apk",
};
const upgrade: Readonly<Record<string, string>> = {
  apt: "apt-get install --only-upgrade",
  dnf: "dnf upgrade",
  yum: "yum update",
  zypper: "zypper update",
  apk: "apk upgrade",
};

/** The command that fetches the package manager's lists anew. */
export function refreshCommand(manager: string): string {
  return refresh[manager] ?? "run the package manager's update of its lists, and keep them";
}

/** The command, to be followed by a name, that updates one package. */
export function upgradeCommand(manager: string): string {
  return upgrade[manager] ?? `update with ${manager}:`;
}

/** ISO 8601 time that the lists are of: the newest of those of security archives where there are any, as the others may stand still for months. */
export function listsDate({ indexes }: Pick<Updates, "indexes">): string | undefined {
  const ofSecurity = indexes.filter(({ security }) => security);
  return (ofSecurity.length > 0 ? ofSecurity : indexes)
    .flatMap(({ date }) => date ?? [])
    .sort()
    .at(-1);
}

/** Why the lists are too old to say that nothing waits; undefined where they are not. */
export function staleReason(updates: Pick<Updates, "indexes">, now: Date): string | undefined {
  const date = listsDate(updates);
  if (date === undefined) return "the package lists do not say when they were made";
  const age = Math.floor((now.getTime() - Date.parse(date)) / 86_400_000);
  return age > staleDays ? `the package lists are ${age} days old` : undefined;
}
