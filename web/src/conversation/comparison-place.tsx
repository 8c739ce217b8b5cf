import type { Message } from "../api/types.ts";
import { Late } from "../design/late.tsx";
import { loadComparison } from "./late-parts.ts";
import { useComparison } from "./use-comparison.ts";
import type { ModelChoice } from "./use-model.ts";

/** Where answers stand side by side, under the last question while none of them is chosen. */
export function ComparisonPlace({ question, choice }: { question: Message; choice: ModelChoice }) {
  const answers = useComparison(question.conversation, question);
  if (!answers) return null;
  return <Late load={loadComparison} props={{ question, answers, choice }} fallback={<div className="h-40" />} />;
}
