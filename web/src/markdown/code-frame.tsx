import { Late } from "../design/late.tsx";
import { t } from "../i18n/index.ts";

type Code = { language: string; text: string; closed: boolean };

const LONG_LINES = 40; // A longer block is folded to its first lines.

const loadBlock = () => import("./code-block.tsx");

/** Code: at once in its frame, a moment later with its tools; both take the same room. */
export function CodeFrame({ language, text, closed }: Code) {
  const lines = text.split("\n").length;
  const long = lines > LONG_LINES;
  const plain = (
    <div className={closed && long ? "code-frame folded" : "code-frame"}>
      <div className="code-head">
        <span className="code-language">{language || t("code.plain")}</span>
      </div>
      <pre className="thin-scroll" tabIndex={0}>
        <code>{text}</code>
      </pre>
    </div>
  );
  return <Late load={loadBlock} props={{ language, text, closed, lines, long }} fallback={plain} />;
}
