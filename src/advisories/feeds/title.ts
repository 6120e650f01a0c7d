/** Characters of a title that is taken from the beginning of a description. */
const longestTitle = 120;

/** The first sentence of a description, shortened to 120 characters at a word's end; it serves as a title where a feed has none. */
export function firstSentence(details: string | undefined): string | undefined {
  const sentence = details
    ?.trim()
    .split(/\.\s|\n/, 1)[0]
    ?.trim();
  if (sentence === undefined || sentence.length <= longestTitle) return sentence;
  return `${sentence.slice(0, sentence.lastIndexOf(" ", longestTitle))} …`;
}
