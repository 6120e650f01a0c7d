import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { engineCommand, shellCommands } from "./engine-command.ts";

describe("engineCommand", () => {
  it.each<[string, string | undefined]>([
    ["docker exec -it web sh", "docker exec"],
    ["/usr/bin/docker -H tcp://x:2375 --tls run --rm x", "docker run"],
    ["sudo -u root -n docker ps", "docker ps"],
    ["sudo -i", undefined],
    ["env A=b DOCKER_HOST=x podman exec c sh", "podman exec"],
    ["A=b kubectl -n prod exec deploy/x -- sh", "kubectl exec"],
    ["timeout 5 crictl -r unix:///x pods", "crictl pods"],
    ["nsenter -t 1 -m sh", "nsenter"],
    ["nsenter --target 77 --mount", "nsenter"],
    ["echo docker exec", undefined],
    ["dockerd", undefined],
    ["docker", "docker"],
    ["docker login-secret=TOKEN", "docker"],
  ])("%s", (line, expected) => {
    const found = engineCommand(line.split(" "));
    // A process to enter is no verb.
    const text = found && (found.tool === "nsenter" || found.verb === "" ? found.tool : `${found.tool} ${found.verb}`);
    expect(text).toBe(expected);
  });

  it("keeps no argument, which may be a secret", () => {
    const words = ["docker", "run", "-e", "PASSWORD=hunter2", "x"];
    expect(JSON.stringify(engineCommand(words))).not.toContain("hunter2");
  });
});

describe("shellCommands", () => {
  it("parts commands and words as a shell does", () => {
    expect(shellCommands('cd /x && docker exec \'a b\' sh -c "echo \\"hi\\"" | tee y # docker rm')).toEqual([
      ["cd", "/x"],
      ["docker", "exec", "a b", "sh", "-c", 'echo "hi"'],
      ["tee", "y"],
    ]);
  });

  it("survives any text", () => {
    survivesAnyText(
      (text) => shellCommands(text).map(engineCommand),
      ["docker", " ", "'", '"', "\\", "|", "sudo ", "-u", ";", "#", "env "],
    );
  });
});
