import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commandsOf, instructionPlace, instructionsOf } from "./instruction.ts";
import { packageCommand } from "./package-command.ts";
import { shellCommands } from "./shell-command.ts";

const names = (text: string) => shellCommands(text).map(({ name, words }) => [name, ...words].join(" "));

describe("shell commands", () => {
  it.each([
    ["a b && c | d; e || f & g", ["a b", "c", "d", "e", "f", "g"]],
    [`echo "a && b" 'c | d' e\\ f`, ["echo a && b c | d e f"]],
    ["A=1 B='x y' exec /usr/bin/env C=2 make all", ["make all"]],
    ["if true; then apt-get update; fi", ["true", "apt-get update", "fi"]],
    ["a \\\n  b \\\n# note \\\n c", ["a b c"]],
    ["<<EOF\na\nb c # d\nEOF", ["a", "b c", "EOF"]],
    [`sh -c "apt-get update && b"`, ["sh -c apt-get update && b", "apt-get update", "b"]],
    ["(cd x; make) 2>&1 >log", ["cd x", "make", "2>&1 >log"]],
    ["", []],
  ])("%j", (text, expected) => expect(names(text)).toEqual(expected));
  it("know sudo and pipes, and where they begin", () => {
    expect(shellCommands("curl x | sudo -E bash -")).toEqual([
      { name: "curl", words: ["x"], isSudo: false, isPiped: false, offset: 0, wordOffsets: [5] },
      { name: "bash", words: ["-"], isSudo: true, isPiped: true, offset: 17, wordOffsets: [22] },
    ]);
    expect(shellCommands("sudo -u app x")[0]).toMatchObject({ name: "x", isSudo: true });
  });
  it("are found in any text, and in long ones without an end", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        for (const { offset } of shellCommands(text)) expect(offset).toBeLessThanOrEqual(text.length);
      }),
    );
    for (const text of ["a;", "'", "$(", 'sh -c "', "| ", "\\\n"]) shellCommands(text.repeat(200_000));
  });
  it("that are quoted are one word each", () => {
    const word = fc.string({ unit: "binary", minLength: 1, maxLength: 8 }).map((text) => text.replaceAll("'", ""));
    fc.assert(
      fc.property(fc.array(word.filter((text) => text !== "")), (words) => {
        expect(shellCommands(`program ${words.map((text) => `'${text}'`).join(" ")}`)).toMatchObject([
          { name: "program", words, isSudo: false, isPiped: false, offset: 0 },
        ]);
      }),
    );
  });
});

describe("package commands", () => {
  it.each([
    ["apt-get -qq update", "apt update "],
    ["apt-get install -y -t stable curl=7 git", "apt install curl=7 git"],
    ["apk add --no-cache -t .deps gcc", "apk install gcc"],
    ["yum -y update", "dnf upgrade "],
    ["python3 -m pip install -r req.txt flask", "pip install flask"],
    ["npm i -g pm2", "npm install pm2"],
    ["pacman -Syu", "pacman upgrade "],
    ["pacman -S --noconfirm curl", "pacman install curl"],
    ["apt-get install curl 2>/dev/null", "apt install curl"],
    ["apt-cache search x", undefined],
  ])("%s", (text, expected) => {
    const told = packageCommand(shellCommands(text)[0]!);
    expect(told && `${told.manager} ${told.action} ${told.packages.join(" ")}`).toBe(expected);
  });
});

describe("instructions", () => {
  it.each([
    ['/bin/sh -c #(nop)  CMD ["bash"]', "CMD", '["bash"]'],
    ["/bin/sh -c #(nop) ADD file:ab in / ", "ADD", "file:ab in / "],
    ["/bin/sh -c apt-get update", "RUN", "apt-get update"],
    ["RUN /bin/sh -c make # buildkit", "RUN", "make"],
    ["RUN |2 A=1 B=x y /bin/sh -c make # buildkit", "RUN", "make"],
    ["|1 TOKEN=ab /bin/bash -o pipefail -c make", "RUN", "make"],
    ["RUN --mount=type=cache,target=/x \\\n  --network=none make", "RUN", "make"],
    ["copy a b", "COPY", "a b"],
    ["bazel build", "", "bazel build"],
  ])("%s", (createdBy, keyword, text) => {
    expect(instructionsOf([{ createdBy, emptyLayer: false }])[0]).toMatchObject({ keyword, text });
  });
  it("name their build arguments", () => {
    const argumentsOf = (createdBy: string) => instructionsOf([{ createdBy, emptyLayer: false }])[0]?.buildArguments;
    expect(argumentsOf("|2 A=1 B=x y /bin/sh -c make")).toEqual(["A", "B"]);
    expect(argumentsOf('ARG A B="c D" \\\n E=1')).toEqual(["A", "B", "E"]);
    expect(argumentsOf("ENV A=1")).toEqual([]);
  });
  it("have the line of a command in a Dockerfile", () => {
    const createdBy = "RUN --mount=type=cache,target=/x a \\\n  # why \\\n  && b \\\n  && c";
    const [instruction] = instructionsOf([{ createdBy, emptyLayer: false, location: { file: "Dockerfile", line: 5 } }]);
    const lines = commandsOf(instruction!).map(({ offset }) => instructionPlace(instruction!, offset).location?.line);
    expect(lines).toEqual([5, 7, 8]);
  });
});
