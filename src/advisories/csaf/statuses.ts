import { listOf, member, textsOf } from "../feeds/feed.ts";

/** What a CSAF document says of a product, in VEX terms. */
export type CsafStatus = "not_affected" | "fixed" | "affected" | "under_investigation";

/** Product states of CSAF 2.0 (§3.2.3.9) in VEX terms. `recommended` names the versions to update to; `first_affected` and `last_affected` tell where a range ends. */
const statuses: readonly (readonly [key: string, status: CsafStatus])[] = [
  ["known_not_affected", "not_affected"],
  ["fixed", "fixed"],
  ["first_fixed", "fixed"],
  ["recommended", "fixed"],
  ["known_affected", "affected"],
  ["under_investigation", "under_investigation"],
];

/** Each product id that a vulnerability has a state for, with the state; in a fixed order. */
export function* productStatuses(vulnerability: unknown): Generator<readonly [id: string, status: CsafStatus]> {
  const table = member(vulnerability, "product_status");
  for (const [key, status] of statuses) for (const id of textsOf(listOf(member(table, key)))) yield [id, status];
}
