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
const shell = new Set(named("index.html"));
const languages = JSON.parse(readFileSync(join(STATIC, "locales.json"), "utf8"));
const heaviest = Object.values(languages)
  .map((language) => [language.file])
  .sort((a, b) => sum(b) - sum(a))[0];

function sum(files) {
  return files.reduce((total, file) => total + weigh(file), 0);
}

function beyond(base, pattern) {
  const files = new Set(keysOf(pattern).flatMap((key) => [...filesOf(key)]));
  return [...files].filter((file) => !base.has(file));
}

const conversation = beyond(shell, /conversation\/conversation-page\.tsx$/);
const withConversation = new Set([...shell, ...conversation]);
const HTML = ["index.html"]; // its icon is in it
const MANIFEST = 1; // made by the server for each instance, about 0.3 kB
const idle = beyond(withConversation, /(api\/keep|pwa\/start)\.ts$/);

const rows = [
  ["shell (HTML, entry, styles, texts)", [...shell, ...heaviest, ...HTML], 130],
  ["overlays (dialog, menu, model list)", beyond(shell, /(design\/(dialog|menu-content)|conversation\/model-list)\.tsx$/), 55],
  ["conversation", conversation, 30],
  ["highlighter and its heaviest language", highlighter(), 20],
  ["KaTeX and its styles", beyond(withConversation, /markdown\/math\.tsx$/), 85],
  ["settings and administration", beyond(shell, /(settings|admin)\/[a-z-]+\.tsx$/), 90],
  ["share page (HTML, script, styles, texts, icon)", sharePage(), 45],
  ["service worker", ["sw.js"], 5],
  ["offline page", ["offline.html", ...named("offline.html")], 5],
  ["idle after the first paint: conversation, worker's start, cache", [...conversation, ...idle], null],
  ["mermaid, without the diagram's own chunk", [...frameFiles()], 700],
];

/** The scripts and styles that a document names. */
function named(page) {
  return [...readFileSync(join(STATIC, page), "utf8").matchAll(/"\.\/(assets\/[^"]+)"/g)].map((match) => match[1]);
}

/** The page of a share link until its first paint: what it names itself, and the heaviest of its texts. */
function sharePage() {
  const files = named("share.html");
  const entry = readFileSync(
    join(
      STATIC,
      files.find((file) => file.endsWith(".js")),
    ),
    "utf8",
  );
  const texts = [...entry.matchAll(/import\(`\.\/(core-[\w-]+\.js)`\)/g)].map((match) => `assets/${match[1]}`);
  const heaviest = texts.sort((a, b) => weigh(b) - weigh(a))[0];
  return heaviest ? [...files, heaviest, "share.html", "icon.svg"] : [];
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

const requests = shell.size + heaviest.length + HTML.length + MANIFEST;
let failed = requests > 6;
console.log("| Part | kB gz | Budget | Files |\n| --- | ---: | ---: | ---: |");
for (const [name, files, budget] of rows) {
  const size = sum(files) / 1000;
  const over = budget !== null && size > budget;
  failed ||= over || files.length === 0;
  console.log(`| ${name} | ${size.toFixed(1)} | ${budget ?? "listed"} | ${files.length} |${over ? " OVER" : ""}`);
}
console.log(`\nRequests until first paint of /: ${requests} (budget 6)${requests > 6 ? " OVER" : ""}`);
process.exit(failed ? 1 : 0);
