import { ImageIcon } from "lucide-react";
import { useContext } from "react";
import { Late } from "../design/late.tsx";
import { t } from "../i18n/index.ts";
import { SurroundingsContext } from "./surroundings.ts";

const loadRemote = () => import("./remote-image.tsx");

/**
 * An image of another site would tell that site who reads: it is a link that the person may follow and, where a server of ours fetches it,
 * a picture that they may load.
 */
export function ImageView({ src, alt }: { src: string; alt: string }) {
  const { imageAddress } = useContext(SurroundingsContext);
  if (src.startsWith("data:")) return <img src={src} alt={alt} />;
  const link = (
    <a className="image-link" href={src} target="_blank" rel="noopener noreferrer nofollow">
      <ImageIcon aria-hidden size={16} />
      <span>{alt || t("markdown.image")}</span>
      <span className="image-host">{new URL(src).host}</span>
    </a>
  );
  if (!imageAddress) return link;
  return <Late load={loadRemote} props={{ src, alt, address: imageAddress(src) }} fallback={link} />;
}
