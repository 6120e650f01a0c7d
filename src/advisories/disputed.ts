/** What the CVE list and those who describe a vulnerability write where its finder and its maintainer disagree. */
const notes =
  /\*\* ?DISPUTED|NOTE: [^.]{0,160}(disput|non-security|not a (security|vulnerab)|no real threat|do(es)? not (consider|recogni[sz])|not recogni[sz]|do not think|don't think|intentionally|is not an authentication)/i;

/** Whether a description says that the maintainers dispute that this is a vulnerability at all. */
export function isDisputed(description: string): boolean {
  return notes.test(description);
}
