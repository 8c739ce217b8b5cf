/** What the server (or the lack of one) answered, as one type. `code` is stable; `detail` is a sentence for people. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly requestId: string | null,
    readonly retryAfterMs: number | null = null,
    readonly fields: { location: string; message: string }[] = [],
  ) {
    super(detail || code);
  }

  /** True when the same request may be sent again without change: nobody answered, or the server asked for patience. */
  get transient(): boolean {
    return this.status === 0 || this.status === 429 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

type Problem = {
  code?: string;
  detail?: string;
  title?: string;
  request_id?: string;
  errors?: { location?: string; field?: string; message?: string }[];
};

/** The error that an answer names in its problem+json body; any other body (a proxy's page) becomes a code made from the status. */
export function problemOf(response: Response, body: unknown): ApiError {
  const problem: Problem = typeof body === "object" && body !== null ? body : {};
  const retryAfter = Number(response.headers.get("Retry-After"));
  return new ApiError(
    response.status,
    problem.code ?? `http_${response.status}`,
    problem.detail ?? problem.title ?? response.statusText,
    problem.request_id ?? response.headers.get("X-Request-Id"),
    Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter * 1000 : null,
    (problem.errors ?? []).map((error) => ({ location: error.location ?? error.field ?? "", message: error.message ?? "" })),
  );
}

/** As `problemOf`, for a response whose body was not read yet. */
export async function readProblem(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null); // A proxy cut it, or it is no JSON: the status says enough.
  return problemOf(response, body);
}

/** The request reached nobody. */
export function networkError(): ApiError {
  return new ApiError(0, "network", "", null);
}

export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(0, "unexpected", error instanceof Error ? error.message : String(error), null);
}
