import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { serviceConfinement } from "./service-confinement.ts";
import { scoreOf, serviceExposure } from "./service-exposure.ts";
import { nativeCallsOf, systemCallsOf } from "./system-call-groups.ts";
import { parseUnitFile } from "./unit-file.ts";

function measure(...lines: readonly string[]) {
  return serviceExposure(parseUnitFile(`[Service]\n${lines.join("\n")}\n`), "x.service");
}
function open(option: string, ...lines: readonly string[]): number | undefined {
  const row = measure(...lines).rows.find((one) => one.option === option);
  if (!row) throw new Error(`no option ${option}`);
  return row.open;
}
const admin = "CapabilityBoundingSet=~CAP_SYS_ADMIN";

describe("service exposure", () => {
  // A service without a setting measures 9.6 where systemd runs, the best confined nearly nothing.
  it("ranges from a bare service to a closed one", () => {
    expect(measure("ExecStart=/bin/true").score).toBe(9.6);
    expect(
      measure(
        "DynamicUser=yes",
        "PrivateNetwork=yes",
        "PrivateUsers=yes",
        "PrivateDevices=yes",
        "ProtectHome=yes",
        "ProtectControlGroups=yes",
        "ProtectKernelModules=yes",
        "ProtectKernelTunables=yes",
        "ProtectKernelLogs=yes",
        "ProtectClock=yes",
        "ProtectProc=invisible",
        "CapabilityBoundingSet=",
        "RestrictNamespaces=yes",
        "RestrictAddressFamilies=none",
        "RestrictRealtime=yes",
        "SystemCallFilter=@default",
        "SystemCallArchitectures=native",
        "IPAddressDeny=any",
      ).score,
    ).toBeLessThan(1);
  });

  it.each([
    [["PrivateTmp=yes", "PrivateTmp=perhaps"], "PrivateTmp=", 0],
    [["PrivateTmp=yes", "PrivateTmp=no"], "PrivateTmp=", 1],
    [["ProtectSystem=full"], "ProtectSystem=", 0.3],
    [["ProtectSystem=full"], "PrivateMounts=", 0],
    [["CapabilityBoundingSet=CAP_KILL"], admin, 0],
    [["CapabilityBoundingSet=CAP_KILL", "CapabilityBoundingSet=CAP_SYS_ADMIN"], admin, 1],
    [["CapabilityBoundingSet=CAP_SYS_ADMIN CAP_KILL", "CapabilityBoundingSet=~CAP_SYS_ADMIN"], admin, 0],
    [["CapabilityBoundingSet=CAP_KILL", "CapabilityBoundingSet=~"], admin, 1],
    [["PrivateDevices=yes"], "CapabilityBoundingSet=~CAP_MKNOD", 0],
    [["PrivateDevices=yes"], "DeviceAllow=", 0],
    [["PrivateDevices=yes", "DeviceAllow=/dev/kvm rw"], "DeviceAllow=", 0.5],
    [["DynamicUser=yes"], "User=/DynamicUser=", 0],
    [["DynamicUser=yes"], "NoNewPrivileges=", 0],
    [["User=nobody"], "User=/DynamicUser=", 0.9],
    [["User=%i"], "User=/DynamicUser=", 1],
    [["RestrictNamespaces=~user"], "RestrictNamespaces=~user", 0],
    [["RestrictNamespaces=~user"], "RestrictNamespaces=~net", 1],
    [["RestrictNamespaces=user wrong"], "RestrictNamespaces=~net", 1],
    [["RestrictAddressFamilies=AF_UNIX"], "RestrictAddressFamilies=~AF_PACKET", 0],
    [["RestrictAddressFamilies=AF_UNIX"], "RestrictAddressFamilies=~AF_UNIX", 1],
    [["RestrictAddressFamilies=AF_UNIX", "RestrictAddressFamilies="], "RestrictAddressFamilies=~AF_PACKET", 1],
    [["SystemCallFilter=@system-service"], "SystemCallFilter=~@mount", 0],
    [["SystemCallFilter=@system-service"], "SystemCallFilter=~@privileged", 0.9],
    [["SystemCallFilter=@system-service", "SystemCallFilter=~@privileged"], "SystemCallFilter=~@privileged", 0],
    [["SystemCallFilter=~@mount"], "SystemCallFilter=~@mount", 0],
    [["SystemCallFilter=~@mount"], "SystemCallFilter=~@swap", 1],
    // A call that is refused with an error is refused.
    [["SystemCallFilter=@system-service @reboot:EPERM"], "SystemCallFilter=~@reboot", 0],
    [["SystemCallArchitectures=native x86"], "SystemCallArchitectures=", 0.8],
    [["IPAddressDeny=any", "IPAddressAllow=localhost"], "IPAddressDeny=", 0.2],
    [["IPAddressDeny=any", "IPAddressAllow=10.0.0.0/8"], "IPAddressDeny=", 0.5],
    [["UMask=0077"], "UMask=", 0],
    [["SupplementaryGroups=adm"], "SupplementaryGroups=", undefined],
    [["User=daemon", "SupplementaryGroups=adm"], "SupplementaryGroups=", 1],
  ] as const)("%j: %s is open by %s", (lines, option, expected) => {
    expect(open(option, ...lines)).toBe(expected);
  });

  it("asks less of a service of the early boot", () => {
    const settings = parseUnitFile("[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/true\n");
    const rows = serviceExposure(settings, "x.service").rows.filter((row) => row.open === undefined);
    expect(rows.map((row) => row.option)).toEqual([
      "SupplementaryGroups=",
      "PrivateTmp=",
      "ProtectHome=",
      "ProtectSystem=",
      "RootDirectory=/RootImage=",
      "RemoveIPC=",
    ]);
  });

  it("counts what a setting closes only downwards", () => {
    const closing = fc.constantFrom(
      ..."NoNewPrivileges PrivateDevices PrivateNetwork ProtectClock ProtectKernelLogs RestrictRealtime LockPersonality RestrictNamespaces ProtectControlGroups".split(
        " ",
      ),
    );
    fc.assert(
      fc.property(fc.uniqueArray(closing), closing, (names, more) => {
        const lines = names.map((name) => `${name}=yes`);
        expect(measure(...lines, `${more}=yes`).score).toBeLessThanOrEqual(measure(...lines).score);
      }),
    );
  });

  it("adds up weights as shares of ten, rounded up", () => {
    expect(scoreOf([])).toBe(0);
    expect(
      scoreOf([
        { option: "a", weight: 100, open: 1 },
        { option: "b", weight: 200, open: 0 },
        { option: "c", weight: 900, open: undefined },
      ]),
    ).toBe(3.4);
  });

  it("answers any text", () => {
    const names =
      "User CapabilityBoundingSet SystemCallFilter RestrictNamespaces RestrictAddressFamilies UMask DeviceAllow";
    survivesAnyText(
      (text) => {
        const { score, rows } = serviceExposure(parseUnitFile(`[Service]\n${text}`), "x@y.service");
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(10);
        return rows;
      },
      [
        ...names.split(" ").map((name) => `${name}=`),
        "~",
        "@known",
        "@privileged",
        "__proto__",
        ":",
        "%",
        "\n",
        " ",
        '"',
      ],
    );
  });
});

describe("system call groups", () => {
  it("contain each other", () => {
    expect(systemCallsOf("@privileged")).toEqual(expect.arrayContaining(["swapon", "chown", "init_module", "bpf"]));
    expect(systemCallsOf("@known")).toEqual(expect.arrayContaining([...systemCallsOf("@clock")!]));
    expect(systemCallsOf("@none")).toBeUndefined();
    expect(systemCallsOf("@constructor")).toBeUndefined();
    expect(nativeCallsOf("@clock")).not.toContain("clock_settime64");
  });
});

describe("confinement", () => {
  it("puts the instance into the user's name", () => {
    const settings = parseUnitFile("[Service]\nUser=web-%i\nRootDirectory=/srv/%p\n");
    expect(serviceConfinement(settings, "app@one.service")).toMatchObject({
      user: "web-one",
      rootDirectory: "/srv/app",
    });
  });
});
