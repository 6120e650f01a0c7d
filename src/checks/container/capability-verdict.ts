import { fail, failEach, type Verdict } from "../../core/check.ts";
import { capabilityOrigin } from "../../facts/container/capabilities.ts";
import type { Container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";

/** Fails for each of the capabilities that the container has: added, left in the default set, or all of them because it is privileged. */
export function capabilityVerdict(container: Container, capabilities: readonly string[]): Verdict {
  const expected = `no ${capabilities.join(", ")}`;
  if (container.privileged)
    return fail({
      ...seenIn(container, "privileged"),
      key: "privileged",
      found: "every capability, for it is privileged",
      expected,
    });
  const found = capabilities.flatMap((capability) => {
    const origin = capabilityOrigin(container, capability);
    if (origin === undefined) return [];
    const field = origin === "added" ? "capabilities.add" : "capabilities.drop";
    return [{ ...seenIn(container, field), key: capability, found: `${capability} (${origin})`, expected: "absent" }];
  });
  return failEach(found, { ...seenIn(container, "capabilities"), found: container.capabilities, expected });
}
