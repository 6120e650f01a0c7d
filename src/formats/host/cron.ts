/** A command of a crontab; `user` is empty where the table belongs to one. */
export interface CronCommand {
  readonly user: string;
  readonly command: string;
}

/** The commands of a crontab (crontab(5)); system tables name a user before the command. A percent sign ends the command. */
export function cronCommands(text: string, system: boolean): CronCommand[] {
  return text.split("\n").flatMap((raw) => {
    const line = raw.trim();
    if (line === "" || line.startsWith("#") || /^[A-Za-z_]\w*\s*=/.test(line)) return [];
    const schedule = line.startsWith("@") ? /^@\w+\s+/ : /^(?:\S+\s+){5}/;
    const rest = schedule.test(line) ? line.replace(schedule, "") : "";
    const [, user, command] = system ? (/^(\S+)\s+(.*)$/.exec(rest) ?? []) : ["", "", rest];
    return command ? [{ user: user!, command: command.replace(/(?<!\\)%.*$/, "") }] : [];
  });
}
