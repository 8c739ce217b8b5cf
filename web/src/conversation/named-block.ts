/**
 * A long text inside a message is a text part of its own: a fenced block whose info string carries the name.
 * Models, exports and other clients read it as Markdown; the page shows it as a chip.
 */
export type NamedText = { name: string; language: string; text: string };

const SHAPE = /^(`{3,})([\w+#.-]*) name="([^"\n]*)"\n([\s\S]*)\n\1\s*$/;

export function namedBlock({ name, language, text }: NamedText): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  // Some servers get the parts of a message as one text: what follows must not stand in the line of the fence.
  return `${fence}${language} name="${name.replace(/["\n\r]/g, "'")}"\n${text}\n${fence}\n\n`;
}

/** The text that `namedBlock` wrapped; null for any other part. */
export function parseNamedBlock(part: string): NamedText | null {
  const found = SHAPE.exec(part);
  if (!found) return null;
  const [, , language = "", name = "", text = ""] = found;
  return { name, language, text };
}
