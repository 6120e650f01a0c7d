import { defineCheck, failEach } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "Port published on every address of the host",
  severity: "medium",
  clauses: ["8176-5.6-T2"],
  why: "A port that is bound to no address answers on every network of the host, its public one included.",
  fix: "Bind it to an address: `hostIP: 127.0.0.1`, `-p 127.0.0.1:8080:80`.",
  references: ["CIS Docker 1.6.0 5.14"],
  needs: { container },
  evaluate({ container }) {
    const published = container.ports
      .map((port, index) => ({ ...port, index }))
      .filter((port) => port.host !== undefined);
    const found = published
      .filter((port) => port.hostAddress === undefined || /^(?:0\.0\.0\.0|::|\[::\])?$/.test(port.hostAddress))
      .map((port) => ({
        ...seenIn(container, `ports.${port.index}`),
        key: `${port.host}/${port.protocol}`,
        found: `${port.hostAddress || "every address"}:${port.host}/${port.protocol}`,
        expected: "one address",
      }));
    return failEach(found, {
      ...seenIn(container, ""),
      found: `${published.length} published ports, none on every address`,
      expected: "none on every address",
    });
  },
  examples: {
    pass: [
      {
        container: exampleContainer({
          ports: [{ container: 80 }, { container: 81, host: 8081, hostAddress: "127.0.0.1" }],
        }),
      },
    ],
    fail: [
      { container: exampleContainer({ ports: [{ container: 80, host: 80 }] }) },
      {
        container: exampleContainer({
          runtime: "docker",
          ports: [{ container: 80, host: 80, hostAddress: "0.0.0.0" }],
        }),
      },
    ],
  },
});
