import type { FormEvent } from "react";
import { useLocation } from "wouter";
import { findConversation } from "../api/shelf.ts";
import { Button } from "../design/button.tsx";
import { Field } from "../design/field.tsx";
import { Layer } from "../design/layer.tsx";
import { t } from "../i18n/index.ts";
import { conversationIn } from "./commands.ts";
import { rename } from "./organise.ts";

/** Asks for the new title of the conversation in view. */
export default function RenameLayer({ onClose }: { onClose: () => void }) {
  const [location] = useLocation();
  const current = conversationIn(location);
  const item = current ? findConversation(current) : undefined;
  if (!item) return null;
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const title = String(new FormData(event.currentTarget).get("title")).trim();
    onClose();
    if (title && title !== item.title) void rename(item, title);
  };
  return (
    <Layer title={t("common.rename")} onClose={onClose}>
      <form onSubmit={save} className="flex flex-col gap-4">
        <Field
          label={t("sidebar.title")}
          name="title"
          defaultValue={item.title}
          maxLength={200}
          required
          autoFocus
          onFocus={(event) => event.target.select()}
        />
        <Button type="submit" look="primary" className="self-end">
          {t("common.save")}
        </Button>
      </form>
    </Layer>
  );
}
