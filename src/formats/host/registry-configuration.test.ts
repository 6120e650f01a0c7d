import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import {
  containerdHosts,
  containerdRegistries,
  containersRegistries,
  crioRegistries,
  dockerRegistries,
  signaturePolicy,
} from "./registry-configuration.ts";

describe("registry configuration", () => {
  it("reads Docker's", () => {
    expect(
      dockerRegistries('{"insecure-registries":["r.example:5000"],"registry-mirrors":["http://m.example"]}', "f"),
    ).toEqual({
      insecure: [
        { registry: "r.example:5000", how: "plain-http", file: "f" },
        { registry: "http://m.example", how: "plain-http", file: "f" },
      ],
      mirrors: [{ registry: "docker.io", mirror: "http://m.example", file: "f" }],
    });
  });

  it("reads both versions of registries.conf", () => {
    expect(containersRegistries("[registries.insecure]\nregistries = ['old.example']\n", "f").insecure).toEqual([
      { registry: "old.example", how: "plain-http", file: "f" },
    ]);
    const found = containersRegistries(
      '[[registry]]\nprefix="a.example"\nlocation="b.example"\ninsecure=true\n[[registry.mirror]]\nlocation="m.example"\ninsecure=true\n',
      "f",
    );
    expect(found.insecure.map(({ registry }) => registry)).toEqual(["b.example", "m.example"]);
    expect(found.mirrors).toEqual([{ registry: "a.example", mirror: "m.example", file: "f" }]);
  });

  it("reads containerd's own file and those of single registries", () => {
    const text = `version = 2
[plugins."io.containerd.grpc.v1.cri".registry]
config_path = "/etc/containerd/certs.d:/etc/docker/certs.d"
[plugins."io.containerd.grpc.v1.cri".registry.mirrors."docker.io"]
endpoint = ["http://m.example", "https://n.example"]
[plugins."io.containerd.grpc.v1.cri".registry.configs."s.example".tls]
insecure_skip_verify = true
`;
    const found = containerdRegistries(text, "f");
    expect(found.folders).toEqual(["/etc/containerd/certs.d", "/etc/docker/certs.d"]);
    expect(found.insecure).toEqual([
      { registry: "s.example", how: "unverified-tls", file: "f" },
      { registry: "http://m.example", how: "plain-http", file: "f" },
    ]);
    expect(
      containerdHosts(
        'server="https://r.example"\n[host."http://m.example"]\n[host."https://n.example"]\nskip_verify=true\n',
        "h",
        "r.example",
      ).insecure,
    ).toEqual([
      { registry: "http://m.example", how: "plain-http", file: "h" },
      { registry: "https://n.example", how: "unverified-tls", file: "h" },
    ]);
  });

  it("reads CRI-O's and signature policies", () => {
    expect(crioRegistries("[crio.image]\ninsecure_registries=['a.example']", "f").insecure).toHaveLength(1);
    expect(
      signaturePolicy(
        '{"default":[{"type":"reject"}],"transports":{"docker":{"r.example":[{"type":"signedBy"},{"type":"sigstoreSigned"}]}}}',
        "f",
      ),
    ).toEqual({ file: "f", default: "reject", scopes: { "docker:r.example": "signedBy+sigstoreSigned" } });
  });

  it("answers any text", () => {
    for (const read of [dockerRegistries, containersRegistries, crioRegistries, containerdRegistries, signaturePolicy])
      survivesAnyText(
        (text) => read(text, "f"),
        ["{", "}", "[", "]", '"insecure-registries"', ":", "registry", "=", "true", "\n", '"x"'],
      );
    survivesAnyText(
      (text) => containerdHosts(text, "f", "r"),
      ["[host.", '"http://x"', "]", "\n", "server", "=", "skip_verify=true"],
    );
  });
});
