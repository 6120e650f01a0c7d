import { describe, expect, it } from "vitest";
import { findSecrets } from "./find-secrets.ts";

const found = (text: string, path = "app/setup.sh") =>
  findSecrets(Buffer.from(text), { path }).map(({ kind, line }) => [kind, line]);

describe("a password on a command line", () => {
  it.each([
    "RUN echo 'root:hunter22x' | chpasswd",
    'echo "deploy:Geheim-7" | sudo chpasswd',
    "printf 'deploy:Geheim-7\\n' | chpasswd",
    "sshpass -p 'Geheim-7' ssh deploy@host",
    "sshpass -pGeheim-7 scp x host:",
    "curl -fsSL -u deploy:Geheim-7 https://repo.invalid/x",
    "curl --user 'deploy:Geheim-7' https://repo.invalid/x",
    "wget --http-password=Geheim-7 https://repo.invalid/x",
    "mysqldump -pGeheim-7 shop",
    "mysql -h db -u root -pGeheim-7 shop",
  ])("%j", (text) => {
    expect(found(`set -e\n${text}\n`)).toEqual([["command-password", 2]]);
    expect(found(`set -e\n${text}\n`, "usr/lib/x/setup.sh")).toEqual([]);
  });

  it.each([
    'echo "root:$PASSWORD" | chpasswd',
    "cat /run/secrets/users | chpasswd",
    "echo root:password | chpasswd --help",
    "curl -u $USER:$TOKEN https://repo.invalid/x",
    "curl -u deploy https://repo.invalid/a:b",
    "mysql -u root -p shop",
    "sshpass -f /run/secrets/p ssh host",
    "sshpass -p PASSWORD ssh host",
    "docker run mysql -p3306:3306",
  ])("is not seen in %j", (text) => expect(found(`${text}\n`)).toEqual([]));

  it.each(["curl -u ", "curl  ", "echo a: | chpasswd", "mysql  -", "sshpass -p ", "wget --"])(
    "is looked for in hostile text that repeats %j to its end",
    (part) => void found(part.repeat(1_048_576 / part.length)),
  );
});
