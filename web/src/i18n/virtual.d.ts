declare module "virtual:locales" {
  type Texts = { default: Record<string, string> };
  /** Every language of the page by its tag, made from the files of this folder (`plugins/locales.ts`). */
  export const LOCALES: Record<string, { name: string; dir: "ltr" | "rtl"; core: () => Promise<Texts>; rest: () => Promise<Texts> }>;
}
