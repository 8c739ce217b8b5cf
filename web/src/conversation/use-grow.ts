import { type RefObject, useLayoutEffect, useState } from "react";

const LONG_PX = 132; // five lines

/** Makes a text field as high as its text, where the browser does not do so by itself; true when the text is long. */
export function useGrow(area: RefObject<HTMLTextAreaElement | null>, text: string): boolean {
  const [long, setLong] = useState(false);
  useLayoutEffect(() => {
    const element = area.current;
    if (!element) return;
    if (!CSS.supports("field-sizing", "content")) {
      element.style.height = "auto";
      element.style.height = `${element.scrollHeight}px`;
    }
    setLong(element.scrollHeight > LONG_PX && text !== "");
  }, [area, text]);
  return long;
}
