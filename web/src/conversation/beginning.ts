import { create } from "zustand";

type Beginning = { temporary: boolean; folder: string | null };

const PLAIN: Beginning = { temporary: false, folder: null };

/** How the next new conversation begins. */
export const useBeginning = create<Beginning>(() => PLAIN);

export function beginTemporary(temporary: boolean): void {
  useBeginning.setState({ temporary, folder: null }); // What is listed nowhere is in no folder either.
}

export function beginIn(folder: string | null): void {
  useBeginning.setState({ temporary: false, folder });
}

/** What the first message says of its conversation; the one after it begins like any other. */
export function takeBeginning(): { temporary?: boolean; folder?: string } {
  const { temporary, folder } = useBeginning.getState();
  useBeginning.setState(PLAIN);
  return { ...(temporary && { temporary }), ...(folder && { folder }) };
}
