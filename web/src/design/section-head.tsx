import type { ReactNode } from "react";

export function SectionHead({ title, text, children }: { title: string; text?: string; children?: ReactNode }) {
  return (
    <div className="flex flex-wrap items-start justify-between gap-3 pb-5">
      <div className="min-w-0 flex-1 basis-60">
        <h1 className="font-semibold text-xl">{title}</h1>
        {text && <p className="max-w-prose pt-1 text-text-2">{text}</p>}
      </div>
      {children}
    </div>
  );
}
