import { useState } from "react";
import { testProvider } from "../api/client.ts";
import { type ApiError, asApiError } from "../api/errors.ts";
import type { ProviderTest } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { NoticeBox } from "../design/notice-box.tsx";
import { describeError } from "../i18n/errors.ts";
import { formatNumber, t, textOfCode } from "../i18n/index.ts";

/** Sends one small request to a back end and says how fast it answered, or why it did not. */
export function ProviderTestButton({ provider, model }: { provider: string; model?: string }) {
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<ProviderTest | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const run = async () => {
    setBusy(true);
    setError(null);
    setResult(null);
    try {
      setResult(await testProvider(provider, model ? { model } : {}));
    } catch (failure) {
      setError(asApiError(failure));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="flex flex-col items-start gap-2">
      <Button small busy={busy} onClick={() => void run()}>
        {t("provider.test")}
      </Button>
      {error && (
        <NoticeBox tone="danger" role="alert">
          {describeError(error)}
        </NoticeBox>
      )}
      {result && <TestResult result={result} />}
    </div>
  );
}

function TestResult({ result }: { result: ProviderTest }) {
  if (!result.ok) {
    const failure = result.error;
    const text = failure?.detail || (failure && textOfCode("error", failure.code)) || t("provider.testFailed");
    return (
      <NoticeBox tone="danger" role="alert">
        {text}
        {failure?.message && failure.message !== text && <div className="pt-1 text-text-2 [overflow-wrap:anywhere]">{failure.message}</div>}
      </NoticeBox>
    );
  }
  const time = formatNumber(result.latency_ms, { maximumFractionDigits: 0 });
  return (
    <NoticeBox tone="ok" role="status">
      {t("provider.testOk", { time })}
      {result.ttft_ms !== null && <> {t("provider.testFirst", { time: formatNumber(result.ttft_ms, { maximumFractionDigits: 0 }) })}</>}
    </NoticeBox>
  );
}
