import type { Assignment } from "./assignment.ts";
import type { FileClass } from "./file-class.ts";
import { isPlaceholder, isRandom } from "./placeholder.ts";
import { isPlainSecret } from "./plain-password.ts";
import { assignedRules } from "./rules.ts";
import type { AssignedRule, SecretSeverity } from "./secret-rule.ts";

const shortest = 4;

/** What a value is that stands under a secret's name. */
export interface AssignedSecret {
  readonly kind: string;
  readonly title: string;
  readonly severity: SecretSeverity;
  /** Whether a service's own rule names it, so that its severity depends on the place. */
  readonly isOfService: boolean;
}

/** What an assigned value is by its name and its characters; undefined where it is no secret. Examples and tests assign what looks like a service's. */
export function assignedSecret(assignment: Assignment, place: FileClass): AssignedSecret | undefined {
  const { name, value } = assignment;
  if (value.length < shortest) return undefined;
  const rule = place === "documentation" || place === "test" ? undefined : assignedRule(name, value);
  if (rule) return { kind: rule.kind, title: rule.title, severity: rule.severity, isOfService: true };
  if (!isPlainSecret(assignment, place)) return undefined;
  return {
    kind: "assigned-secret",
    title: "Password or key assigned to a name",
    severity: "medium",
    isOfService: false,
  };
}

/** The most telling rule for a value under a name. */
function assignedRule(name: string, value: string): AssignedRule | undefined {
  if (value.length < 12 || value.length > 2_048) return undefined;
  const plain = name.toLowerCase().replace(/[_.-]/g, "");
  return assignedRules.find(
    (rule) =>
      rule.names.some((part) => plain.includes(part)) &&
      rule.roles.some((part) => plain.includes(part)) &&
      rule.value.test(value) &&
      !isPlaceholder(value) &&
      isRandom(value, rule.entropy),
  );
}
