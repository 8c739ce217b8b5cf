import { useState } from "react";
import { classes } from "../design/classes.ts";
import { CopyButton } from "../design/copy-button.tsx";
import { t } from "../i18n/index.ts";
import { readFields } from "./fields.ts";

type Props = { input: string; output: string | null; failed: boolean };

/** What went into a tool and what came out of it, as names and values; as it travelled only on request. */
export function ToolDetails({ input, output, failed }: Props) {
  const [raw, setRaw] = useState(false);
  const fields = readFields(input);
  const results = output === null ? null : readFields(output);
  const structured = (fields?.length ?? 0) > 0 || results !== null;
  return (
    <div className="flex flex-col gap-3 border-border border-t px-3 py-2.5 text-sm">
      {raw || fields === null ? input && <Raw text={input} /> : fields.length > 0 && <Fields fields={fields} />}
      {output !== null && (
        <div>
          <div className={classes("flex items-center justify-between text-xs", failed ? "text-danger" : "text-text-3")}>
            {t(failed ? "tool.error" : "tool.result")}
            <CopyButton text={() => output} label={t("tool.copyResult")} />
          </div>
          {results && !raw ? <Fields fields={results} /> : <Raw text={output} failed={failed} />}
        </div>
      )}
      {structured && (
        <button
          type="button"
          aria-pressed={raw}
          onClick={() => setRaw(!raw)}
          className="w-fit text-text-3 text-xs underline hover:text-text-1"
        >
          {t(raw ? "tool.asFields" : "tool.asJson")}
        </button>
      )}
    </div>
  );
}

function Fields({ fields }: { fields: [string, string][] }) {
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
      {fields.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-text-3">{name.replaceAll("_", " ")}</dt>
          <dd className="min-w-0 whitespace-pre-wrap [overflow-wrap:anywhere]">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Raw({ text, failed }: { text: string; failed?: boolean }) {
  return (
    <pre
      tabIndex={0}
      className={classes(
        "thin-scroll max-h-60 overflow-auto whitespace-pre-wrap font-mono text-xs [overflow-wrap:anywhere]",
        failed && "text-danger",
      )}
    >
      {text}
    </pre>
  );
}
