import type { Field } from "../field.ts";

/** Whether labels are selected by a Kubernetes label selector: an empty one selects all, `NotIn` also what lacks the key. An operator that Kubernetes does not know selects nothing. */
export function selects(selector: Field, labels: Readonly<Record<string, string>>): boolean {
  const exact = Object.entries(selector.at("matchLabels").record()).every(([key, value]) => labels[key] === value);
  return (
    exact &&
    selector
      .at("matchExpressions")
      .items()
      .every((expression) => holds(expression, labels))
  );
}

function holds(expression: Field, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[expression.at("key").text() ?? ""];
  const values = expression.at("values").texts();
  switch (expression.at("operator").text()) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    default:
      return false;
  }
}
