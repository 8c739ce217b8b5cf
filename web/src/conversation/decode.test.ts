import { expect, test } from "vitest";
import { decode } from "./decode.ts";

const bytes = (...values: number[]) => new Uint8Array(values);
const latin = (text: string) => bytes(...[...text].map((character) => character.charCodeAt(0)));

test.each([
  ["UTF-8", new TextEncoder().encode("naïve 中文 🙂"), "naïve 中文 🙂", null],
  ["UTF-8 with a mark", bytes(0xef, 0xbb, 0xbf, 0x68, 0x69), "hi", null],
  ["UTF-16 as Windows writes it", bytes(0xff, 0xfe, 0x2d, 0x4e, 0x87, 0x65), "中文", "UTF-16LE"],
  ["GB18030", bytes(0xd6, 0xd0, 0xce, 0xc4, 0x2c, 0x31, 0x0a, 0xb2, 0xe2, 0xca, 0xd4), "中文,1\n测试", "GB18030"],
  ["windows-1252", latin("d\xe9j\xe0 vu, tr\xe8s bient\xf4t"), "déjà vu, très bientôt", "Windows-1252"],
  ["an empty file", bytes(), "", null],
])("%s is read", (_name, content, text, encoding) => {
  expect(decode(content)).toEqual({ text, encoding });
});

test.each([
  ["a zip archive", bytes(0x50, 0x4b, 0x03, 0x04, 0x14, 0x00, 0x00)],
  ["a PDF", latin("%PDF-1.7\n\xe2\xe3")],
  ["a program", bytes(0x7f, 0x45, 0x4c, 0x46, 0x02, 0x01, 0x01)],
])("%s is no text", (_name, content) => {
  expect(decode(content)).toBeNull();
});
