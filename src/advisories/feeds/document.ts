import { parseDocument } from "yaml";
import { corrupt, limitExceeded, messageOf } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { type FeedFile, readJson } from "./feed.ts";

/** The one document of a feed's JSON or YAML file, told by its ending. What cannot be read is `CORRUPT_INPUT`, an alias bomb `LIMIT_EXCEEDED`. */
export function readDocument(file: FeedFile): unknown {
  return /\.ya?ml$/.test(file.path) ? readYaml(file.text, file.path) : readJson(file);
}

/** A YAML 1.2 document as plain data; dates stay text. */
export function readYaml(text: string, name: string): unknown {
  const document = parseDocument(text, { merge: true, prettyErrors: false, logLevel: "silent", uniqueKeys: false });
  const [error] = document.errors;
  if (error) throw corrupt(name, `is no YAML: ${error.message.split("\n")[0]}`, error.pos[0]);
  try {
    return document.toJS({ maxAliasCount: limits.yamlAliases });
  } catch (thrown) {
    if (/alias count/i.test(messageOf(thrown))) throw limitExceeded(name, `${limits.yamlAliases} uses of anchors`);
    throw corrupt(name, messageOf(thrown));
  }
}
