import { corrupt } from "../core/errors.ts";
import { type ErlangToken, erlangTokens } from "./erlang-terms.ts";
import type { PackageRecord } from "./package-record.ts";

/** Applications that come with Erlang/OTP itself (otp/lib, OTP 17 to 28) and with Elixir: no package manager brings them. */
const withTheLanguage: ReadonlySet<string> = new Set(
  `asn1 common_test compiler cosEvent cosEventDomain cosFileTransfer cosNotification cosProperty cosTime cosTransactions crypto debugger dialyzer
  diameter edoc eldap erl_docgen erl_interface erts et eunit ftp gs hipe ic inets jinterface kernel megaco mnesia observer odbc orber os_mon ose
  otp_mibs parsetools percept public_key reltool runtime_tools sasl snmp ssh ssl stdlib syntax_tools test_server tftp tools typer webtool wx xmerl
  elixir eex ex_unit iex logger mix`.split(/\s+/),
);

/**
 * The application of an `ebin/NAME.app` file (app(4)): `{application, NAME, [{vsn, "1.2.3"}, …]}`. Those of the language itself are of type `otp`; the
 * others are told as packages of Hex, with medium confidence, because the file does not say where they come from. Undefined where it names
 * no version. Throws `CORRUPT_INPUT` for what is no such file.
 */
export function parseErlangApplication(source: string, path: string): PackageRecord | undefined {
  const tokens = erlangTokens(source, path);
  const [, word, , name] = [take(tokens), take(tokens), take(tokens), take(tokens)];
  if (word?.text !== "application" || name?.kind !== "atom") throw corrupt(path, "describes no Erlang application");
  const values = members(tokens);
  const version = values.get("vsn")?.[0];
  if (version === undefined || version === "") return undefined;
  const isOfLanguage = withTheLanguage.has(name.text);
  return {
    name: name.text,
    version,
    type: isOfLanguage ? "otp" : "hex",
    licenses: [...(values.get("licenses") ?? [])],
    ...(isOfLanguage ? {} : { confidence: "medium" as const }),
  };
}

/** The package of a `hex_metadata.config` file, which Hex puts beside what it fetched: `{<<"name">>, <<"jason">>}.` and so on. */
export function parseHexMetadata(source: string, path: string): PackageRecord | undefined {
  const values = members(erlangTokens(source, path));
  const [name, version] = [values.get("name")?.[0], values.get("version")?.[0]];
  if (!name || !version) return undefined;
  return { name, version, type: "hex", licenses: [...(values.get("licenses") ?? [])] };
}

function take(tokens: Iterator<ErlangToken>): ErlangToken | undefined {
  const { value, done } = tokens.next();
  return done ? undefined : value;
}

/**
 * The texts of the outermost `{key, value}` pairs, where the value is a text or a list of texts. Brackets are counted, not nested: how deep they go
 * costs nothing.
 */
function members(tokens: Iterable<ErlangToken>): Map<string, string[]> {
  const found = new Map<string, string[]>();
  let tuples = 0;
  let key: string | undefined;
  let isKeyNext = false;
  for (const { kind, text } of tokens) {
    if (kind === "mark") {
      if (text === "{") tuples += 1;
      if (text === "}") tuples = Math.max(0, tuples - 1);
      isKeyNext = text === "{" && tuples === 1;
      if (tuples === 0) key = undefined;
      continue;
    }
    if (isKeyNext) {
      key = kind === "atom" || kind === "binary" ? text : undefined;
      isKeyNext = false;
      if (key !== undefined && found.has(key)) key = undefined;
      else if (key !== undefined) found.set(key, []);
    } else if (key !== undefined && tuples === 1 && (kind === "string" || kind === "binary"))
      found.get(key)!.push(text);
  }
  return found;
}
