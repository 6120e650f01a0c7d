import type { Feed } from "./feed.ts";
import { OvalDocument, ovalForm } from "./oval-document.ts";
import { type OvalPublisher, ovalContent } from "./oval-records.ts";
import { readXml, readXmlPieces, rootOf, type XmlGathering } from "./xml-document.ts";

/** A feed of OVAL documents; `marks` is what the beginning of one of this publisher's holds. */
export function defineOvalFeed(
  feed: Pick<Feed, "id" | "title" | "names" | "ecosystems" | "mirror" | "wants">,
  marks: RegExp,
  publisher: OvalPublisher,
): Feed {
  const gathering = (path: string): XmlGathering => {
    const document = new OvalDocument(path);
    return { take: (element) => document.take(element), end: () => ovalContent(document, publisher) };
  };
  return {
    ...feed,
    recognises: ({ text }) => rootOf(text) === ovalForm.root && marks.test(text),
    read: (file) => readXml(file, ovalForm, gathering(file.path)),
    readPieces: (path, pieces) => readXmlPieces(path, pieces, ovalForm, gathering(path)),
  };
}
