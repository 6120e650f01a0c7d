import { defineCheck } from "../../core/check.ts";
import { roles, rolesInForce, runsContainers } from "../../facts/host/roles.ts";
import { sysctl } from "../../facts/host/sysctl.ts";
import { atLeastNumber, judgeParameters, oneOf, type ParameterExpectation } from "./parameters.ts";

/** Interfaces that engines and network plugins make have their own rules. */
const ofContainers =
  /^(veth|cali|cilium|lxc|docker|br-|cni|flannel|vxlan|tunl|kube|podman|virbr|weave|antrea|nodelocaldns|dummy)/;

function expectationsFor(interfaces: readonly string[], containers: boolean): ParameterExpectation[] {
  const expectations: ParameterExpectation[] = [
    oneOf("net.ipv4.tcp_syncookies", "1", "2"),
    oneOf("net.ipv4.icmp_echo_ignore_broadcasts", "1"),
    { ...oneOf("net.ipv4.icmp_ignore_bogus_error_responses", "1"), severity: "low" },
  ];
  // ip-sysctl: redirects and source routes are taken where both `all` and the interface allow them while forwarding is on, so every interface counts.
  for (const name of interfaces) {
    expectations.push(
      ofInterface("net.ipv4.conf", name, "accept_redirects", "0"),
      ofInterface("net.ipv4.conf", name, "accept_source_route", "0"),
      ofInterface("net.ipv6.conf", name, "accept_redirects", "0"),
      ofInterface("net.ipv6.conf", name, "accept_source_route", "0", "-1"),
    );
    if (!containers)
      expectations.push({ ...ofInterface("net.ipv4.conf", name, "send_redirects", "0"), severity: "low" });
  }
  // The greater of `all` and the interface's counts; network plugins need loose mode (2) or none on their own interfaces.
  expectations.push({ ...atLeastNumber("net.ipv4.conf.all.rp_filter", containers ? 0 : 1), severity: "low" });
  return expectations;
}

/** All interfaces make one finding for each setting. */
function ofInterface(
  family: string,
  name: string,
  setting: string,
  ...values: readonly string[]
): ParameterExpectation {
  return { ...oneOf(`${family}.${name}.${setting}`, ...values), key: `${family} ${setting}` };
}

export default defineCheck({
  title: "Network parameters of the kernel let traffic be steered",
  severity: "medium",
  clauses: ["4.5.1-b"],
  why: "Redirects and source routes let a neighbour on the network send the host's traffic another way.",
  fix: "Set the named parameters in a file of /etc/sysctl.d.",
  references: ["CIS Debian Linux 12 1.1.0 3.3", "CIS Red Hat Enterprise Linux 9 2.0.0 3.3"],
  needs: { sysctl, roles },
  evaluate({ sysctl, roles }, { settings }) {
    const names = Object.keys(sysctl.values).flatMap(
      (name) => /^net\.ipv4\.conf\.(.+)\.accept_redirects$/.exec(name)?.[1] ?? [],
    );
    const interfaces = names.filter((name) => name !== "lo" && !ofContainers.test(name));
    return judgeParameters(sysctl, expectationsFor(interfaces, runsContainers(rolesInForce(roles, settings))));
  },
  examples: {
    pass: [
      {
        sysctl: {
          values: {
            "net.ipv4.tcp_syncookies": "1",
            "net.ipv4.conf.all.accept_redirects": "0",
            "net.ipv4.conf.veth1.accept_redirects": "1",
          },
        },
        roles: { roles: [{ role: "docker", shownBy: ["/usr/bin/dockerd"] }] },
      },
    ],
    fail: [
      {
        sysctl: { values: { "net.ipv4.conf.all.accept_redirects": "0", "net.ipv4.conf.eth0.accept_redirects": "1" } },
        roles: { roles: [] },
      },
      { sysctl: { values: { "net.ipv4.conf.all.rp_filter": "0" } }, roles: { roles: [] } },
    ],
  },
});
