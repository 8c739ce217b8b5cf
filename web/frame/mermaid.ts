/** Draws one diagram. This page runs in a sandbox without an origin: it can reach neither the session nor the page around it. */
import mermaid from "mermaid";

type Request = { text: string; dark: boolean };

window.addEventListener("message", (event: MessageEvent<Request>) => {
  const port = event.ports[0];
  if (!port || typeof event.data?.text !== "string") return;
  draw(event.data).then(
    (drawing) => watchHeight(drawing, port),
    (error: unknown) => port.postMessage({ error: error instanceof Error ? error.message : "failed" }),
  );
});

async function draw({ text, dark }: Request): Promise<Element> {
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: "strict",
    theme: dark ? "dark" : "neutral",
    fontFamily: "system-ui, sans-serif",
  });
  const { svg } = await mermaid.render("diagram", text);
  const drawing = new DOMParser().parseFromString(svg, "text/html").body.firstElementChild;
  if (!drawing) throw new Error("nothing was drawn");
  document.documentElement.style.colorScheme = dark ? "dark" : "light";
  document.body.style.cssText = "margin:0;padding:16px;display:flex;justify-content:center;overflow:hidden;background:transparent";
  document.body.replaceChildren(drawing);
  return drawing;
}

/** Tells the page how high the drawing is, now and whenever the page's width changes it. */
function watchHeight(drawing: Element, port: MessagePort): void {
  const tell = () => port.postMessage({ height: Math.ceil(drawing.getBoundingClientRect().height) + 32 });
  new ResizeObserver(tell).observe(drawing);
  tell();
}
