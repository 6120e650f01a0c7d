import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { registryEndpoint } from "../../facts/registry/endpoint.ts";

const tls = { protocol: "TLSv1.3", trusted: true };

export default defineCheck({
  title: "Registry takes images from strangers",
  severity: "critical",
  clauses: ["4.2.3-b"],
  why: "Who may write without a name replaces the images that the platform runs tomorrow.",
  fix: "Demand authentication and a right to push for every write.",
  needs: { registryEndpoint },
  evaluate({ registryEndpoint }) {
    const { host, authentication, anonymousPush } = registryEndpoint;
    const expected = "401 Unauthorized";
    if (anonymousPush === true)
      return fail({
        at: `POST ${host}/v2/…/blobs/uploads/`,
        found: "an upload was begun for a stranger (and cancelled)",
        expected,
      });
    if (anonymousPush === false) return pass({ at: `POST ${host}/v2/…/blobs/uploads/`, found: "refused", expected });
    if (authentication === "basic")
      return pass({ at: `${host}/v2/`, found: "basic authentication for every request", expected });
    return unknown(
      "whether a stranger may begin an upload was not tried",
      "plimsoll assess registry HOST --probe-push (the upload is cancelled at once)",
    );
  },
  examples: {
    pass: [
      {
        registryEndpoint: {
          host: "registry.example",
          tls,
          plainHttp: false,
          authentication: "bearer",
          anonymousPush: false,
        },
      },
      { registryEndpoint: { host: "registry.example", tls, plainHttp: false, authentication: "basic" } },
    ],
    fail: [
      {
        registryEndpoint: {
          host: "registry.example",
          tls,
          plainHttp: false,
          authentication: "none",
          anonymousPush: true,
        },
      },
    ],
    unknown: [
      { registryEndpoint: { host: "registry.example", tls, plainHttp: false, authentication: "bearer" } },
      { registryEndpoint: { host: "registry.example", tls, plainHttp: false, authentication: "none" } },
    ],
  },
});
