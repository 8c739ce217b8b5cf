/** Prints what each part of the built page weighs (gzip) and fails when one is over its budget. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const STATIC = join(dirname(fileURLToPath(import.meta.url)), "../../src/portico/static");
const manifest = JSON.parse(readFileSync(join(STATIC, "manifest.json"), "utf8"));

const weigh = (file) => gzipSync(readFileSync(join(STATIC, file)), { level: 9 }).length;

/** The files that come with a module: itself, what it imports statically, and their styles. */
function filesOf(key, seen = new Set()) {
  const chunk = manifest[key];
  if (!chunk || seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const style of chunk.css ?? []) seen.add(style);
  for (const imported of chunk.imports ?? []) filesOf(imported, seen);
  return seen;
}

function keysOf(pattern) {
  return Object.keys(manifest).filter((key) => pattern.test(key));
}

/** What the page names itself: its scripts and styles. */
const shell = new Set([...readFileSync(join(STATIC, "index.html"), "utf8").matchAll(/"\.\/(assets\/[^"]+)"/g)].map((match) => match[1]));
const catalogue = keysOf(/i18n\/(en|zh-CN)\.json$/).map((key) => [...filesOf(key)].filter((file) => !shell.has(file)));
const heaviest = catalogue.sort((a, b) => sum(b) - sum(a))[0] ?? [];

function sum(files) {
  return files.reduce((total, file) => total + weigh(file), 0);
}

function beyond(base, pattern) {
  const files = new Set(keysOf(pattern).flatMap((key) => [...filesOf(key)]));
  return [...files].filter((file) => !base.has(file));
}

const conversation = beyond(shell, /conversation\/conversation-page\.tsx$/);
const withConversation = new Set([...shell, ...conversation]);
const HTML = ["index.html", "icon.svg"];

const rows = [
  ["shell (HTML, entry, styles, catalogue, icon)", [...shell, ...heaviest, ...HTML], 130],
  ["overlays (dialog, menu, model list)", beyond(shell, /(design\/(dialog|menu-content)|conversation\/model-list)\.tsx$/), 55],
  ["conversation", conversation, 30],
  ["highlighter and its heaviest language", highlighter(), 20],
  ["KaTeX and its styles", beyond(withConversation, /markdown\/math\.tsx$/), 85],
  ["settings and administration", beyond(shell, /(settings|admin)\/[a-z-]+\.tsx$/), 90],
  ["share page (HTML, script, styles, catalogue, icon)", sharePage(), 45],
  ["mermaid, without the diagram's own chunk", [...frameFiles()], 700],
];

/** The page of a share link until its first paint: what it names itself, and the heavier of its two catalogues. */
function sharePage() {
  const named = [...readFileSync(join(STATIC, "share.html"), "utf8").matchAll(/"\.\/(assets\/[^"]+)"/g)].map((match) => match[1]);
  const entry = readFileSync(
    join(
      STATIC,
      named.find((file) => file.endsWith(".js")),
    ),
    "utf8",
  );
  const texts = [...entry.matchAll(/import\(`\.\/((?:en|zh-CN)-[\w-]+\.js)`\)/g)].map((match) => `assets/${match[1]}`);
  const heavier = texts.sort((a, b) => weigh(b) - weigh(a))[0];
  return heavier ? [...named, heavier, "share.html", "icon.svg"] : [];
}

function highlighter() {
  const core = beyond(withConversation, /markdown\/highlight\.ts$/);
  const languages = keysOf(/highlight\.js\/(es|lib)\/languages\//).map((key) => manifest[key].file);
  const heaviestLanguage = languages.sort((a, b) => weigh(b) - weigh(a))[0];
  return heaviestLanguage ? [...core, heaviestLanguage] : core;
}

function frameFiles() {
  const html = readFileSync(join(STATIC, "frame/mermaid.html"), "utf8");
  return [...html.matchAll(/"\.\.\/(assets\/[^"]+)"/g)].map((match) => match[1]);
}

const requests = shell.size + heaviest.length + HTML.length;
let failed = requests > 6;
console.log("| Part | kB gz | Budget | Files |\n| --- | ---: | ---: | ---: |");
for (const [name, files, budget] of rows) {
  const size = sum(files) / 1000;
  failed ||= size > budget || files.length === 0;
  console.log(`| ${name} | ${size.toFixed(1)} | ${budget} | ${files.length} |${size > budget ? " OVER" : ""}`);
}
console.log(`\nRequests until first paint of /: ${requests} (budget 6)${requests > 6 ? " OVER" : ""}`);
process.exit(failed ? 1 : 0);
