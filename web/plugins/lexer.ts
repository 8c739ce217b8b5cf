import type { Plugin } from "vite";

/**
 * The page uses marked's lexer alone. Its file ends with a ready-made instance, which holds the parser, the renderer and the hooks, and
 * which no bundler can leave out: assignments to its members count as effects.
 */
export function lexerOnly(): Plugin {
  return {
    name: "portico:lexer-only",
    enforce: "pre",
    transform(code, id) {
      if (!id.endsWith("marked/lib/marked.esm.js")) return null;
      const instance = /;var \w+=new \w+;function \w+\(/.exec(code);
      const names = ["Lexer", "Tokenizer"].map((name) => new RegExp(`[{,](\\S{1,3} as ${name})[,}]`).exec(code)?.[1]);
      if (!instance || names.includes(undefined)) throw new Error("marked was built in another way: look at plugins/lexer.ts");
      return { code: `${code.slice(0, instance.index)};export{${names.join(",")}};`, map: null };
    },
  };
}
