import { Dialog, Popover } from "radix-ui";
import type { ReactNode } from "react";
import type { Model, ModelRef } from "../api/types.ts";
import { SheetHandle } from "../design/sheet-handle.tsx";
import { t } from "../i18n/index.ts";
import { ModelChoices } from "./model-choices.tsx";
import { NoModels } from "./no-models.tsx";

type Props = {
  trigger: ReactNode;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  model: Model | null;
  models: Model[];
  onChoose: (ref: ModelRef) => void;
};

/** The list of models: beside its button on a wide page, a sheet from below on a phone. */
export default function ModelList({ trigger, open, onOpenChange, model, models, onChoose }: Props) {
  const close = () => onOpenChange(false);
  const content = models.length ? (
    <ModelChoices model={model} models={models} onChoose={onChoose} onClose={close} />
  ) : (
    <div className="p-3">
      <NoModels />
    </div>
  );
  if (window.innerWidth < 768)
    return (
      <Dialog.Root open={open} onOpenChange={onOpenChange}>
        <Dialog.Trigger asChild>{trigger}</Dialog.Trigger>
        <Dialog.Portal>
          <Dialog.Overlay className="fixed inset-0 z-40 animate-fade bg-scrim" />
          <Dialog.Content
            aria-describedby={undefined}
            className="fixed inset-x-0 bottom-0 z-50 flex max-h-[85dvh] animate-rise flex-col overflow-hidden rounded-t-lg border-border border-t bg-overlay pb-[env(safe-area-inset-bottom)] shadow-3"
          >
            <SheetHandle onClose={close} />
            <Dialog.Title className="px-4 pt-1 pb-1 font-semibold text-lg">{t("model.choose")}</Dialog.Title>
            {content}
          </Dialog.Content>
        </Dialog.Portal>
      </Dialog.Root>
    );
  return (
    <Popover.Root open={open} onOpenChange={onOpenChange}>
      <Popover.Trigger asChild>{trigger}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={14}
          collisionPadding={8}
          aria-label={t("model.choose")}
          onCloseAutoFocus={toComposer}
          className="z-50 flex max-h-[min(70dvh,560px)] w-[min(440px,calc(100vw-16px))] animate-fade flex-col overflow-hidden rounded-md border border-border bg-overlay shadow-3"
        >
          {content}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** The list was opened on the way to a message: there the person goes on. */
function toComposer(event: Event): void {
  const composer = document.getElementById("composer");
  if (!composer) return;
  event.preventDefault();
  composer.focus();
}
