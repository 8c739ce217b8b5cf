import { classes } from "../design/classes.ts";
import { t } from "../i18n/index.ts";

type Props = { input: string; output: string | null; failed: boolean };

/** What went into a tool, as names and values, and what came out of it. */
export function ToolDetails({ input, output, failed }: Props) {
  const fields = readFields(input);
  return (
    <div className="flex flex-col gap-3 border-border border-t px-3 py-2.5 text-sm">
      {fields === null ? <Raw text={input} /> : fields.length > 0 && <Fields fields={fields} />}
      {output !== null && (
        <div>
          <div className="pb-1 text-text-3 text-xs">{t("tool.result")}</div>
          <Raw text={output} failed={failed} />
        </div>
      )}
    </div>
  );
}

function Fields({ fields }: { fields: [string, string][] }) {
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
      {fields.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="font-mono text-text-3">{name}</dt>
          <dd className="min-w-0 whitespace-pre-wrap font-mono [overflow-wrap:anywhere]">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Raw({ text, failed }: { text: string; failed?: boolean }) {
  return (
    <pre
      className={classes(
        "thin-scroll max-h-60 overflow-auto whitespace-pre-wrap font-mono text-xs [overflow-wrap:anywhere]",
        failed && "text-danger",
      )}
    >
      {text}
    </pre>
  );
}

/** The arguments as pairs, or null while they are not complete JSON. */
function readFields(text: string): [string, string][] | null {
  if (!text) return [];
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return null;
    return Object.entries(value).map(([name, item]) => [name, typeof item === "string" ? item : JSON.stringify(item)]);
  } catch {
    return null; // Still arriving.
  }
}
