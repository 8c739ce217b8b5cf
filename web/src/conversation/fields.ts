/** A JSON object as pairs of name and value; null for anything else, also while it is still arriving. */
export function readFields(text: string): [string, string][] | null {
  if (!text) return [];
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
    return Object.entries(value).map(([name, item]) => [name, typeof item === "string" ? item : JSON.stringify(item)]);
  } catch {
    return null;
  }
}

/** The values in one line, to be recognised by: at most `length` characters. */
export function summaryOf(text: string, length = 80): string {
  const values = (readFields(text) ?? []).map(([, value]) => value.replace(/\s+/g, " "));
  const line = values.join(", ");
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}
