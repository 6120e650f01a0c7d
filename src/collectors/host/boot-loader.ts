import type { z } from "zod";
import { bootLoader } from "../../facts/host/boot-loader.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";

type Value = z.output<typeof bootLoader.schema>;

const grubFiles = ["/boot/grub/grub.cfg", "/boot/grub2/grub.cfg"];
const systemdFiles = ["/boot/loader/loader.conf", "/efi/loader/loader.conf", "/boot/efi/loader/loader.conf"];
const imageFolders = ["/boot/EFI/Linux", "/efi/EFI/Linux", "/boot/efi/EFI/Linux"];

export default defineHostCollector<typeof bootLoader.schema>({
  reads: "host",
  provides: bootLoader,
  async *collect(root) {
    const value: Value = { loaders: [], unread: [] };
    for (const file of grubFiles) await grub(root, file, value);
    for (const file of systemdFiles) await systemdBoot(root, file, value);
    for (const folder of imageFolders) {
      const listed = await root.list(folder);
      for (const name of "names" in listed ? listed.names.filter((entry) => /\.efi$/i.test(entry)) : []) {
        const because = "kernel, command line and initial file system are one signed file";
        value.loaders.push({ kind: "unified-image", file: `${folder}/${name}`, guarded: true, because });
      }
    }
    yield { subject: root.subject, source: "/boot/grub, /boot/loader, /boot/EFI/Linux", value };
  },
});

/** The password of grub2-setpassword lies in user.cfg; by hand it stands in grub.cfg with its superusers. */
async function grub(root: HostRoot, file: string, value: Value): Promise<void> {
  const text = await textOf(root, file, value);
  if (text === undefined) return;
  const user = await root.text(`${file.slice(0, file.lastIndexOf("/"))}/user.cfg`);
  const byHand = /^\s*set superusers=.+$/m.test(text) && /^\s*password(_pbkdf2)? \S+ \S+/m.test(text);
  const byProgram = /^GRUB2_PASSWORD=grub\.pbkdf2\.\S+/m.test(user ?? "");
  value.loaders.push({
    kind: "grub",
    file,
    guarded: byHand || byProgram,
    because: byHand || byProgram ? "a superuser's password is set" : "no superuser's password is set",
  });
}

/** The editor is on by default (loader.conf(5)). */
async function systemdBoot(root: HostRoot, file: string, value: Value): Promise<void> {
  const text = await textOf(root, file, value);
  if (text === undefined) return;
  const editor = /^\s*editor\s+(\S+)/m.exec(text)?.[1];
  const guarded = editor !== undefined && /^(no|off|0|false|n|f)$/i.test(editor);
  const because = guarded ? "the editor is off" : "the editor of entries is on";
  value.loaders.push({ kind: "systemd-boot", file, guarded, because });
}

async function textOf(root: HostRoot, path: string, value: Value): Promise<string | undefined> {
  const result = await root.read(path);
  if ("text" in result) return result.text;
  if (result.missing !== "absent") value.unread.push({ path, reason: result.reason });
  return undefined;
}
