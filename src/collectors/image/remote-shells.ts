import { imageRemoteShells } from "../../facts/image/remote-shells.ts";
import { defineImageCollector, type LayerItem, type OpenedImage } from "../image-collector.ts";

/** Servers that give a shell to whoever logs in over the network. */
const programs = new Set([
  "sshd",
  "dropbear",
  "tinysshd",
  "telnetd",
  "in.telnetd",
  "utelnetd",
  "rshd",
  "in.rshd",
  "rlogind",
  "in.rlogind",
  "rexecd",
  "in.rexecd",
  "ttyd",
  "gotty",
  "shellinaboxd",
  "wetty",
  "sshportal",
  "teleport",
  "xrdp",
  "vncserver",
  "Xvnc",
  "x11vnc",
]);
const programFolders = /(^|\/)(s?bin|libexec|lib\/openssh|opt)(\/|$)/;
const keyFile = /(^|\/)\.ssh\/authorized_keys2?$|^etc\/ssh\/authorized_keys(\/|$)|^etc\/dropbear\/authorized_keys$/;
/** Files by which supervisors start services in a container. */
const serviceFile =
  /^etc\/(supervisor|supervisord)(\.conf$|\.d\/|\/)|^etc\/(s6|s6-overlay|cont-init\.d|services\.d|service|sv|runit|init\.d|inittab$|rc\.local$)/;
const serviceFileBytes = 256 * 1024;

interface ServiceItem {
  readonly programs: readonly string[];
}

export default defineImageCollector<ServiceItem, typeof imageRemoteShells.schema>({
  provides: imageRemoteShells,
  version: 1,
  wants: ({ path, size }) => serviceFile.test(path) && size <= serviceFileBytes,
  analyse(_file, content) {
    const found = programsNamedIn(new TextDecoder().decode(content).replace(/^\s*[#;].*$/gm, ""));
    return found.length === 0 ? undefined : { programs: found };
  },
  *collect(image, items) {
    yield { subject: image.subject, source: image.source, value: remoteShells(image, items) };
  },
});

function remoteShells(image: OpenedImage, items: readonly LayerItem<ServiceItem>[]) {
  const found = [];
  const authorizedKeys = [];
  let entries = 0;
  for (const { path, type, layer } of image.tree.entries()) {
    entries++;
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (type === "file" && programs.has(name) && programFolders.test(path))
      found.push({ path: `/${path}`, program: name, layer });
    if (type === "file" && keyFile.test(path)) authorizedKeys.push({ path: `/${path}`, layer });
  }
  return {
    programs: found,
    started: startedBy(image, items),
    exposedPorts: [...image.config.exposedPorts],
    authorizedKeys,
    entries,
  };
}

function startedBy(
  { config }: OpenedImage,
  items: readonly LayerItem<ServiceItem>[],
): { by: string; program: string }[] {
  const words = [
    { by: "entrypoint", text: (config.entrypoint ?? []).join(" ") },
    { by: "command", text: (config.cmd ?? []).join(" ") },
  ];
  const direct = words.flatMap(({ by, text }) => programsNamedIn(text).map((program) => ({ by, program })));
  const services = items
    .filter((item) => item.visible)
    .flatMap(({ path, item }) => item.programs.map((program) => ({ by: `/${path}`, program })));
  return [...direct, ...services];
}

/** Servers of remote shells whose name stands as a word of its own, with or without a path before it, sorted. */
export function programsNamedIn(text: string): string[] {
  const words = text.split(/[\s'"=;&|()]+/).map((word) => word.slice(word.lastIndexOf("/") + 1));
  return [...new Set(words.filter((word) => programs.has(word)))].sort();
}
