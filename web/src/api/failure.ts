// What a failed request becomes on the screen: a code, a sentence in each
// language, and whether trying again can help.
import type { Problem } from "./schemas";

export class Failure extends Error {
  readonly code: string;
  readonly status: number;
  readonly zh: string;
  readonly en: string;
  readonly field: string | undefined;
  readonly errors: NonNullable<Problem["errors"]>;
  readonly retryAfter: number | undefined;

  constructor(problem: Partial<Problem>, retryAfter?: number) {
    super(problem.detail ?? problem.title ?? problem.code ?? "request failed");
    this.name = "Failure";
    this.code = problem.code ?? "internal";
    this.status = problem.status ?? 0;
    this.zh = problem.detailZh || problem.detail || problem.title || "";
    this.en = problem.detailEn || problem.detail || problem.title || "";
    this.field = problem.field;
    this.errors = problem.errors ?? [];
    this.retryAfter = retryAfter;
  }
}

/** The server could not be reached at all: no answer, no status. */
export function unreachable(): Failure {
  return new Failure({
    code: "unreachable",
    detailZh: "连不上服务器。请检查网络,稍后再试;已填写的内容没有丢。",
    detailEn: "The server cannot be reached. Check the network and try again; nothing you typed is lost.",
  });
}

export function asFailure(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure({ code: "client", detail: String(error) });
}

/** The failure a response stands for; its body may be a problem document, or not JSON at all. */
export function failureOf(response: Response, body: unknown): Failure {
  const retry = Number(response.headers.get("Retry-After"));
  const problem = typeof body === "object" && body !== null ? (body as Partial<Problem>) : {};
  return new Failure({ ...problem, status: response.status, code: problem.code ?? `http_${response.status}` }, retry > 0 ? retry : undefined);
}
