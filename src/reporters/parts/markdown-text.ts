import { visible } from "./visible-text.ts";

/** Text that Markdown shows as it is: markup characters become character references, so that no host renders links, images, mentions, emoji or HTML from a target. */
export function markdownText(text: string): string {
  return visible(text)
    .replace(/[\\`*_{}[\]<>#!|&~@$]/g, reference)
    .replace(/:(?=\/\/|[A-Za-z0-9_+-]+:)|(?<=\bwww)\./gi, reference);
}

function reference(character: string): string {
  return `&#${character.codePointAt(0)};`;
}
