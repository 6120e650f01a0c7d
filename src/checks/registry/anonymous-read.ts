import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { registryEndpoint } from "../../facts/registry/endpoint.ts";

const tls = { protocol: "TLSv1.3", trusted: true };

export default defineCheck({
  title: "Registry gives images to strangers",
  severity: "medium",
  clauses: ["4.2.3-a"],
  why: "Who may read images without a name reads the software in them, and often its secrets, and nobody knows who it was.",
  fix: "Demand authentication for every read, or keep what is public in a registry that holds nothing else.",
  needs: { registryEndpoint },
  evaluate({ registryEndpoint }) {
    const { host, authentication, anonymousCatalog, anonymousPull } = registryEndpoint;
    const expected = "401 Unauthorized";
    if (authentication === "none") return fail({ at: `${host}/v2/`, found: "no authentication asked for", expected });
    if (anonymousCatalog === true) return fail({ at: `${host}/v2/_catalog`, found: "listed for a stranger", expected });
    if (anonymousPull === true) return fail({ at: host, found: "an image was readable for a stranger", expected });
    if (authentication === "bearer" && anonymousPull === undefined && anonymousCatalog === undefined)
      return unknown(
        "whether its token server gives strangers a token to read was not tried",
        "plimsoll assess registry HOST --repository NAME",
      );
    return pass({ at: `${host}/v2/`, found: `${authentication} authentication`, expected });
  },
  examples: {
    pass: [
      { registryEndpoint: { host: "registry.example", tls, plainHttp: false, authentication: "basic" } },
      {
        registryEndpoint: {
          host: "registry.example",
          tls,
          plainHttp: false,
          authentication: "bearer",
          anonymousCatalog: false,
        },
      },
    ],
    fail: [
      { registryEndpoint: { host: "registry.example", tls, plainHttp: false, authentication: "none" } },
      {
        registryEndpoint: {
          host: "registry.example",
          tls,
          plainHttp: false,
          authentication: "bearer",
          anonymousCatalog: true,
        },
      },
      {
        registryEndpoint: {
          host: "registry.example",
          tls,
          plainHttp: false,
          authentication: "bearer",
          anonymousCatalog: false,
          anonymousPull: true,
        },
      },
    ],
    unknown: [{ registryEndpoint: { host: "registry.example", tls, plainHttp: false, authentication: "bearer" } }],
  },
});
