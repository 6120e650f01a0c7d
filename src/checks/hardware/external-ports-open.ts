import { defineCheck, failEach, notApplicable } from "../../core/check.ts";
import { platform } from "../../facts/hardware/platform.ts";

export default defineCheck({
  title: "New USB or Thunderbolt devices are let in unasked",
  severity: "low",
  clauses: ["4.5.1-b", "8176-4.1-pre"],
  why: "A device plugged into a server becomes keyboard, disk or network card before anyone agrees.",
  fix: "Install usbguard, or set usbcore.authorized_default=0 on the kernel command line; set Thunderbolt security to user or secure in the firmware.",
  needs: { platform },
  evaluate({ platform: { virtual, usbAuthorised, thunderbolt } }) {
    if (virtual === true) return notApplicable("the machine is virtual: nobody plugs devices into it");
    const usb = Object.entries(usbAuthorised).filter(([, value]) => value !== "0" && value !== "2");
    const bolts = Object.entries(thunderbolt).filter(([, level]) => level === "none");
    if (Object.keys(usbAuthorised).length + Object.keys(thunderbolt).length === 0)
      return notApplicable("the machine has neither USB nor Thunderbolt");
    const items = [...usb, ...bolts].map(([port, value]) => ({
      at: `/sys/bus/${port.startsWith("usb") ? "usb" : "thunderbolt"}/devices/${port}`,
      found: value,
      expected: "devices are authorised one by one",
      key: port,
    }));
    return failEach(items, { at: "/sys/bus/usb, /sys/bus/thunderbolt", found: "devices are authorised one by one" });
  },
  examples: {
    pass: [{ platform: { virtual: false, usbAuthorised: { usb1: "0" } } }],
    fail: [
      { platform: { virtual: false, usbAuthorised: { usb1: "1" } } },
      { platform: { virtual: false, thunderbolt: { domain0: "none" } } },
    ],
    notApplicable: [{ platform: { virtual: true } }, { platform: { virtual: false } }],
  },
});
