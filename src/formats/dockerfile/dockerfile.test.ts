// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text under test has them
import { DockerfileParser } from "dockerfile-ast";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../core/errors.ts";
import { configurationOf } from "./configuration.ts";
import { assignmentsOf, InstructionLines, readDockerfile } from "./dockerfile.ts";
import { stagesOf } from "./stages.ts";

const read = (text: string) => readDockerfile(Buffer.from(text, "utf8"), "Dockerfile");
const built = (text: string) => configurationOf(stagesOf(read(text)));
const outline = (text: string) =>
  read(text).instructions.map(({ keyword, line, endLine }) => `${keyword} ${line}-${endLine}`);

describe("instructions", () => {
  it("keep their lines over continuations, comments and empty lines between them", () => {
    const { instructions } = read("FROM a\n\nrun one \\\n  # why\n\n  two \\\n  three\nUSER 1\n");
    expect(instructions.map(({ keyword, line, endLine }) => [keyword, line, endLine])).toEqual([
      ["FROM", 1, 1],
      ["RUN", 3, 7],
      ["USER", 8, 8],
    ]);
    expect(instructions[1]?.content.split(/\s+/)).toEqual(["one", "two", "three"]);
    const lines = new InstructionLines(instructions[1]!);
    expect(["one", "two", "absent", "three"].map((piece) => lines.lineOf(piece))).toEqual([3, 6, 6, 7]);
  });
  it("take the escape directive, and only at the beginning", () => {
    expect(outline("# escape=`\nFROM a\nRUN dir `\n c:\\\nUSER x")).toEqual(["FROM 2-2", "RUN 3-4", "USER 5-5"]);
    expect(outline("FROM a\n# escape=`\nRUN a \\\n b")).toEqual(["FROM 1-1", "RUN 3-4"]);
  });
  it.each([
    ["a keyword over two lines", "FROM a\nUS\\\nER root", ["FROM 1-1", "USER 2-3"]],
    ["an escape at the end of the file", "FROM a\nUSER root \\", ["FROM 1-1", "USER 2-2"]],
    ["two escapes, which join nothing", "FROM a\nRUN echo a\\\\\nUSER root", ["FROM 1-1", "RUN 2-2", "USER 3-3"]],
    ["an escape before white space", "FROM a\nRUN echo \\ \t\n b\nUSER root", ["FROM 1-1", "RUN 2-3", "USER 4-4"]],
    ["the other escape character", "# escape=`\nFROM a\nRUN echo \\\nUSER root", ["FROM 2-2", "RUN 3-3", "USER 4-4"]],
    ["tabs", "FROM\ta\nENV\tA\t\\\n\tb c\nUSER\tx", ["FROM 1-1", "ENV 2-3", "USER 4-4"]],
  ])("end where builders end them: %s", (_, text, expected) => expect(outline(text)).toEqual(expected));
  it("take carriage returns and a byte order mark", () => {
    expect(outline("\ufeffFROM a\r\nRUN a \\\r\n b\r\nUSER x\r\n")).toEqual(["FROM 1-1", "RUN 2-3", "USER 4-4"]);
    expect(read("FROM a\r\nUSER x\r\n").instructions[1]?.argument).toBe("x");
  });
  it.each([
    ["RUN <<EOF\nFROM x\nUSER y\nEOF", "RUN 2-5"],
    ["RUN 3<<EOF cat\nFROM x\nEOF", "RUN 2-4"],
    ["RUN <<-E cat > x\n\tUSER\n\tE", "RUN 2-4"],
    ["COPY <<'a' <<b /x/\nA\na\nUSER\nb", "COPY 2-6"],
    ["ONBUILD RUN <<E\nUSER y\nE", "ONBUILD 2-4"],
  ])("hold their here-documents: %j", (text, expected) => {
    expect(outline(`FROM a\n${text}\nUSER 1`)[1]).toBe(expected);
    expect(outline(`FROM a\n${text}\nUSER 1`)).toHaveLength(3);
  });
  it("tell flags, JSON and shell form apart", () => {
    const { instructions } = read(
      'FROM --platform=$BUILDPLATFORM a\nCOPY --from=b --chmod=4755 ["x y", "/z"]\nCMD [ "a" ,"b" ]\nCMD [a]\nRUN --mount=type=secret,id=x make\n',
    );
    expect(instructions[1]?.flags).toEqual([
      { name: "from", value: "b" },
      { name: "chmod", value: "4755" },
    ]);
    expect(instructions.map(({ json }) => json)).toEqual([undefined, ["x y", "/z"], ["a", "b"], undefined, undefined]);
    expect(instructions[4]?.argument).toBe("make");
  });
  it("assign in both forms", () => {
    const { instructions } = read(`FROM a\nENV A=1 B="two words" C='$x'\nENV D three four\nARG E\nARG F=5 G`);
    expect(instructions.slice(1).map((one) => assignmentsOf(one))).toEqual([
      [
        { name: "A", value: "1" },
        { name: "B", value: '"two words"' },
        { name: "C", value: "'$x'" },
      ],
      [{ name: "D", value: "three four" }],
      [{ name: "E", value: undefined }],
      [
        { name: "F", value: "5" },
        { name: "G", value: undefined },
      ],
    ]);
  });
});

