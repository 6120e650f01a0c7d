import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contentOf, contentProperties } from "./package-content.ts";

describe("what a list of files says of a package's content", () => {
  it.each<[string, string[]]>([
    [
      "terminal descriptions",
      ["lib/terminfo/x/xterm", "usr/share/tabset/std", "etc/terminfo/README", "usr/share/terminfo"],
    ],
    ["character sets", ["usr/share/mariadb/charsets/Index.xml", "usr/share/mariadb/charsets/latin1.xml"]],
    ["translations", ["usr/share/locale/de/LC_MESSAGES/mit-krb5.mo", "usr/share/doc/krb5-locales/copyright"]],
    ["settings", ["etc/ldap/ldap.conf", "usr/share/man/man5/ldap.conf.5.gz"]],
    ["tables of the C library", ["usr/lib/locale/C.utf8/LC_CTYPE"]],
  ])("%s are data", (_what, files) => {
    expect(contentOf(files)).toEqual({ content: "data" });
    expect(contentProperties(files)).toEqual({ properties: { content: "data" } });
  });
  it.each([
    "usr/bin/tool",
    "usr/lib/x86_64-linux-gnu/libz.so.1",
    "usr/lib/mysql/plugin/dialog.so",
    "etc/init.d/daemon",
    "etc/profile.d/vim.sh",
    "usr/share/perl5/Module.pm",
    "usr/share/java/tool.jar",
    "usr/share/javascript/jquery/jquery.js",
    "usr/lib/systemd/system/daemon.service",
    "etc/my.cnf.d",
    "opt/vendor/table.xml",
    "usr/share/vim/vim82/autoload/tar.vim",
    "usr/share/bash-completion/completions/git",
  ])("%s leaves it open", (path) => {
    expect(contentOf(["usr/share/doc/tool/README", path])).toEqual({});
    expect(contentProperties([path])).toEqual({});
  });
  it("says nothing of a package without files", () => expect(contentOf([])).toEqual({}));
  it("takes no shared library, script, class or archive for data, wherever it lies but in documentation", () => {
    const folder = fc.constantFrom("usr/share/app/", "etc/app/", "usr/lib/app/", "opt/", "");
    const ending = fc.constantFrom(
      ".so",
      ".so.1",
      ".py",
      ".pl",
      ".pm",
      ".sh",
      ".rb",
      ".js",
      ".php",
      ".jar",
      ".class",
      ".ko",
      ".a",
    );
    fc.assert(
      fc.property(folder, fc.stringMatching(/^[a-z]{1,8}$/), ending, (at, name, end) => {
        expect(contentOf([`${at}${name}${end}`])).toEqual({});
      }),
    );
  });
});
