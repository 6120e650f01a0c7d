import type { Evidence } from "../../core/check.ts";
import { defineCheck, failEach, unknown } from "../../core/check.ts";
import { authorisedKeys } from "../../facts/host/authorised-keys.ts";
import { shellWord } from "./shell.ts";

export default defineCheck({
  title: "Key that lets somebody in is weak, shared or unguarded",
  severity: "high",
  clauses: ["4.5.4-a", "4.5.4-b"],
  why: "A key on several accounts names nobody, a short one can be computed, and a file that others may write lets them add their own.",
  fix: "Replace the key by one of type ed25519 for each person, limit root's by from=, and chmod 0600 the file.",
  needs: { found: authorisedKeys },
  evaluate({ found: { keys, files, unread } }) {
    const items: Evidence[] = [];
    for (const key of keys) {
      const base = { at: key.file, key: `${key.user} ${key.fingerprint}` };
      const name = `${key.type}${key.bits ? ` of ${key.bits} bits` : ""} ${key.comment}`.trim();
      if (key.type === "ssh-dss" || (key.type === "ssh-rsa" && (key.bits ?? 0) < 3072))
        items.push({
          ...base,
          found: name,
          expected: "ed25519, ECDSA, or RSA of 3072 bits",
          severity: key.type === "ssh-dss" ? "high" : "medium",
        });
      if (key.uid === 0 && !key.options.some((option) => ["from", "command", "restrict"].includes(option)))
        items.push({
          ...base,
          found: `root lets ${name} in from anywhere`,
          expected: "limited by from= or command=",
          severity: "medium",
        });
    }
    const owners = new Map<string, Set<string>>();
    for (const key of keys) owners.set(key.fingerprint, (owners.get(key.fingerprint) ?? new Set()).add(key.user));
    for (const [fingerprint, users] of owners) {
      if (users.size > 1)
        items.push({
          at: "authorized_keys",
          found: `${fingerprint} opens ${[...users].join(", ")}`,
          expected: "one account",
          key: fingerprint,
          severity: "medium",
        });
    }
    for (const file of files) {
      const loose = (Number.parseInt(file.mode, 8) & 0o022) !== 0 || (file.owner !== file.uid && file.owner !== 0);
      if (loose)
        items.push({
          at: file.path,
          found: `mode ${file.mode}, owner ${file.owner}`,
          expected: `0600, owner ${file.uid}`,
          key: file.path,
          fix: `chown ${shellWord(file.user)} ${shellWord(file.path)} && chmod 0600 ${shellWord(file.path)}`,
          severity: "high",
        });
    }
    if (items.length === 0 && unread.length > 0)
      return unknown(unread.map(({ reason }) => reason).join("; "), "collect the facts with root's rights");
    return failEach(items, {
      at: files.map(({ path }) => path).join(", ") || "homes of all accounts",
      found: `${keys.length} keys`,
    });
  },
  examples: {
    pass: [
      {
        found: {
          keys: [
            {
              user: "admin",
              uid: 1000,
              file: "/home/admin/.ssh/authorized_keys",
              type: "ssh-ed25519",
              bits: 256,
              fingerprint: "SHA256:a",
            },
          ],
        },
      },
      { found: { keys: [] } },
    ],
    fail: [
      {
        found: {
          keys: [
            {
              user: "admin",
              uid: 1000,
              file: "/home/admin/.ssh/authorized_keys",
              type: "ssh-rsa",
              bits: 1024,
              fingerprint: "SHA256:a",
            },
          ],
        },
      },
      {
        found: {
          keys: [
            {
              user: "root",
              uid: 0,
              file: "/root/.ssh/authorized_keys",
              type: "ssh-ed25519",
              bits: 256,
              fingerprint: "SHA256:a",
            },
          ],
        },
      },
      {
        found: {
          keys: [],
          files: [{ path: "/home/a/.ssh/authorized_keys", mode: "0666", owner: 1000, user: "a", uid: 1000 }],
        },
      },
    ],
  },
});
