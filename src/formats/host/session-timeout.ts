/** A time after which a shell ends when nobody types (bash(1), TMOUT). */
export interface ShellTimeout {
  readonly seconds: number;
  /** True where whoever uses the shell cannot set it to something else. */
  readonly fixed: boolean;
}

/** What a start-up script of a shell sets TMOUT to; the last one counts. Undefined where it sets none or unsets it. */
export function shellTimeout(script: string): ShellTimeout | undefined {
  let seconds: number | undefined;
  let fixed = false;
  for (const raw of script.split("\n")) {
    const line = raw.replace(/(^|\s)#.*$/, "");
    const value = /(?:^|[\s;&])TMOUT=["']?(\d{1,9})["']?(?=$|[\s;&])/.exec(line)?.[1];
    if (value !== undefined) seconds = Number(value);
    else if (/(?:^|[\s;&])(unset\s+TMOUT\b|TMOUT=)/.test(line)) seconds = undefined;
    if (/(?:^|[\s;&])(readonly|(declare|typeset)\s+-[A-Za-z]*r[A-Za-z]*)\s+(\w+=?\S*\s+)*TMOUT\b/.test(line))
      fixed = true;
  }
  return seconds === undefined || seconds === 0 ? undefined : { seconds, fixed };
}

const unitSeconds: Readonly<Record<string, number>> = {
  "": 1,
  s: 1,
  sec: 1,
  second: 1,
  seconds: 1,
  m: 60,
  min: 60,
  minute: 60,
  minutes: 60,
  h: 3600,
  hr: 3600,
  hour: 3600,
  hours: 3600,
  d: 86_400,
  day: 86_400,
  days: 86_400,
};

/** Seconds of a time span of systemd.time(7), in units from seconds to days: `1h 30min`. Undefined for `infinity`, 0 (both mean never) and what is no span. */
export function timeSpanSeconds(text: string): number | undefined {
  let sum = 0;
  const rest = text.replaceAll(/(\d{1,9})\s*([a-z]*)/g, (_, amount: string, unit: string) => {
    sum += Number(amount) * (unitSeconds[unit] ?? Number.NaN);
    return "";
  });
  if (rest.trim() !== "" || Number.isNaN(sum)) return undefined;
  return sum === 0 ? undefined : sum;
}
