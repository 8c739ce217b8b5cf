import type { ApiError } from "../api/errors.ts";
import { describeError } from "../i18n/errors.ts";
import { NoticeBox } from "./notice-box.tsx";

/** Why a form was not taken, with the server's words for single fields. */
export function FormError({ error }: { error: ApiError | null }) {
  if (!error) return null;
  const fields = error.fields.filter((field) => field.message);
  return (
    <NoticeBox tone="danger" role="alert">
      {describeError(error)}
      {fields.map((field) => (
        <div key={field.location}>
          {field.location}: {field.message}
        </div>
      ))}
    </NoticeBox>
  );
}
