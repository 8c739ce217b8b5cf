import { type ComponentType, type ReactNode, useEffect, useState } from "react";
import { retry } from "./retry.ts";

/** What has come already stands in its place at once, without a moment of its fallback. */
const arrived = new WeakMap<object, unknown>();

type Props<P> = { load: () => Promise<{ default: ComponentType<P> }>; props: P; fallback: ReactNode };

/**
 * A part whose code comes later. Until it is here, and when it cannot be fetched, the fallback stands in its place:
 * a lost connection must not take away the text around it. It is tried again, at once when the network is back.
 */
export function Late<P extends object>({ load, props, fallback }: Props<P>) {
  const [part, setPart] = useState(() => (arrived.get(load) as { view: ComponentType<P> } | undefined) ?? null);
  useEffect(() => {
    if (arrived.has(load)) return;
    return retry(load, (loaded) => {
      const here = { view: loaded.default };
      arrived.set(load, here);
      setPart(here);
    });
  }, [load]);
  if (!part) return fallback;
  const View = part.view;
  return <View {...props} />;
}
