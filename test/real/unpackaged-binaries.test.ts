import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import { classifyProgram } from "../../src/formats/binaries/classify.ts";

/** How each program says its own version: its name, its arguments and what to look for in the answer. */
const programs: readonly (readonly [file: string, args: readonly string[], answer: RegExp])[] = [
  ["bash", ["--version"], /version (\d+\.\d+\.\d+)/],
  ["busybox", [], /BusyBox v(\d+\.\d+\.\d+)/],
  ["containerd", ["--version"], /containerd \S+ v?(\S+)/],
  ["crun", ["--version"], /crun version (\S+)/],
  ["ctr", ["--version"], /ctr \S+ v?(\S+)/],
  ["docker", ["--version"], /version ([^,\s]+)/],
  ["dockerd", ["--version"], /version ([^,\s]+)/],
  ["curl", ["--version"], /^curl (\d+\.\d+\.\d+)/],
  ["ffmpeg", ["-version"], /^ffmpeg version (\d+(?:\.\d+)+)/],
  ["gcc", ["-dumpfullversion"], /^(\S+)/],
  ["git", ["--version"], /git version (\S+)/],
  ["go", ["version"], /go version go(\S+)/],
  ["gzip", ["--version"], /^gzip (\S+)/],
  ["haproxy", ["-v"], /version (\d+\.\d+\.\d+)/],
  ["javac", ["-version"], /javac (\S+)/],
  ["java", ["-version"], /version "([^"]+)"/],
  ["kubectl", ["version", "--client"], /v(\d\S+)/],
  ["lighttpd", ["-v"], /lighttpd\/(\d+\.\d+\.\d+)/],
  ["lua5.4", ["-v"], /^Lua (\S+)/],
  ["mariadb", ["--version"], /(\d+\.\d+\.\d+)-MariaDB/],
  ["memcached", ["-V"], /memcached (\S+)/],
  ["mount", ["--version"], /util-linux (\d+(?:\.\d+)+)/],
  ["nginx", ["-v"], /nginx\/(\d+\.\d+\.\d+)/],
  ["node", ["--version"], /^v(\S+)/],
  ["openssl", ["version"], /^OpenSSL (\S+)/],
  ["openvpn", ["--version"], /^OpenVPN (\S+)/],
  ["perl", ["-v"], /\(v(\d+\.\d+\.\d+)\)/],
  ["php", ["-v"], /^PHP (\d+\.\d+\.\d+)/],
  ["pzstd", ["--version"], /(\d+\.\d+\.\d+)/],
  ["python3", ["--version"], /^Python (\S+)/],
  ["psql", ["--version"], /\(PostgreSQL\) (\S+)/],
  ["redis-server", ["--version"], /v=(\S+)/],
  ["runc", ["--version"], /^runc version (\S+)/],
  ["ssh", ["-V"], /OpenSSH_(\S+?p\d)/],
  ["tini", ["--version"], /tini version (\S+)/],
  ["valkey-server", ["--version"], /v=(\S+)/],
  ["x86_64-linux-gnu-gcc-14", ["-dumpfullversion"], /^(\S+)/],
  ["xz", ["--version"], /\(XZ Utils\) (\S+)/],
  ["zstd", ["--version"], /v(\d+\.\d+\.\d+)/],
];

/** Debian keeps the programs of each version of PostgreSQL in a folder of its own. */
const postgres = "/usr/lib/postgresql";
const folders = [
  ...(existsSync(postgres) ? readdirSync(postgres).map((version) => join(postgres, version, "bin")) : []),
  ...["/usr/bin", "/usr/sbin", "/usr/local/bin"],
  ...(process.env["PATH"] ?? "").split(delimiter),
];

/** The program itself and not a script that starts it. */
function locate(file: string): string | undefined {
  for (const folder of folders) {
    const path = join(folder, file);
    if (existsSync(path) && readFileSync(realpathSync(path)).subarray(1, 4).toString("latin1") === "ELF") return path;
  }
  return undefined;
}

describe("installed programs agree with what their bytes tell", () => {
  for (const [file, args, answer] of programs) {
    const path = locate(file);
    it.skipIf(path === undefined)(`${file}${path === undefined ? " (not installed)" : ""}`, () => {
      const { stdout, stderr } = spawnSync(path!, args, { encoding: "utf8" });
      const said = answer.exec(stdout)?.[1] ?? answer.exec(stderr)?.[1];
      expect(said, `${file} ${args.join(" ")}: ${stdout}${stderr}`).toBeDefined();
      const [told] = classifyProgram(`usr/bin/${file}`, readFileSync(realpathSync(path!))).packages;
      expect(said?.startsWith(told?.version ?? "?"), `says ${said}, bytes tell ${told?.name} ${told?.version}`).toBe(
        true,
      );
    });
  }
});
