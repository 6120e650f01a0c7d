import { artificialIntelligenceRules } from "./rules/artificial-intelligence.ts";
import { cloudRules } from "./rules/cloud.ts";
import { codeHostingRules } from "./rules/code-hosting.ts";
import { collaborationRules } from "./rules/collaboration.ts";
import { infrastructureRules } from "./rules/infrastructure.ts";
import { messagingRules } from "./rules/messaging.ts";
import { observabilityRules } from "./rules/observability.ts";
import { packageRegistryRules } from "./rules/package-registry.ts";
import { paymentRules } from "./rules/payment.ts";
import type { AssignedRule, SecretRule, TokenRule } from "./secret-rule.ts";

/** Every kind of secret that a form or a name gives away; private keys, password files and addresses with passwords have readers of their own. */
export const secretRules: readonly SecretRule[] = [
  ...cloudRules,
  ...codeHostingRules,
  ...packageRegistryRules,
  ...artificialIntelligenceRules,
  ...paymentRules,
  ...messagingRules,
  ...collaborationRules,
  ...observabilityRules,
  ...infrastructureRules,
];

/** The rules for tokens with a form of their own. */
export const tokenRules: readonly TokenRule[] = secretRules.filter((rule) => rule.form === "token");
/** The rules for values that are told by their name. */
export const assignedRules: readonly AssignedRule[] = secretRules.filter((rule) => rule.form === "assigned");
