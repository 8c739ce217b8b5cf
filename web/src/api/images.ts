import { apiUrl } from "./http.ts";
import { useSession } from "./session.ts";

const address = (url: string) => apiUrl(`/images?url=${encodeURIComponent(url)}`);

/** Where our server hands an image of another site on; null when the operator turned that off. */
export function useImageAddress(): ((url: string) => string) | null {
  return useSession((state) => state.boot?.features.images) ? address : null;
}
