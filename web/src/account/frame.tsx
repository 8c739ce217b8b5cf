import type { ReactNode } from "react";
import { useSession } from "../api/session.ts";
import { Logo } from "../design/logo.tsx";
import { LanguageChoice } from "./language-choice.tsx";

/** The frame of the pages before sign-in: one narrow column, and the language to choose. */
export function AccountFrame({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  const name = useSession((state) => state.boot?.instance.name ?? "Portico");
  return (
    <div className="thin-scroll flex h-dvh flex-col overflow-y-auto bg-surface">
      <header className="flex items-center justify-between p-4 md:px-6">
        <span className="flex items-center gap-2 font-semibold text-lg">
          <Logo size={24} />
          {name}
        </span>
        <LanguageChoice />
      </header>
      <main className="mx-auto flex w-full max-w-md flex-1 flex-col px-4 pt-[6vh] md:pt-[12vh] pb-10">
        <h1 className="text-balance font-semibold text-2xl">{title}</h1>
        {text && <p className="pt-2 text-text-2">{text}</p>}
        <div className="pt-6">{children}</div>
      </main>
    </div>
  );
}
