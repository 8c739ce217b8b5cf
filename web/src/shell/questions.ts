import { create } from "zustand";

type Questions = { moving: readonly string[] | null; deleting: { id: string; name: string } | null; newFolder: boolean };

const CLOSED: Questions = { moving: null, deleting: null, newFolder: false };

/** Which question of the sidebar is open: where to move conversations, or whether to delete a folder; or a folder that gets its name. */
export const useQuestions = create<Questions>(() => CLOSED);

export const askWhere = (ids: readonly string[]) => useQuestions.setState({ ...CLOSED, moving: ids });
export const askToDelete = (folder: { id: string; name: string }) => useQuestions.setState({ ...CLOSED, deleting: folder });
export const nameNewFolder = () => useQuestions.setState({ ...CLOSED, newFolder: true });
export const closeQuestion = () => useQuestions.setState(CLOSED);
