import { compareText } from "../../core/canonical-json.ts";
import { defineDerivation } from "../../core/derivation.ts";
import type { Fact } from "../../core/fact.ts";
import { Missing, type Observation, type Snapshot } from "../../core/snapshot.ts";
import type { Subject } from "../../core/subject.ts";
import { platform } from "../../facts/hardware/platform.ts";
import { containerOsOf } from "../../facts/host/container-os.ts";
import { engine } from "../../facts/host/engine.ts";
import { machine } from "../../facts/host/machine.ts";
import { hostOsRelease } from "../../facts/host/os-release.ts";
import { type HostRole, roles } from "../../facts/host/roles.ts";
import { services } from "../../facts/host/services.ts";

/** Units that only a machine for builds runs. */
const buildAgents =
  /^(actions\.runner\..*|gitlab-runner|jenkins|jenkins-agent|buildkite-agent|drone-runner.*|woodpecker-agent|concourse-worker|teamcity-agent|vsts\.agent\..*)\.service$/;

export default defineDerivation({
  provides: roles,
  *derive(snapshot) {
    for (const subject of subjectsOf(snapshot, [engine, machine, platform, hostOsRelease, services]))
      yield derived(snapshot, subject);
  },
});

function subjectsOf(snapshot: Snapshot, facts: readonly Fact[]): Subject[] {
  const subjects = new Set(facts.flatMap((fact) => snapshot.subjectsOf(fact)));
  return [...subjects].filter((subject) => subject.startsWith("host/")).sort(compareText);
}

function derived(snapshot: Snapshot, subject: Subject): Observation {
  const shown = new Map<HostRole, string[]>();
  const note = (role: HostRole, ...by: readonly string[]): void => {
    shown.set(role, [...(shown.get(role) ?? []), ...by]);
  };
  noteEngines(snapshot, subject, note);
  notePlatform(snapshot, subject, note);
  const release = snapshot.find(hostOsRelease, subject);
  if (!(release instanceof Missing) && containerOsOf(release))
    note("container-os", `${release.path}: ID=${release.id}`);
  const units = snapshot.find(services, subject);
  for (const unit of units instanceof Missing ? [] : units.units) {
    if (buildAgents.test(unit.name) && (unit.running || unit.enabled)) note("ci", unit.name);
  }
  const value = {
    roles: [...shown].map(([role, shownBy]) => ({ role, shownBy })).sort((a, b) => compareText(a.role, b.role)),
  };
  return { fact: roles.id, subject, source: "engines, platform, distribution and services", value };
}

type Note = (role: HostRole, ...by: readonly string[]) => void;

const engineRoles: readonly HostRole[] = ["docker", "containerd", "cri-o", "podman"];

function noteEngines(snapshot: Snapshot, subject: Subject, note: Note): void {
  const found = snapshot.find(engine, subject);
  for (const entry of found instanceof Missing ? [] : found.engines) {
    const role = engineRoles.find((name) => name === entry.engine);
    if (role) note(role, ...entry.shownBy);
    if (entry.rootless === true || entry.sockets.some((socket) => socket.path.startsWith("/run/user/")))
      note("rootless", ...entry.shownBy);
    if (entry.engine !== "kubelet") continue;
    note("kubernetes-worker", ...entry.shownBy);
    if (entry.controlPlane.length > 0) note("kubernetes-control-plane", ...entry.controlPlane);
  }
}

/** The host's own view of the machine; where only hardware was assessed, that of the hardware. A cloud's bare metal has the cloud's tables and no hypervisor. */
function notePlatform(snapshot: Snapshot, subject: Subject, note: Note): void {
  const own = snapshot.find(machine, subject);
  const found = own instanceof Missing ? snapshot.find(platform, subject) : own;
  if (found instanceof Missing) return;
  const shownBy = "shownBy" in found ? found.shownBy : ["/proc/cpuinfo: flags of the processor"];
  const [first = "the machine"] = shownBy;
  if (found.virtual === false) note("bare-metal", first);
  if (found.virtual === true) note("virtual", found.hypervisor ? `${first} (${found.hypervisor})` : first);
  if (found.cloud !== undefined)
    note("cloud", `${shownBy.find((line) => line.includes("/dmi/")) ?? "firmware tables"}: ${found.cloud}`);
}
