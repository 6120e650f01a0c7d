/** Release numbers of Debian by code name, oldest first (debian.org/releases). Unstable has no number. */
export const debianReleases: Readonly<Record<string, string>> = {
  woody: "3.0",
  sarge: "3.1",
  etch: "4",
  lenny: "5",
  squeeze: "6",
  wheezy: "7",
  jessie: "8",
  stretch: "9",
  buster: "10",
  bullseye: "11",
  bookworm: "12",
  trixie: "13",
  forky: "14",
  duke: "15",
  sid: "sid",
};
