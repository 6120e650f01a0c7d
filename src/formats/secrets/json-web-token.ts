/** True when the text is a signed JSON web token (RFC 7519 §7.2): header and claims are JSON objects and the header names an algorithm other than none. */
export function isJsonWebToken(text: string): boolean {
  const [header = "", claims = ""] = text.split(".");
  const algorithm = objectOf(header)?.["alg"];
  return typeof algorithm === "string" && algorithm.toLowerCase() !== "none" && objectOf(claims) !== undefined;
}

function objectOf(encoded: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(encoded, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    // What is no JSON is no token: the answer, not an error.
    return undefined;
  }
}
