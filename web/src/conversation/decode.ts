export type Decoded = { text: string; encoding: string | null };

const CONTROL_SHARE = 0.01;
const LONE_SHARE = 0.2;

/**
 * The text that bytes are, or null when they are none. UTF-8 and marked UTF-16 are certain; what is neither is taken for
 * GB18030 when its high bytes come in pairs, as those of Chinese do, else for windows-1252. `encoding` is null for UTF-8.
 */
export function decode(bytes: Uint8Array): Decoded | null {
  const marked = byMark(bytes);
  if (marked) return { text: new TextDecoder(marked).decode(bytes), encoding: marked.toUpperCase() };
  if (isBinary(bytes)) return null;
  const utf8 = decodeAs("utf-8", bytes);
  if (utf8 !== null) return { text: utf8, encoding: null };
  const chinese = inPairs(bytes) ? decodeAs("gb18030", bytes) : null;
  if (chinese !== null) return { text: chinese, encoding: "GB18030" };
  return { text: new TextDecoder("windows-1252").decode(bytes), encoding: "Windows-1252" };
}

function byMark(bytes: Uint8Array): "utf-16le" | "utf-16be" | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  return bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : null;
}

/** Texts hold no zero byte and hardly any control character; a PDF may pass both at its beginning, but names itself. */
function isBinary(bytes: Uint8Array): boolean {
  if (bytes.includes(0) || String.fromCharCode(...bytes.subarray(0, 5)) === "%PDF-") return true;
  const controls = bytes.reduce((count, byte) => count + (byte < 0x20 && !isSpace(byte) ? 1 : 0), 0);
  return controls > bytes.length * CONTROL_SHARE;
}

/** Tab, the ends of lines and pages, and the escape of coloured logs. */
function isSpace(byte: number): boolean {
  return (byte >= 0x09 && byte <= 0x0d) || byte === 0x1b;
}

function inPairs(bytes: Uint8Array): boolean {
  let high = 0;
  let lone = 0;
  let run = 0;
  for (const byte of bytes) {
    if (byte >= 0x80) {
      run += 1;
      high += 1;
      continue;
    }
    if (run === 1) lone += 1;
    run = 0;
  }
  return lone <= high * LONE_SHARE;
}

function decodeAs(encoding: string, bytes: Uint8Array): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null; // Not in this encoding.
  }
}
