/** Folders that hold texts, translations and tables by the Filesystem Hierarchy Standard and what distributions add to it. */
const dataFolder =
  /^usr\/(share\/(doc|man|info|locale|i18n|zoneinfo|terminfo|tabset|fonts|icons|pixmaps|licenses|lintian|bug|doc-base|common-licenses|help|gtk-doc|mime|metainfo|X11)|lib\/locale)\/|^(usr\/)?lib\/(terminfo|\.build-id)\/|^etc\/terminfo\//;
/** Settings, tables and pictures, wherever shared data and settings lie. */
const dataFile =
  /^(usr\/share|etc)\/.*(\.(conf|cnf|cfg|ini|xml|xsd|dtd|txt|md|mo|po|dat|sys|tbl|map|svg|png|gif|ico|ttf|otf|pcf|pfb|afm|bdf|html|css|icc)|\/(README|COPYING|LICENSE|AUTHORS|NEWS))(\.gz)?$/;

/**
 * What a package's complete list of files says of its content: `data` where every file lies or is named as texts, translations, settings and tables do,
 * so that no program, library, script or archive is among them. A list that leaves anything open says nothing, and so does an empty one.
 */
export function contentOf(files: readonly string[]): { readonly content?: "data" } {
  return files.length > 0 && files.every(isData) ? { content: "data" } : {};
}

/** A list may name an empty folder as it names a file. */
function isData(path: string): boolean {
  return dataFolder.test(`${path}/`) || dataFile.test(path);
}

/** `contentOf` as the properties of a package record; nothing where the list says nothing. */
export function contentProperties(files: readonly string[]): {
  readonly properties?: Readonly<Record<string, string>>;
} {
  const content = contentOf(files);
  return content.content === undefined ? {} : { properties: content };
}
