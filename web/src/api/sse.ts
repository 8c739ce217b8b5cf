/** A parser of `text/event-stream` that takes the bytes in any slices. Comments (pings) are handed on, since they prove that the line is alive. */
export type SseRecord = { event: string; data: string; id: string | null };

export class SseParser {
  #rest = "";
  #event = "";
  #data: string[] = [];
  #id: string | null = null;
  #sawCarriageReturn = false;

  /** Takes the next slice of decoded text and returns the records that it completes. */
  push(chunk: string): SseRecord[] {
    const text = this.#rest + this.#joinLineEnds(chunk);
    const lines = text.split("\n");
    this.#rest = lines.pop() ?? "";
    return lines.flatMap((line) => this.#line(line));
  }

  /** CR, LF and CRLF all end a line, and a CRLF may be cut in the middle. */
  #joinLineEnds(chunk: string): string {
    if (!chunk) return chunk;
    const start = this.#sawCarriageReturn && chunk.startsWith("\n") ? chunk.slice(1) : chunk;
    this.#sawCarriageReturn = chunk.endsWith("\r");
    return start.replace(/\r\n?/g, "\n");
  }

  #line(line: string): SseRecord[] {
    if (line === "") return this.#dispatch();
    if (line.startsWith(":")) return [];
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#event = value;
    else if (field === "data") this.#data.push(value);
    else if (field === "id") this.#id = value;
    return [];
  }

  #dispatch(): SseRecord[] {
    const record = { event: this.#event || "message", data: this.#data.join("\n"), id: this.#id };
    const filled = this.#data.length > 0;
    this.#event = "";
    this.#data = [];
    return filled ? [record] : [];
  }
}
