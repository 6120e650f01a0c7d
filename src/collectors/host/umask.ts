import type { z } from "zod";
import { umask } from "../../facts/host/umask.ts";
import { loginUmask, type UmaskSetting, umaskSettings } from "../../formats/host/umask.ts";
import { defineHostCollector } from "../host-collector.ts";

type Value = z.output<typeof umask.schema>;

/** Of these, bash reads the first that is there. */
const loginScripts = ["/root/.bash_profile", "/root/.bash_login", "/root/.profile"];

export default defineHostCollector<typeof umask.schema>({
  reads: "host",
  provides: umask,
  async *collect(root) {
    const value: Value = { settings: [], read: [], unread: [] };
    const read = async (path: string, settingsOf: (text: string) => readonly UmaskSetting[]): Promise<boolean> => {
      const result = await root.read(path);
      if (!("text" in result)) {
        if (result.missing !== "absent") value.unread.push({ path, reason: result.reason });
        return false;
      }
      value.read.push(path);
      for (const { mask, line, root: reach } of settingsOf(result.text))
        if (reach !== "never")
          value.settings.push({ file: path, line, mask: mask.toString(8).padStart(3, "0"), root: reach });
      return true;
    };
    await read("/etc/login.defs", (text) => [loginUmask(text)].filter((one) => one !== undefined));
    await read("/etc/profile", umaskSettings);
    const scripts = await root.list("/etc/profile.d");
    for (const name of "names" in scripts ? scripts.names : [])
      if (name.endsWith(".sh")) await read(`/etc/profile.d/${name}`, umaskSettings);
    for (const path of ["/etc/bash.bashrc", "/etc/bashrc"]) await read(path, umaskSettings);
    for (const path of loginScripts) if (await read(path, umaskSettings)) break;
    await read("/root/.bashrc", umaskSettings);
    yield { subject: root.subject, source: "/etc/login.defs, /etc/profile, /etc/profile.d, /root", value };
  },
});