describe("stages", () => {
  it("are told apart by what gets into the image", () => {
    const { stages, copiedImages } = stagesOf(
      read(
        "ARG V=12\nFROM golang AS Build\nFROM debian:${V} AS base\nFROM base\nCOPY --from=build /a /a\nCOPY --from=0 /b /b\nCOPY --from=nginx:1 /c /c\nRUN --mount=type=bind,from=busybox,target=/x y",
      ),
    );
    expect(stages.map(({ name, isInImage, base }) => [name, isInImage, base.reference, base.stage])).toEqual([
      ["build", false, "golang", undefined],
      ["base", true, "debian:12", undefined],
      [undefined, true, undefined, 1],
    ]);
    expect(copiedImages.map(({ text }) => text)).toEqual(["nginx:1", "busybox"]);
  });
  it("leave open what only the build tells", () => {
    expect(built("ARG BASE\nFROM $BASE\nARG UID\nUSER ${UID}")).toMatchObject({
      base: { unresolved: ["BASE"], isScratch: false },
      user: { value: "${UID}", unresolved: ["UID"], line: 4 },
    });
    expect(built("FROM scratch").base).toMatchObject({ isScratch: true });
  });
});

describe("the configuration", () => {
  it("is that of the last stage and those before it, ENV before ARG", () => {
    const { user, env, cmd, entrypoint, healthcheck, exposedPorts, labels, shell } = built(
      [
        "ARG U=1000",
        "FROM a AS one",
        "ENV NAME=web PORT=80",
        'SHELL ["/bin/bash", "-c"]',
        "CMD echo hi",
        "FROM one",
        "ARG U",
        "ARG NAME=other",
        "USER ${U}:$U",
        "EXPOSE $PORT 53/udp",
        "LABEL a=\"$NAME\" b='$NAME'",
        "ENTRYPOINT exec x",
        "HEALTHCHECK --interval=5m CMD curl -f http://localhost/",
      ].join("\n"),
    );
    expect(user).toMatchObject({ value: "1000:1000", line: 9 });
    expect(env.get("PORT")).toMatchObject({ value: "80", line: 3 });
    expect(entrypoint?.value).toEqual(["/bin/bash", "-c", "exec x"]);
    expect(cmd?.value).toEqual([]);
    expect(shell?.value).toEqual(["/bin/bash", "-c"]);
    expect(healthcheck?.value).toEqual(["CMD-SHELL", "curl -f http://localhost/"]);
    expect(exposedPorts.map(({ value }) => value)).toEqual(["80/tcp", "53/udp"]);
    expect([labels.get("a")?.value, labels.get("b")?.value]).toEqual(["web", "$NAME"]);
  });
  it.each(['"root"', "r\\oot", "'root'", "${NONE:-root}"])("takes quotes and escapes out of USER %s", (written) => {
    expect(built(`FROM a\nUSER ${written}`).user?.value).toBe("root");
  });
  it("takes a number after FROM for an image", () => {
    expect(built("FROM a\nFROM 0").base).toMatchObject({ reference: "0" });
  });
  it("has nothing of a stage that is only copied from", () => {
    expect(built("FROM a AS b\nUSER root\nFROM c\nCOPY --from=b /x /x").user).toBeUndefined();
  });
});

describe("what no builder takes", () => {
  it.each([
    ["", "it has no FROM"],
    ["# only a comment", "it has no FROM"],
    ["ARG A", "it has no FROM"],
    ["RUN x\nFROM a", "line 1: RUN stands before the first FROM"],
    ["FROM a\nINSTALL b", "line 2: INSTALL is no instruction"],
    ["FROM a\0", "zero byte"],
  ])("%j", (text, reason) => expect(() => read(text)).toThrow(reason));
  it("is refused by its size and number before it costs anything", () => {
    expect(() => readDockerfile(new Uint8Array(2 * 1024 ** 2 + 1).fill(32), "x")).toThrow(/more than/);
    expect(() => read(`FROM a\n${"RUN a\n".repeat(20_001)}`)).toThrow(/instructions/);
  });
});

