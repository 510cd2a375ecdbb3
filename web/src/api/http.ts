// The HTTP client: typed by the generated paths, with the session's CSRF token
// on every request that writes, and failures as values of class Failure.
import createClient from "openapi-fetch";
import { failureOf, unreachable } from "./failure";
import type { ImportBatch } from "./schemas";
import type { paths } from "./types";

let csrf = "";
let language = "zh-CN";
let signedOut: () => void = () => undefined;

/** Called by the session owner whenever the session or the language changes. */
export function setRequestContext(context: { csrf?: string; language?: string }): void {
  csrf = context.csrf ?? csrf;
  language = context.language ?? language;
}

/** Names who is told when a request is refused because the session ran out. */
export function onSignedOut(tell: () => void): void {
  signedOut = tell;
}

const client = createClient<paths>({ baseUrl: "", credentials: "same-origin" });
client.use({
  onRequest({ request }) {
    request.headers.set("Accept-Language", language);
    if (request.method !== "GET") request.headers.set("X-CSRF-Token", csrf);
    return request;
  },
  onResponse({ request, response }) {
    if (response.status === 401 && new URL(request.url).pathname !== "/api/v1/session") signedOut();
  },
});

interface Outcome<T> { data?: T; error?: unknown; response: Response }

/** Unwraps an answer of the client: the data, or a thrown Failure. */
export async function must<T>(call: Promise<Outcome<T>>): Promise<T> {
  let outcome: Outcome<T>;
  try {
    outcome = await call;
  } catch {
    throw unreachable();
  }
  if (!outcome.response.ok) throw failureOf(outcome.response, outcome.error);
  return outcome.data as T;
}

export const http = client;

/** Fetches a file of the server and hands it to the browser; gives the password that opens it, when it has one. */
export async function download(path: string, signal?: AbortSignal): Promise<string> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: "same-origin", headers: { "Accept-Language": language }, signal: signal ?? null });
  } catch {
    throw unreachable();
  }
  if (!response.ok) throw failureOf(response, await response.json().catch(() => null));
  const name = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? "file";
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = decodeURIComponent(name);
  link.click();
  URL.revokeObjectURL(link.href);
  return response.headers.get("X-File-Password") ?? "";
}

/** Sends one file to the import page's endpoint; progress runs from 0 to 1 while bytes leave the browser. */
export function upload(file: File, progress: (share: number) => void): Promise<ImportBatch> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/api/v1/imports");
    request.setRequestHeader("X-CSRF-Token", csrf);
    request.setRequestHeader("Accept-Language", language);
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onerror = () => reject(unreachable());
    request.onload = () => {
      const body = parse(request.responseText);
      if (request.status < 300) return resolve(body as ImportBatch);
      reject(failureOf(new Response(null, { status: request.status }), body));
    };
    const form = new FormData();
    form.append("file", file);
    request.send(form);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
