import { alphanumeric, assigned, hex, prefixed, type SecretRule, urlSafe, uuid, whole } from "../secret-rule.ts";

/** Credentials that move money or run shops. */
export const paymentRules: readonly SecretRule[] = [
  prefixed("stripe-secret-key", "Stripe secret key", "critical", "sk_live_", `${alphanumeric}{16,120}`),
  prefixed("stripe-restricted-key", "Stripe restricted key", "critical", "rk_live_", `${alphanumeric}{16,120}`),
  prefixed("stripe-test-key", "Stripe test key", "low", ["sk_test_", "rk_test_"], `${alphanumeric}{16,120}`),
  prefixed("stripe-webhook-secret", "Stripe webhook secret", "high", "whsec_", "[A-Za-z0-9+/=]{32,64}", {
    entropy: 3.5,
  }),
  prefixed("square-access-token", "Square access token", "critical", "sq0atp-", `${urlSafe}{22}`),
  prefixed("square-oauth-secret", "Square OAuth secret", "critical", "sq0csp-", `${urlSafe}{43}`),
  whole(
    "braintree-access-token",
    "Braintree access token",
    "critical",
    ["access_token$production$"],
    `access_token\\$production\\$[a-z0-9]{16}\\$${hex}{32}`,
  ),
  prefixed("razorpay-key", "Razorpay key id", "medium", "rzp_live_", `${alphanumeric}{14}`),
  prefixed("flutterwave-secret-key", "Flutterwave secret key", "critical", "FLWSECK-", `${hex}{12,40}(?:-X)?`),
  prefixed("plaid-access-token", "Plaid access token", "critical", "access-production-", uuid),
  assigned("plaid-secret", "Plaid secret", "critical", ["plaid"], `${hex}{30}`),
  prefixed("shopify-access-token", "Shopify access token", "critical", ["shpat_", "shpca_", "shppa_"], `${hex}{32}`),
  prefixed("shopify-shared-secret", "Shopify shared secret", "critical", "shpss_", `${hex}{32}`),
  assigned("mollie-api-key", "Mollie API key", "critical", ["mollie"], `live_${alphanumeric}{30}`, { entropy: 3.8 }),
  assigned("gocardless-token", "GoCardless token", "critical", ["gocardless", "gc"], `live_${urlSafe}{40}`, {
    entropy: 3.8,
  }),
  assigned("coinbase-secret", "Coinbase API secret", "critical", ["coinbase"], `${alphanumeric}{32,64}`, {
    entropy: 3.8,
  }),
  assigned("binance-secret", "Binance API secret", "critical", ["binance"], `${alphanumeric}{64}`, { entropy: 3.8 }),
  assigned("paypal-client-secret", "PayPal client secret", "critical", ["paypal"], `E${urlSafe}{60,90}`, {
    entropy: 3.8,
  }),
  prefixed("easypost-api-key", "EasyPost API key", "high", ["EZAK", "EZTK"], `${alphanumeric}{54}`, { entropy: 3.8 }),
  prefixed("shippo-token", "Shippo API token", "high", "shippo_live_", `${hex}{40}`),
  prefixed("duffel-token", "Duffel API token", "high", "duffel_live_", `${urlSafe}{43}`, { entropy: 3.5 }),
];
