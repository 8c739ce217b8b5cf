const WIDE = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]/g;

/** About how many tokens a text has: four letters of an alphabet are one, and so are four thirds of a Chinese character. The server counts likewise. */
export function estimateTokens(text: string): number {
  if (!text) return 0;
  const wide = text.match(WIDE)?.length ?? 0;
  return Math.max(1, Math.ceil((text.length - wide) / 4) + Math.ceil((wide * 3) / 4));
}
