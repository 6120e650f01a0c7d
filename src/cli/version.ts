import packageJson from "../../package.json" with { type: "json" };

/** The version of this build, as in package.json. */
export const version: string = packageJson.version;

/** How Plimsoll names itself in what it writes. */
export const tool = `plimsoll ${version}`;
