import type { Plugin } from "vite";

/**
 * The page uses marked's lexer alone, and of its dialects GitHub's. Its file ends with a ready-made instance, which holds the parser, the
 * renderer and the hooks; every dialect is built when the file runs. No bundler can leave these out: assignments and calls count as effects.
 */
export function lexerOnly(): Plugin {
  return {
    name: "portico:lexer-only",
    enforce: "pre",
    transform(code, id) {
      if (!id.endsWith("marked/lib/marked.esm.js")) return null;
      const instance = /;var \w+=new \w+;function \w+\(/.exec(code);
      const names = ["Lexer", "Tokenizer"].map((name) => new RegExp(`[{,](\\S{1,3} as ${name})[,}]`).exec(code)?.[1]);
      if (!instance || names.includes(undefined)) throw unknown();
      const lexer = `${code.slice(0, instance.index)};export{${names.join(",")}};`;
      return { code: withoutUnused(withoutDialects(lexer), (text) => this.parse(text)), map: null };
    },
  };
}

const unknown = () => new Error("marked was built in another way: look at plugins/lexer.ts");

/** The lexer asks for `pedantic` in each rule; `breaks` and it are two more tables of rules beside GitHub's. */
function withoutDialects(code: string): string {
  const tables = /(=\{normal:[\w$]+,gfm:[\w$]+),(?:breaks:[\w$]+,)?pedantic:[\w$]+\}/g;
  const options = /this\.options\.(?:pedantic|breaks)\b/g;
  if (code.match(tables)?.length !== 2 || !options.test(code)) throw unknown();
  return code.replace(tables, "$1}").replace(options, "false");
}

type Declared = { start: number; end: number; id: { start: number; end: number; name?: string } };
type Statement = { type: string; start: number; end: number; declarations?: Declared[] };

/** Drops variables whose name stands nowhere else in the file, and then those that only they named: all are rules, and making one has no effect. */
function withoutUnused(code: string, parse: (code: string) => { body: unknown[] }): string {
  const isUsed = ({ start, end, name = "" }: Declared["id"]) =>
    new RegExp(`(?<![\\w$.])${name.replaceAll("$", "\\$")}(?![\\w$])`).test(`${code.slice(0, start)} ${code.slice(end)}`);
  let left = code;
  for (const { type, start, end, declarations = [] } of (parse(code).body as Statement[]).reverse()) {
    if (type !== "VariableDeclaration") continue;
    const kept = declarations.filter(({ id }) => !id.name || isUsed(id));
    if (kept.length === declarations.length) continue;
    const again = kept.map((each) => code.slice(each.start, each.end)).join(",");
    left = `${left.slice(0, start)}${again && `var ${again};`}${left.slice(end)}`;
  }
  return left === code ? code : withoutUnused(left, parse);
}
