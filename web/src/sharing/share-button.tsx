import { Share2 } from "lucide-react";
import { useUser } from "../api/session.ts";
import { IconButton } from "../design/icon-button.tsx";
import { t } from "../i18n/index.ts";
import { openSharing } from "./open.ts";

/** Opens the share dialog from the top of a conversation; on a narrow screen it stands in the top bar. Guests share nothing. */
export function ShareButton({ conversation }: { conversation: string }) {
  if (useUser().role === "guest") return null;
  return (
    <IconButton
      icon={Share2}
      label={t("share.open")}
      onClick={() => openSharing(conversation)}
      className="absolute inset-e-3 top-1 z-10 bg-bg max-md:fixed max-md:inset-e-13 max-md:top-0.5"
    />
  );
}
