import { alphanumeric, assigned, hex, prefixed, type SecretRule, urlSafe, uuid, whole } from "../secret-rule.ts";

/** Credentials of monitoring, logging, alerting and product analytics. */
export const observabilityRules: readonly SecretRule[] = [
  prefixed("new-relic-user-key", "New Relic user key", "high", "NRAK-", "[A-Z0-9]{27}", { entropy: 3.2 }),
  prefixed("new-relic-insights-key", "New Relic insights key", "medium", ["NRII-", "NRIQ-"], `${urlSafe}{32}`, {
    entropy: 3.5,
  }),
  assigned("new-relic-licence-key", "New Relic licence key", "high", ["newrelic"], `${hex}{36}NRAL|${hex}{40}`),
  assigned("datadog-api-key", "Datadog API key", "high", ["datadog", "ddapikey", "ddclientapikey"], `${hex}{32}`),
  assigned(
    "datadog-application-key",
    "Datadog application key",
    "high",
    ["datadog", "ddappkey", "ddapplicationkey"],
    `${hex}{40}|ddapp_${alphanumeric}{34}`,
  ),
  prefixed(
    "grafana-service-account-token",
    "Grafana service account token",
    "critical",
    "glsa_",
    `${alphanumeric}{32}_${hex}{8}`,
  ),
  prefixed("grafana-cloud-token", "Grafana Cloud token", "critical", "glc_eyJ", "[A-Za-z0-9+/=]{60,400}", {
    reach: 440,
  }),
  prefixed("grafana-api-key", "Grafana API key", "high", "eyJrIjoi", "[A-Za-z0-9+/]{60,140}={0,2}", { entropy: 3.8 }),
  prefixed("sentry-organisation-token", "Sentry organisation token", "high", "sntrys_eyJ", "[A-Za-z0-9+/=_-]{60,400}", {
    reach: 440,
  }),
  prefixed("sentry-user-token", "Sentry user token", "high", "sntryu_", `${hex}{64}`),
  whole(
    "sentry-legacy-dsn",
    "Sentry DSN with its secret part",
    "medium",
    [".ingest.sentry.io/", "@sentry.io/"],
    `${hex}{32}:${hex}{32}@(?:o[0-9]{1,10}\\.ingest\\.)?sentry\\.io/[0-9]{1,12}`,
    { before: [65, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77] },
  ),
  prefixed("dynatrace-token", "Dynatrace token", "high", "dt0c01.", "[A-Z2-7]{24}\\.[A-Z2-7]{64}"),
  prefixed("dynatrace-oauth-secret", "Dynatrace OAuth secret", "high", "dt0s02.", "[A-Z2-7]{8}\\.[A-Z2-7]{64}"),
  prefixed("honeycomb-key", "Honeycomb ingest key", "medium", ["hcaik_", "hcbik_"], "[a-z0-9]{58}", { entropy: 3.8 }),
  assigned("splunk-collector-token", "Splunk HTTP event collector token", "medium", ["splunk"], uuid),
  assigned("pagerduty-key", "PagerDuty API key", "high", ["pagerduty"], "[A-Za-z0-9_+-]{20}|[a-f0-9]{32}", {
    entropy: 3.5,
  }),
  assigned("opsgenie-key", "Opsgenie API key", "high", ["opsgenie", "geniekey"], uuid),
  assigned("rollbar-token", "Rollbar access token", "medium", ["rollbar"], `${hex}{32}`),
  assigned("logzio-token", "Logz.io token", "medium", ["logzio"], `${alphanumeric}{32}`, { entropy: 3.8 }),
  prefixed("elastic-cloud-key", "Elastic Cloud API key", "critical", "essu_", "[A-Za-z0-9+/=]{60,120}", {
    entropy: 3.8,
  }),
  prefixed("posthog-personal-key", "PostHog personal API key", "high", "phx_", `${alphanumeric}{43,50}`, {
    entropy: 3.8,
  }),
  assigned(
    "launchdarkly-key",
    "LaunchDarkly access token or SDK key",
    "high",
    ["launchdarkly", "ldsdk", "ldapi", "ldkey", "ldtoken", "ldaccess", "sdkkey"],
    `(?:api|sdk)-${uuid}`,
  ),
  prefixed("honeybadger-token", "Honeybadger token", "medium", "hbp_", `${alphanumeric}{36}`, { entropy: 3.8 }),
  assigned("amplitude-secret", "Amplitude secret key", "medium", ["amplitude"], `${hex}{32}`),
  assigned("mixpanel-secret", "Mixpanel secret", "medium", ["mixpanel"], `${hex}{32}`),
  assigned("segment-write-key", "Segment write key", "medium", ["segment"], `${alphanumeric}{32}`, { entropy: 3.8 }),
  assigned("sumologic-key", "Sumo Logic access key", "high", ["sumologic", "sumo"], `${alphanumeric}{64}`, {
    entropy: 3.8,
  }),
  assigned("bugsnag-key", "Bugsnag API key", "low", ["bugsnag"], `${hex}{32}`),
  prefixed("prefect-key", "Prefect API key", "high", ["pnu_", "pnb_"], `${alphanumeric}{36}`, { entropy: 3.8 }),
];
