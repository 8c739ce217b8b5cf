type Key = { keyCode: number; isComposing?: boolean; nativeEvent?: { isComposing: boolean } };

/**
 * True for a key press that belongs to an input method. Chromium and Firefox mark it; Safari ends the composition before
 * the key press that ended it, and leaves only the code 229 in it.
 */
export function isComposing(event: Key): boolean {
  return Boolean(event.isComposing || event.nativeEvent?.isComposing) || event.keyCode === 229;
}
