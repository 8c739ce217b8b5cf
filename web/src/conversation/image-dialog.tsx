import { Layer } from "../design/layer.tsx";

/** An image as large as the view allows. */
export function ImageDialog({ name, src, onClose }: { name: string; src: string; onClose: () => void }) {
  return (
    <Layer title={name} onClose={onClose} wide>
      <img src={src} alt={name} className="mx-auto max-h-[70dvh] max-w-full rounded-sm object-contain" />
    </Layer>
  );
}
