import { type FormEvent, useState } from "react";
import { type ApiError, asApiError } from "../api/errors.ts";

/** A form that is sent once at a time: values by field name, and the error of the last try. */
export function useForm(submit: (values: Record<string, string>) => Promise<void>) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const onSubmit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const values = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    setBusy(true);
    setError(null);
    try {
      await submit(values);
    } catch (failure) {
      setError(asApiError(failure));
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, onSubmit };
}
