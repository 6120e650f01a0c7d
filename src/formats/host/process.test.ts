import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import {
  capabilitiesOf,
  cgroupPath,
  containerOfCgroup,
  parseProcessStatus,
  startTicks,
  unitOfCgroup,
} from "./process.ts";
import { classify } from "./process-class.ts";

const id = "ab".repeat(32);
const traits = {
  kernelThread: false,
  inContainer: false,
  name: "x",
  executable: "/usr/bin/x",
  unit: undefined,
  ancestors: [],
};

describe("processes", () => {
  it.each([
    [`/system.slice/docker-${id}.scope`, "docker", undefined],
    [`/docker/${id}`, "docker", undefined],
    [
      `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod0a1b2c3d_0000_1111_2222_333344445555.slice/cri-containerd-${id}.scope`,
      "containerd",
      "0a1b2c3d-0000-1111-2222-333344445555",
    ],
    [
      `/kubepods/besteffort/pod0a1b2c3d-0000-1111-2222-333344445555/${id}`,
      "containerd",
      "0a1b2c3d-0000-1111-2222-333344445555",
    ],
    [`/machine.slice/libpod-${id}.scope/container`, "podman", undefined],
    [`/kubepods.slice/crio-${id}.scope`, "cri-o", undefined],
    ["/lxc.payload.web", "lxc", undefined],
  ])("knows the container of %s", (path, engine, pod) => {
    expect(containerOfCgroup(path)).toMatchObject({ engine, ...(pod ? { pod } : {}) });
  });

  it.each([
    "/system.slice/ssh.service",
    "/",
    "/user.slice/user-0.slice/session-1.scope",
    `/machine.slice/libpod-conmon-${id}.scope`,
    "/machine.slice/machine-qemu\\x2d1.scope",
  ])("takes %s for the host's", (path) => {
    expect(containerOfCgroup(path)).toBeUndefined();
  });

  it("prefers the hierarchy that says something", () => {
    expect(cgroupPath(`12:pids:/docker/${id}\n1:name=systemd:/\n0::/\n`)).toBe(`/docker/${id}`);
    expect(cgroupPath("0::/system.slice/ssh.service\n")).toBe("/system.slice/ssh.service");
    expect(unitOfCgroup("/system.slice/ssh.service")).toBe("ssh.service");
    expect(unitOfCgroup("/user.slice/user-1000.slice/user@1000.service/app.slice/x.service")).toBe("user@1000.service");
  });

  it("reads a name with brackets and spaces", () => {
    expect(startTicks(`7 (a) b) S 1 ${"0 ".repeat(17)}4242 0`)).toBe(4242);
    expect(parseProcessStatus("Name:\ta b\nUid:\t0\t0\t0\t0\n").get("Name")).toBe("a b");
  });

  it("names capabilities", () => {
    expect(capabilitiesOf("0000000000200001")).toEqual(["CAP_CHOWN", "CAP_SYS_ADMIN"]);
    expect(capabilitiesOf("000001ffffffffff")).toHaveLength(41);
    expect(capabilitiesOf("zz")).toEqual([]);
  });

  it("classifies each kind", () => {
    expect(classify({ ...traits, kernelThread: true }).class).toBe("kernel");
    expect(classify({ ...traits, inContainer: true, name: "dockerd" }).class).toBe("container");
    expect(classify({ ...traits, name: "containerd-shim" }).class).toBe("infrastructure");
    expect(classify({ ...traits, name: "bash", unit: "session-3.scope" }).class).toBe("session");
    expect(classify({ ...traits, name: "vim", ancestors: ["bash", "sshd"] }).class).toBe("session");
    expect(classify({ ...traits, name: "mysqld", unit: "mysql.service" }).class).toBe("unknown");
  });

  it("answers any text", () => {
    survivesAnyText(
      (text) => [
        parseProcessStatus(text),
        startTicks(text),
        cgroupPath(text),
        containerOfCgroup(text),
        unitOfCgroup(text),
        capabilitiesOf(text),
      ],
      ["/", "docker-", id, ".scope", ":", "0::", "\n", ")", "pod"],
    );
  });
});
