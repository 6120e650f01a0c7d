import { imageAccounts } from "../../facts/image/accounts.ts";
import { parsePasswd } from "../../formats/host/accounts.ts";
import { defineImageCollector } from "../image-collector.ts";

const largestFile = 1024 ** 2;
const account = /(^|\/)passwd$/;

interface AccountItem {
  readonly users?: readonly {
    readonly name: string;
    readonly uid: number;
    readonly gid: number;
    readonly shell: string;
  }[];
  readonly unread?: string;
}

export default defineImageCollector<AccountItem, typeof imageAccounts.schema>({
  provides: imageAccounts,
  version: 1,
  // /etc/passwd may be a link to a file of the same name elsewhere.
  wants: ({ path, size, mode }) => account.test(path) && size <= largestFile && (mode & 0o111) === 0,
  analyse: ({ path }, content) => ({
    users: parsePasswd(new TextDecoder().decode(content), `/${path}`).map(({ name, uid, gid, shell }) => ({
      name,
      uid,
      gid,
      shell,
    })),
  }),
  unread: (_file, unread) => ({ unread }),
  *collect(image, items) {
    const file = image.tree.resolve("etc/passwd");
    const source = `${image.source}: /etc/passwd`;
    if (file === undefined) {
      yield { subject: image.subject, source, value: { present: false, users: [] } };
      return;
    }
    const place = file.hardLinkTo ?? file.path;
    const item = items.find((one) => one.visible && (one.path === file.path || one.path === place))?.item;
    if (item?.users === undefined) {
      yield {
        subject: image.subject,
        source,
        unavailable: item?.unread ?? "/etc/passwd is no file that could be read",
        remedy: "repair /etc/passwd in the image",
      };
      return;
    }
    yield { subject: image.subject, source, value: { present: true, users: [...item.users] } };
  },
});
