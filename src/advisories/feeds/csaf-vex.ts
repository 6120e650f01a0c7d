import { corrupt } from "../../core/errors.ts";
import { csafStatements } from "../vex/csaf.ts";
import { type Feed, member, readJson, textOf } from "./feed.ts";

/** CSAF documents of any publisher as VEX: what they say about package URLs. Those of distributions have readers of their own, which know releases and streams. */
export const csafVex: Feed = {
  id: "csaf",
  title: "CSAF VEX documents",
  names: ["csaf", "csaf-documents"],
  ecosystems: [],
  eager: true,
  wants: (path) => path.endsWith(".json") && !/(^|\/)(provider-metadata|feed-[^/]*|index)\.json$/.test(path),
  recognises: (file) =>
    file.text.includes('"csaf_version"') &&
    !/"namespace":\s*"https:\/\/www\.(redhat|suse)\.com/.test(file.text) &&
    member(member(readJson(file), "document"), "csaf_version") !== undefined,
  read: (file) => {
    const document = readJson(file);
    if (textOf(member(member(document, "document"), "csaf_version")) === undefined)
      throw corrupt(file.path, "is no CSAF document");
    return { statements: csafStatements(document, file.path) };
  },
};
