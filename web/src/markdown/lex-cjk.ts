/**
 * Chinese, Japanese and Korean are written without spaces, which CommonMark's rules for emphasis count on: in `**文字。**后面` the stars
 * would close nothing. After the "CJK friendly" amendment, a CJK character beside a run of stars is as good as a space, and CJK
 * punctuation does not count as punctuation.
 */
const CJK_MARK =
  "\\u3001-\\u303f\\u30fb\\uff01-\\uff0f\\uff1a-\\uff20\\uff3b-\\uff40\\uff5b-\\uff65\\u2018\\u2019\\u201c\\u201d\\u2014\\u2026\\ufe30-\\ufe4f";
const CJK = `${CJK_MARK}\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\u3040-\\u30ff\\uff66-\\uff9f`;
const MARK = `(?![*~${CJK_MARK}])[\\p{P}\\p{S}]`;

const CJK_BESIDE_MARK = new RegExp(`[${CJK}](?=(?:\\*+|~+)${MARK})|(?<=${MARK}(?:\\*+|~+))[${CJK}]`, "gu");
const CJK_MARK_BESIDE = new RegExp(`[${CJK_MARK}](?=[*~])|(?<=[*~])[${CJK_MARK}]`, "gu");

/** The text that marked looks for closing stars in, of the same length: what stands beside them is replaced by what CommonMark's rules take it for. */
export function maskCjk(masked: string): string {
  if (!/[*~]/.test(masked)) return masked; // These expressions look at each character; most texts have nothing for them.
  const same = (char: string, by: string) => by.repeat(char.length);
  return masked.replace(CJK_BESIDE_MARK, (char) => same(char, ".")).replace(CJK_MARK_BESIDE, (char) => same(char, "a"));
}

/** The same for opening stars, as rules in place of marked's. */
export const CJK_RULES = {
  punctuation: new RegExp(`^((?![*_])[\\s\\p{P}\\p{S}${CJK}])`, "u"),
  emStrongLDelim: new RegExp(`^(?:\\*+(?:(${MARK})|([^\\s*]))?)|^_+(?:((?![_~])[\\p{P}\\p{S}])|([^\\s_]))?`, "u"),
  delLDelim: new RegExp(`^~~?(?:(${MARK})|[^\\s~])`, "u"),
};

const CUT = new RegExp(`[${CJK_MARK}]`, "u");
const HOST_THEN_CJK = new RegExp(`^((?:[a-z]+://|www\\.)[a-z0-9.:-]+)[${CJK}]`, "iu");

/** An address that stands bare in a text, up to where the sentence around it goes on: at a full-width mark, or at a CJK character behind the host. */
export function cutAddress(address: string): string {
  const host = HOST_THEN_CJK.exec(address)?.[1];
  if (host) return host;
  const at = address.search(CUT);
  return at < 0 ? address : address.slice(0, at);
}
