/** What a fact is about, as a path, most general first: `cluster/prod/namespace/web/pod/api/container/app`, `image/sha256:…`. */
export type Subject = string;

/** Joins names into a subject; a slash or percent sign inside a name is escaped, so that every name stays one step of the path. */
export function subject(...names: readonly string[]): Subject {
  return names.map((name) => name.replaceAll("%", "%25").replaceAll("/", "%2F")).join("/");
}

/** The names that a subject was made of. */
export function subjectNames(path: Subject): string[] {
  return path.split("/").map((name) => name.replaceAll("%2F", "/").replaceAll("%25", "%"));
}

/** The subject one step more general, or undefined at the top. */
export function parentSubject(path: Subject): Subject | undefined {
  const end = path.lastIndexOf("/");
  return end < 0 ? undefined : path.slice(0, end);
}
