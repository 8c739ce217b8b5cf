import { ExternalLink, ImageIcon, ImageOff } from "lucide-react";
import "./remote-image.css";
import { useState } from "react";
import { t } from "../i18n/index.ts";
import { isTrustedHost, trustHost } from "./image-hosts.ts";

type Props = { src: string; alt: string; address: string };
type State = "asking" | "loading" | "shown" | "failed";

/** An image of another site, which the person loads by a click; `address` is where our server hands it on. */
export default function RemoteImage({ src, alt, address }: Props) {
  const host = new URL(src).host;
  const [state, setState] = useState<State>(() => (isTrustedHost(host) ? "loading" : "asking"));
  const [trusted, setTrusted] = useState(() => isTrustedHost(host));
  const [attempt, setAttempt] = useState(0);
  const load = () => {
    setAttempt(attempt + 1);
    setState("loading");
  };
  const trust = (wanted: boolean) => {
    trustHost(host, wanted);
    setTrusted(wanted);
    if (wanted && state !== "shown") load();
  };

  const shown = state === "loading" || state === "shown";
  return (
    <span className="remote-image">
      {shown && (
        <img
          key={attempt}
          src={address}
          alt={alt}
          className={state === "loading" ? "pending" : undefined}
          onLoad={() => setState("shown")}
          onError={() => setState("failed")}
        />
      )}
      {state !== "shown" && <Placeholder alt={alt} host={host} state={state} onLoad={load} />}
      <span className="remote-image-foot">
        <label>
          <input type="checkbox" checked={trusted} onChange={(event) => trust(event.target.checked)} />
          {t("image.always", { host })}
        </label>
        <a href={src} target="_blank" rel="noopener noreferrer nofollow">
          {t("image.open")}
          <ExternalLink aria-hidden size={12} />
        </a>
      </span>
    </span>
  );
}

function Placeholder({ alt, host, state, onLoad }: { alt: string; host: string; state: State; onLoad: () => void }) {
  const failed = state === "failed";
  const Icon = failed ? ImageOff : ImageIcon;
  return (
    <span className="remote-image-place" role={failed ? "alert" : undefined}>
      <Icon aria-hidden size={18} />
      <span className="remote-image-text">
        <span>{alt || t("markdown.image")}</span>
        <span className="image-host">{failed ? t("image.failed", { host }) : host}</span>
      </span>
      <button type="button" disabled={state === "loading"} onClick={onLoad}>
        {t(state === "loading" ? "common.loading" : failed ? "common.retry" : "image.load")}
      </button>
    </span>
  );
}
