/** True where a finger is the pointer: a focused field then brings a keyboard over the page, so none is focused unasked. */
export function isTouch(): boolean {
  return matchMedia("(pointer: coarse)").matches;
}
