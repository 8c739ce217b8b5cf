/** What is done to conversations and folders. The code comes when the browser is idle, since the first paint needs none of it. */
const acts = () => import("./organise.ts");
const folders = () => import("./folders.ts");
const menus = () => import("./menus.ts");

export function preloadActs(): void {
  void acts();
  void folders();
  void menus();
}

type Acts = Awaited<ReturnType<typeof acts>>;

export const organise = async (...values: Parameters<Acts["organise"]>) => (await acts()).organise(...values);
export const rename = async (...values: Parameters<Acts["rename"]>) => (await acts()).rename(...values);
export const createFolder = async (name: string) => (await folders()).createFolder(name);
export const renameFolder = async (id: string, name: string) => (await folders()).renameFolder(id, name);
export const moveFolder = async (id: string, by: 1 | -1) => (await folders()).moveFolder(id, by);
export const placeFolder = async (id: string, other: string) => (await folders()).placeFolder(id, other);
export const loadMenus = menus;
