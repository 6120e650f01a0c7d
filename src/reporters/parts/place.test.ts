import { describe, expect, it } from "vitest";
import { placeText } from "./place.ts";

const inLayer = (instruction: string) =>
  placeText({ at: "/usr/bin/nc", found: "nc", layer: 0, details: { placement: { origin: "own", instruction } } });

describe("the instruction that brought a file", () => {
  it("is shown as its author wrote it", () => {
    expect(inLayer("COPY . /srv")).toBe("/usr/bin/nc, layer 1 (COPY . /srv)");
    expect(inLayer('/bin/sh -c #(nop)  CMD ["sh"]')).toBe('/usr/bin/nc, layer 1 (CMD ["sh"])');
    expect(inLayer("/bin/sh -c apk add curl")).toBe("/usr/bin/nc, layer 1 (RUN apk add curl)");
  });
  it("is shown without the build arguments of its builder", () => {
    expect(inLayer("|1 A=b /bin/sh -c make")).toBe("/usr/bin/nc, layer 1 (RUN make)");
    expect(inLayer("RUN |2 A=b C=d e /bin/sh -c make # buildkit")).toBe("/usr/bin/nc, layer 1 (RUN make)");
    expect(inLayer("/bin/sh -c #(nop) COPY a /a; |1 A=b /bin/sh -c make")).toBe(
      "/usr/bin/nc, layer 1 (COPY a /a; RUN make)",
    );
  });
  it("has its digests shortened, and is cut where it is long", () => {
    expect(inLayer(`/bin/sh -c #(nop) ADD file:${"0c4555f3".repeat(8)} in / `)).toBe(
      "/usr/bin/nc, layer 1 (ADD file:0c4555f3… in /)",
    );
    expect(inLayer(`RUN ${"x".repeat(100)}`)).toBe(`/usr/bin/nc, layer 1 (RUN ${"x".repeat(36)}…)`);
  });
  it("acts on nothing", () => {
    expect(inLayer("RUN a\u001b[31m\nb")).toBe("/usr/bin/nc, layer 1 (RUN a\\u{1b}[31m\\nb)");
  });
});
