import { imageAccounts } from "../../facts/image/accounts.ts";
import { defineDockerfileCollector } from "./dockerfile-collector.ts";

/** A Dockerfile names no accounts: that numbers are users is all that is known. */
export const dockerfileAccounts = defineDockerfileCollector({
  provides: imageAccounts,
  collect: () => ({ present: false, isKnown: false, users: [] }),
});
