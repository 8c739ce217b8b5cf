import { useState } from "react";

/** A value that this browser remembers. `parse` gets null when nothing, or nothing readable, is kept. */
export function useStored<T>(key: string, parse: (text: string | null) => T, format: (value: T) => string): [T, (value: T) => void] {
  const [value, setValue] = useState(() => parse(localStorage.getItem(key)));
  const store = (next: T) => {
    setValue(next);
    localStorage.setItem(key, format(next));
  };
  return [value, store];
}

/** Whether a part of the sidebar stands open. */
export function useOpen(name: string, open: boolean): [boolean, (open: boolean) => void] {
  return useStored(
    `portico:open:${name}`,
    (text) => (text === null ? open : text === "1"),
    (value) => (value ? "1" : "0"),
  );
}
