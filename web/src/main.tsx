import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router/dom";
import { storedLanguage, startLanguage } from "./lib/i18n";
import { asFailure } from "./api/failure";
import { router } from "./routes";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/login.css";

/** A request the server refused will be refused again; one it could not serve may work. */
const worthRetrying = (tries: number, error: Error): boolean => {
  const { status } = asFailure(error);
  return tries < 2 && (status === 0 || status >= 500);
};

const queries = new QueryClient({
  defaultOptions: { queries: { retry: worthRetrying, staleTime: 5000, refetchOnWindowFocus: false }, mutations: { retry: false } },
});

await startLanguage(storedLanguage());
createRoot(document.getElementById("root") as HTMLElement).render(
  <QueryClientProvider client={queries}>
    <RouterProvider router={router} />
  </QueryClientProvider>,
);
