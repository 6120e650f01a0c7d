/** One line of a shell's history; `time` (seconds since 1970-01-01 UTC) where the shell keeps it. */
export interface HistoryLine {
  readonly line: string;
  readonly time: number | undefined;
}

/** Reads the history of bash (with HISTTIMEFORMAT: a line `#SECONDS` before each), of zsh (EXTENDED_HISTORY: `: SECONDS:0;LINE`) and of fish (`- cmd: LINE`, `  when: SECONDS`). */
export function parseShellHistory(text: string): HistoryLine[] {
  const lines: HistoryLine[] = [];
  let time: number | undefined;
  for (const raw of text.split("\n")) {
    const stamp = /^#(\d{9,11})$/.exec(raw)?.[1];
    const extended = /^: (\d{9,11}):\d+;(.*)$/.exec(raw);
    const fish = /^- cmd: (.*)$/.exec(raw)?.[1];
    const when = /^ {2}when: (\d{9,11})$/.exec(raw)?.[1];
    if (stamp !== undefined) time = Number(stamp);
    else if (when !== undefined) {
      const last = lines.pop();
      if (last) lines.push({ ...last, time: Number(when) });
    } else if (extended) lines.push({ line: extended[2]!, time: Number(extended[1]) });
    else if (fish !== undefined) lines.push({ line: fish, time: undefined });
    else if (raw.trim() !== "") {
      lines.push({ line: raw, time });
      time = undefined;
    }
  }
  return lines;
}
