import { defineCheck, fail, notApplicable, pass } from "../../core/check.ts";
import { registryEndpoint } from "../../facts/registry/endpoint.ts";

const tls = { protocol: "TLSv1.3", trusted: true };

export default defineCheck({
  title: "Registry's certificate not trusted",
  severity: "high",
  clauses: ["4.2.1-b"],
  why: "A certificate that clients cannot check makes people switch the check off, and then anyone can stand in for the registry.",
  fix: "Install a certificate from an authority that the clients trust, with the registry's name, and renew it before it expires.",
  needs: { registryEndpoint },
  evaluate({ registryEndpoint }, { now }) {
    const { tls, host } = registryEndpoint;
    if (tls === undefined) return notApplicable("it does not speak TLS; see registry/plain-http");
    const expected = "a trusted, valid certificate";
    if (!tls.trusted) return fail({ at: host, found: tls.problem ?? "not trusted", expected });
    if (tls.expires !== undefined && new Date(tls.expires) <= now)
      return fail({ at: host, found: `expired ${tls.expires}`, expected });
    return pass({ at: host, found: `trusted${tls.expires === undefined ? "" : `, until ${tls.expires}`}`, expected });
  },
  examples: {
    pass: [{ registryEndpoint: { host: "registry.example", tls, plainHttp: false, authentication: "bearer" } }],
    fail: [
      {
        registryEndpoint: {
          host: "registry.example",
          tls: { protocol: "TLSv1.3", trusted: false, problem: "self-signed certificate" },
          plainHttp: false,
          authentication: "basic",
        },
      },
      {
        registryEndpoint: {
          host: "registry.example",
          tls: { ...tls, expires: "2025-12-31T00:00:00.000Z" },
          plainHttp: false,
          authentication: "basic",
        },
      },
    ],
    notApplicable: [{ registryEndpoint: { host: "registry.example:5000", plainHttp: true, authentication: "none" } }],
  },
});
