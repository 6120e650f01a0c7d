import { alphanumeric, assigned, hex, prefixed, type SecretRule, urlSafe, uuid } from "../secret-rule.ts";

/** Credentials of office, design, customer and content services. */
export const collaborationRules: readonly SecretRule[] = [
  assigned(
    "airtable-token",
    "Airtable personal access token",
    "high",
    ["airtable"],
    `pat${alphanumeric}{14}\\.${hex}{64}|key${alphanumeric}{14}`,
  ),
  prefixed("notion-token", "Notion integration token", "high", "ntn_", `${alphanumeric}{43,50}`, { entropy: 3.8 }),
  prefixed("notion-legacy-token", "Notion integration token", "high", "secret_", `${alphanumeric}{43}`, {
    entropy: 3.8,
  }),
  prefixed("linear-api-key", "Linear API key", "high", "lin_api_", `${alphanumeric}{40}`, { entropy: 3.5 }),
  prefixed("linear-oauth-token", "Linear OAuth token", "high", "lin_oauth_", `${hex}{64}`),
  prefixed("figma-token", "Figma access token", "high", ["figd_", "figu_"], `${urlSafe}{40,48}`, { entropy: 3.5 }),
  assigned("trello-token", "Trello token", "high", ["trello"], `ATTA${alphanumeric}{72}|${hex}{64}|${hex}{32}`),
  assigned(
    "asana-token",
    "Asana access token",
    "high",
    ["asana"],
    `[0-9]/[0-9]{13,17}(?:/[0-9]{13,17})?:${hex}{32}|${hex}{32}`,
  ),
  prefixed("dropbox-token", "Dropbox access token", "high", "sl.", `(?:u\\.)?${urlSafe}{130,1300}`, {
    reach: 1_400,
    entropy: 4,
  }),
  assigned("dropbox-app-secret", "Dropbox app secret", "high", ["dropbox"], "[a-z0-9]{15}", { entropy: 3.2 }),
  prefixed("typeform-token", "Typeform token", "medium", "tfp_", `${urlSafe}{40,60}`, { entropy: 3.5 }),
  prefixed("contentful-token", "Contentful management token", "high", "CFPAT-", `${urlSafe}{43}`, { entropy: 3.5 }),
  prefixed(
    "hubspot-token",
    "HubSpot private app token",
    "high",
    ["pat-na1-", "pat-na2-", "pat-eu1-", "pat-ap1-"],
    uuid,
  ),
  prefixed("clickup-token", "ClickUp token", "high", "pk_", "[0-9]{5,10}_[A-Z0-9]{32}", { entropy: 3.5 }),
  prefixed("readme-api-key", "ReadMe API key", "medium", "rdme_", "[a-z0-9]{70}", { entropy: 3.8 }),
  assigned(
    "intercom-token",
    "Intercom access token",
    "high",
    ["intercom"],
    `dG9r${alphanumeric}{54}=|${alphanumeric}{60}=?`,
    { entropy: 3.8 },
  ),
  assigned("zendesk-token", "Zendesk API token", "high", ["zendesk"], `${alphanumeric}{40}`, { entropy: 3.8 }),
  assigned("freshdesk-key", "Freshdesk API key", "medium", ["freshdesk"], `${alphanumeric}{20}`, { entropy: 3.5 }),
  assigned(
    "salesforce-token",
    "Salesforce access token",
    "critical",
    ["salesforce", "sfdc"],
    "00D[A-Za-z0-9]{12,15}![A-Za-z0-9_.]{80,130}",
    { entropy: 3.8 },
  ),
  assigned("zoom-secret", "Zoom client secret", "high", ["zoom"], `${alphanumeric}{32}`, { entropy: 3.8 }),
  assigned("algolia-admin-key", "Algolia admin key", "high", ["algolia"], `${hex}{32}`),
  assigned(
    "mapbox-secret-token",
    "Mapbox secret token",
    "high",
    ["mapbox"],
    `sk\\.eyJ${urlSafe}{40,120}\\.${urlSafe}{22}`,
    { entropy: 3.8 },
  ),
  assigned("sendbird-token", "Sendbird API token", "medium", ["sendbird"], `${hex}{40}`),
  prefixed("adafruit-io-key", "Adafruit IO key", "medium", "aio_", "[a-zA-Z]{4}[0-9]{2}[a-zA-Z0-9]{22}", {
    entropy: 3.5,
  }),
  prefixed("frame-io-token", "Frame.io token", "medium", "fio-u-", `${urlSafe}{64}`, { entropy: 3.8 }),
  prefixed("shortcut-token", "Shortcut API token", "medium", "sct_", `(?:rw|ro)_[a-z0-9]+_${urlSafe}{40,70}`, {
    entropy: 3.5,
  }),
];
