/** What buildah notes at the first step that it adds to an image. */
const startedFrom = /^FROM (\S+)$/;

/** Whether a step of a history is the first of its build, by its comment; only buildah notes it. */
export function isFirstOfBuild(comment: string | undefined): boolean {
  return startedFrom.test(comment ?? "");
}

/** Where the base ends by what the builder noted at the first step of a build: how many layers came before it, and what FROM named. The last note counts. */
export function recordedBase(
  history: readonly { readonly comment?: string | undefined; readonly emptyLayer: boolean }[],
): { readonly layers: number; readonly reference: string | undefined } | undefined {
  const at = history.findLastIndex(({ comment }) => isFirstOfBuild(comment));
  if (at < 0) return undefined;
  const [, named = ""] = startedFrom.exec(history[at]!.comment!) ?? [];
  // A stage or an image without a name is noted by its id.
  const isName = named !== "scratch" && !/^(?:sha256:)?[0-9a-f]{12,64}$/.test(named);
  return {
    layers: history.slice(0, at).filter(({ emptyLayer }) => !emptyLayer).length,
    reference: isName ? named : undefined,
  };
}
