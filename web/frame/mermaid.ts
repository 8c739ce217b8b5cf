/** Draws one diagram. This page runs in a sandbox without an origin: it can reach neither the session nor the page around it. */
import mermaid from "mermaid";
import { exportDrawing } from "./export.ts";

type Request = { text: string; dark: boolean } | { save: "svg" | "png" };

const SECURED = ["secure", "securityLevel", "startOnLoad", "maxTextSize", "suppressErrorRendering", "maxEdges"];

// Mermaid parses labels in this document before it cleans them. The policy stops what a tag's attributes would do; here they become text.
const TAG_WITH_ATTRIBUTES = /<(?=\/?[a-z][^<>]*=)/gi;

// The page's colours, in the only notation that Mermaid can reckon with.
const LIGHT = {
  background: "#f7f8f9",
  edgeLabelBackground: "#f7f8f9",
  primaryColor: "#e8eefb",
  primaryBorderColor: "#9fb4e6",
  primaryTextColor: "#1c2029",
  secondaryColor: "#e4f3ec",
  tertiaryColor: "#f8eee0",
  lineColor: "#6d7380",
  textColor: "#1c2029",
  noteBkgColor: "#fdf6e3",
  noteBorderColor: "#e3d3a4",
  ...pie("#8aa4ec", "#86cbac", "#e6bd80", "#cf9fdd", "#eb9f9f", "#8ccbd9"),
};
const DARK = {
  background: "#0c0d10",
  edgeLabelBackground: "#0c0d10",
  primaryColor: "#1d2841",
  primaryBorderColor: "#4a6199",
  primaryTextColor: "#e8eaef",
  secondaryColor: "#1b3329",
  tertiaryColor: "#3a2d1c",
  lineColor: "#8d93a0",
  textColor: "#e8eaef",
  noteBkgColor: "#332b16",
  noteBorderColor: "#5d5027",
  noteTextColor: "#e8eaef",
  ...pie("#40599f", "#2f7658", "#84602a", "#714a85", "#874646", "#2f6678"),
};
const FONTS = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
const ROUND = ".node rect, rect.actor, .cluster rect { rx: 6px; ry: 6px }";

/** The colours of a pie's slices, and thin lines between them. */
function pie(...slices: string[]): Record<string, string> {
  const colors = Object.fromEntries(slices.map((color, index) => [`pie${index + 1}`, color]));
  return { ...colors, pieOpacity: "1", pieStrokeWidth: "1px", pieStrokeColor: "transparent", pieOuterStrokeWidth: "0" };
}
const PAPER_MS = 400; // after what is on the screen

let drawing: SVGSVGElement | null = null;
let watch: ResizeObserver | null = null;

window.addEventListener("message", (event: MessageEvent<Request>) => {
  const port = event.ports[0];
  if (!port || typeof event.data !== "object") return;
  const answer = "save" in event.data ? save(event.data.save, port) : draw(event.data.text, event.data.dark, port);
  answer.catch((error: unknown) => port.postMessage({ error: error instanceof Error ? error.message : "failed" }));
});

async function draw(text: string, dark: boolean, port: MessagePort): Promise<void> {
  const drawn = await picture("diagram", text, dark);
  drawing = drawn;
  document.documentElement.style.colorScheme = dark ? "dark" : "light";
  document.body.style.cssText = "margin:0;padding:16px;overflow-x:auto;overflow-y:hidden;background:transparent";
  drawn.style.cssText += `;display:block;margin-inline:auto;min-width:${readableWidth(drawn)}px`;
  document.body.replaceChildren(drawn);
  watchHeight(drawn, port);
  if (dark) await drawForPaper(text, drawn);
}

/** Paper is light, whatever the page is: the same diagram in ink, which only a print shows. It must be there before anybody prints. */
async function drawForPaper(text: string, drawn: SVGSVGElement): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, PAPER_MS));
  if (drawing !== drawn) return;
  const inked = await picture("on-paper", text, false);
  if (drawing !== drawn) return;
  inked.classList.add("on-paper");
  drawn.classList.add("on-screen");
  document.body.append(inked);
}

async function picture(id: string, text: string, dark: boolean): Promise<SVGSVGElement> {
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: "strict",
    // What the text of a diagram may not change: its look is the page's, and a rule of its own could name other addresses.
    secure: [...SECURED, "theme", "themeCSS", "htmlLabels", "fontFamily"],
    // Words as SVG text: as HTML they would be parsed in this document, and a picture of it could not be saved.
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    class: { htmlLabels: false },
    suppressErrorRendering: true,
    theme: "base",
    themeVariables: { ...(dark ? DARK : LIGHT), darkMode: dark, fontFamily: FONTS, fontSize: "14px" },
    themeCSS: ROUND,
    fontFamily: FONTS,
  });
  const { svg } = await mermaid.render(id, text.replace(TAG_WITH_ATTRIBUTES, "\u2039"));
  const drawn = new DOMParser().parseFromString(svg, "text/html").body.firstElementChild;
  if (!(drawn instanceof SVGSVGElement)) throw new Error("nothing was drawn");
  return drawn;
}

/** A wide diagram is not made smaller than half its size: it scrolls, so that its words can still be read on a phone. */
function readableWidth(drawn: SVGSVGElement): number {
  return Math.round(Math.min(drawn.viewBox.baseVal.width, 4_000) / 2);
}

/** Tells the page how high the drawing is, now and whenever the page's width changes it. */
function watchHeight(drawn: SVGSVGElement, port: MessagePort): void {
  watch?.disconnect();
  const tell = () => port.postMessage({ height: Math.ceil(drawn.getBoundingClientRect().height) + 32 });
  watch = new ResizeObserver(tell);
  watch.observe(drawn);
  tell();
}

async function save(format: "svg" | "png", port: MessagePort): Promise<void> {
  if (drawing) port.postMessage({ file: await exportDrawing(drawing, format) });
}
