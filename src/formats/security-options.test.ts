import { expect, it } from "vitest";
import { parseSecurityOptions } from "./security-options.ts";

it.each([
  [["no-new-privileges"], { noNewPrivileges: true }],
  [["no-new-privileges:true"], { noNewPrivileges: true }],
  [["no-new-privileges=false"], { noNewPrivileges: false }],
  [
    ["seccomp=unconfined", "apparmor:unconfined"],
    { seccomp: { kind: "unconfined" }, appArmor: { kind: "unconfined" } },
  ],
  [
    ["seccomp=builtin", "apparmor=docker-default"],
    { seccomp: { kind: "runtime-default" }, appArmor: { kind: "runtime-default" } },
  ],
  [
    ['seccomp={"defaultAction":"SCMP_ACT_ERRNO"}', "apparmor=shop"],
    { seccomp: { kind: "localhost", profile: "(inline)" }, appArmor: { kind: "localhost", profile: "shop" } },
  ],
  [["label=disable"], { seLinux: { disabled: true } }],
  [["label:type:spc_t", "label=level:s0:c1,c2"], { seLinux: { type: "spc_t", level: "s0:c1,c2", disabled: false } }],
  [["systempaths=unconfined"], { unmaskedPaths: true }],
  [["unmask=/proc/kcore"], { unmaskedPaths: true }],
  [[], { noNewPrivileges: false, unmaskedPaths: false }],
])("%j", (options, expected) => {
  expect(parseSecurityOptions(options)).toMatchObject(expected);
});
