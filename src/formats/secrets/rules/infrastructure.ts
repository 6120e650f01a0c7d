import { isJsonWebToken } from "../json-web-token.ts";
import {
  alphanumeric,
  assigned,
  base64,
  hex,
  prefixed,
  type SecretRule,
  urlSafe,
  uuid,
  whole,
} from "../secret-rule.ts";

/** Credentials of secret stores, identity, networks, clusters and provisioning. */
export const infrastructureRules: readonly SecretRule[] = [
  prefixed("vault-service-token", "Vault service token", "critical", "hvs.", `${urlSafe}{24,200}`, { entropy: 3.5 }),
  prefixed("vault-batch-token", "Vault batch token", "high", ["hvb.", "hvr."], `${urlSafe}{60,400}`, {
    reach: 420,
    entropy: 3.8,
  }),
  assigned("vault-legacy-token", "Vault token", "critical", ["vault"], `s\\.${alphanumeric}{24}`),
  whole(
    "terraform-cloud-token",
    "HCP Terraform token",
    "critical",
    [".atlasv1."],
    `${alphanumeric}{14}\\.atlasv1\\.${urlSafe}{60,70}`,
    { before: [14], entropy: 3.8 },
  ),
  prefixed("pulumi-token", "Pulumi access token", "critical", "pul-", `${hex}{40}`),
  prefixed(
    "doppler-token",
    "Doppler token",
    "critical",
    ["dp.pt.", "dp.st.", "dp.ct.", "dp.sa.", "dp.scim.", "dp.audit."],
    "(?:[a-z0-9_-]{2,35}\\.)?[A-Za-z0-9]{40,44}",
    { entropy: 3.5 },
  ),
  prefixed(
    "onepassword-service-account",
    "1Password service account token",
    "critical",
    "ops_eyJ",
    "[A-Za-z0-9+/=_-]{200,2000}",
    { reach: 2_100 },
  ),
  prefixed(
    "age-secret-key",
    "age secret key",
    "critical",
    "AGE-SECRET-KEY-1",
    "[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}",
  ),
  prefixed("openshift-token", "OpenShift token", "critical", "sha256~", `${urlSafe}{43}`, { entropy: 3.8 }),
  assigned(
    "kubernetes-bootstrap-token",
    "Kubernetes bootstrap token",
    "high",
    ["bootstraptoken", "token"],
    "[a-z0-9]{6}\\.[a-z0-9]{16}",
    { entropy: 3.3 },
  ),
  assigned(
    "rancher-token",
    "Rancher API token",
    "critical",
    ["rancher", "token", "bearer"],
    "token-[a-z0-9]{5}:[a-z0-9]{54}",
    { entropy: 3.8 },
  ),
  whole(
    "docker-registry-auth",
    "Registry password in a Docker configuration",
    "high",
    ['"auth"'],
    `"auth"\\s{0,4}:\\s{0,4}"(?<secret>${base64}{12,500}={0,2})"`,
    { reach: 560, entropy: 2.5, isSound: isBasicCredential },
  ),
  whole(
    "json-web-token",
    "JSON web token",
    "medium",
    ["eyJhbGci", "eyJ0eXAi", "eyJraWQi", "eyJ4NXQi", "eyJqa3Ui", "eyJjdHki"],
    "eyJ[A-Za-z0-9_-]{10,2000}\\.eyJ[A-Za-z0-9_-]{10,6000}\\.[A-Za-z0-9_-]{20,1000}",
    { reach: 9_100, entropy: 3.5, isSound: isJsonWebToken },
  ),
  prefixed(
    "tailscale-key",
    "Tailscale key",
    "critical",
    ["tskey-auth-", "tskey-api-", "tskey-client-", "tskey-scim-", "tskey-webhook-"],
    `${alphanumeric}{8,20}-${alphanumeric}{20,40}`,
  ),
  assigned(
    "ngrok-token",
    "ngrok authentication token",
    "high",
    ["ngrok", "authtoken"],
    `[0-9][A-Za-z0-9]{26}_[A-Za-z0-9]{16,24}`,
    { entropy: 3.8 },
  ),
  assigned("wireguard-private-key", "WireGuard private key", "critical", ["privatekey"], `${base64}{43}=`, {
    entropy: 3.8,
  }),
  assigned("wireguard-preshared-key", "WireGuard preshared key", "high", ["presharedkey"], `${base64}{43}=`, {
    entropy: 3.8,
  }),
  whole(
    "openvpn-static-key",
    "OpenVPN static key",
    "critical",
    ["-----BEGIN OpenVPN Static key"],
    `-----BEGIN OpenVPN Static key V[12]-----[\\r\\n]{1,2}(?<secret>(?:${hex}{32}[\\r\\n]{1,2}){16})`,
    { reach: 700 },
  ),
  assigned("okta-token", "Okta API token", "critical", ["okta", "ssws"], `00${urlSafe}{40}`, { entropy: 3.8 }),
  assigned("auth0-client-secret", "Auth0 client secret", "critical", ["auth0"], `${urlSafe}{64}`, { entropy: 4 }),
  assigned("onelogin-secret", "OneLogin client secret", "high", ["onelogin"], `${hex}{64}`),
  assigned("duo-secret-key", "Duo secret key", "high", ["duo"], `${alphanumeric}{40}`, {
    entropy: 3.8,
    roles: ["skey", "secret"],
  }),
  assigned("consul-token", "Consul ACL token", "high", ["consul"], uuid),
  assigned("nomad-token", "Nomad ACL token", "high", ["nomad"], uuid),
  assigned(
    "etcd-encryption-key",
    "Kubernetes encryption-at-rest key",
    "critical",
    ["aescbc", "secretbox", "encryptionkey"],
    `${base64}{43}=`,
    { entropy: 3.8 },
  ),
  assigned("django-secret-key", "Django secret key", "high", ["secretkey"], "[a-z0-9!@#$%^&*(\\-_=+)]{50}", {
    entropy: 3.8,
  }),
  assigned(
    "rails-secret-key-base",
    "Rails secret key base",
    "high",
    ["secretkeybase", "secrettoken"],
    `${hex}{64,128}`,
  ),
  assigned("laravel-app-key", "Laravel application key", "high", ["appkey"], `base64:${base64}{43}=`, { entropy: 3.8 }),
  assigned("symfony-app-secret", "Symfony application secret", "medium", ["appsecret"], `${hex}{32}`),
  assigned(
    "asp-net-machine-key",
    "ASP.NET machine key",
    "high",
    ["validationkey", "decryptionkey"],
    "[A-F0-9]{32,128}",
  ),
];

function isBasicCredential(token: string): boolean {
  const [encoded = ""] = /[A-Za-z0-9+/]{12,}={0,2}(?="$)/.exec(token) ?? [];
  return /^[\x21-\x7e]{1,200}:[\x20-\x7e]{3,}$/.test(Buffer.from(encoded, "base64").toString("latin1"));
}