describe("hostile text", () => {
  it.each([
    ["one line of a megabyte", `FROM a\nRUN echo ${"a ".repeat(500_000)}`],
    ["one word of a megabyte", `FROM a\nENV X=${"a".repeat(1_000_000)}`],
    ["variables without end", `FROM a\nENV X=${"$X".repeat(200_000)}`],
    ["braces without end", `FROM a\nENV X=${"${X:-".repeat(20_000)}`],
    [
      "doubling variables",
      `FROM a\n${Array.from({ length: 60 }, (_, at) => `ENV A${at + 1}=$A${at}$A${at}`).join("\n")}\nENV A0=x`,
    ],
    [
      "doubling defaults",
      `ARG A0=xx\n${Array.from({ length: 60 }, (_, at) => `ARG A${at + 1}=$A${at}$A${at}`).join("\n")}\nFROM $A60`,
    ],
    ["many continuations", `FROM a\nRUN a ${"\\\n b".repeat(50_000)}`],
    ["many here-documents", `FROM a\nRUN ${"<<E ".repeat(5_000)}\n${"E\n".repeat(5_000)}`],
    ["many assignments", `FROM a\nENV ${'a="b" '.repeat(50_000)}`],
    ["many settings", `FROM a\n${Array.from({ length: 19_000 }, (_, at) => `ENV A${at}=$A${at - 1}`).join("\n")}`],
    ["triggers within triggers", `FROM a\n${"ONBUILD ".repeat(20_000)}`],
    [
      "stages upon stages",
      `FROM a AS s0\n${Array.from({ length: 5_000 }, (_, at) => `FROM s${at} AS s${at + 1}`).join("\n")}`,
    ],
    ["many names", `FROM a\nENV ${Array.from({ length: 60_000 }, (_, at) => `A${at}=b`).join(" ")}`],
    ["many ports", `FROM a\nEXPOSE ${Array.from({ length: 60_000 }, (_, at) => at).join(" ")}`],
    ["open quotes", `FROM a\nLABEL a="${"b ".repeat(10_000)}`],
  ])("is read in bounded time: %s", { timeout: 20_000 }, (_, text) => {
    expect(built(text).base.text).not.toBe("");
  });

  it("is refused where its variables would outgrow memory", () => {
    const big = `ENV A=${"a".repeat(50_000)}`;
    const copies = Array.from({ length: 10_000 }, (_, at) => `ENV B${at}=$A`).join("\n");
    expect(() => built(`FROM a\n${big}\n${copies}`)).toThrow(/variables of the Dockerfile/);
    expect(() => built(`ARG A=${"a".repeat(50_000)}\n${copies.replaceAll("ENV", "ARG")}\nFROM a`)).toThrow(AppError);
  });
  it("yields nothing but CORRUPT_INPUT and LIMIT_EXCEEDED", () => {
    const piece = fc.constantFrom(
      ...'FROM a|ARG A|ENV A=$A|USER ${A:-b}|RUN a \\|# c|<<E|E|\\|\n|\r\n| |"|\'|["a"]|--from=x|COPY|ONBUILD RUN|${|$|HEALTHCHECK NONE|\ufeff|`|# escape=`|AS x'.split(
        "|",
      ),
      "|",
    );
    const text = fc.array(fc.oneof(piece, fc.string({ unit: "binary", maxLength: 4 })), { maxLength: 40 });
    fc.assert(
      fc.property(text, fc.boolean(), (pieces, isStarted) => {
        try {
          built((isStarted ? "FROM a\n" : "") + pieces.join(""));
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          expect(["CORRUPT_INPUT", "LIMIT_EXCEEDED"]).toContain((error as AppError).code);
        }
      }),
      { numRuns: 200 },
    );
  });
  it("yields the same of any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          readDockerfile(Buffer.concat([Buffer.from("FROM a\nRUN "), bytes]), "x");
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});

it("what is written is read back: keyword, line and words of every instruction", () => {
  const word = fc.stringMatching(/^[a-z0-9/.=:-]{1,12}$/).filter((text) => !text.startsWith("--"));
  const instruction = fc.record({
    keyword: fc.constantFrom("RUN", "USER", "WORKDIR", "LABEL", "EXPOSE"),
    words: fc.array(word, { minLength: 1, maxLength: 6 }),
    breaks: fc.boolean(),
    comment: fc.boolean(),
    blank: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(instruction, { maxLength: 12 }), fc.constantFrom("\n", "\r\n"), (instructions, end) => {
      const lines = ["FROM base"];
      const expected: [string, number, string[]][] = [];
      for (const { keyword, words, breaks, comment, blank } of instructions) {
        if (blank) lines.push("");
        if (comment) lines.push("# note");
        expected.push([keyword, lines.length + 1, words]);
        if (!breaks) lines.push(`${keyword} ${words.join(" ")}`);
        else lines.push(...[keyword, ...words].map((one, at) => `  ${one}${at === words.length ? "" : " \\"}`));
      }
      const found = read(lines.join(end)).instructions.slice(1);
      expect(found.map(({ keyword, line, content }) => [keyword, line, content.split(/\s+/)])).toEqual(expected);
    }),
  );
});

it("finds the instructions that the library finds", () => {
  const text = 'FROM a\nRUN b \\\n c\nONBUILD COPY <<E /x\ny\nE\nCMD ["d"]';
  const library = DockerfileParser.parse(text)
    .getInstructions()
    .map((one) => [one.getKeyword(), one.getRange().start.line + 1]);
  expect(read(text).instructions.map(({ keyword, line }) => [keyword, line])).toEqual(library);
});
