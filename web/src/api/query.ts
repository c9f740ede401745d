/** Answers that places share: kept while they are shown, read again when the window is looked at anew. */

import { notifyManager, QueryClient } from "@tanstack/react-query";
import { Problem } from "./problem.ts";

const TRIES = 2;

// What a key changed is drawn before the next key comes.
notifyManager.setScheduler(queueMicrotask);

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // What was refused will be refused again.
      retry: (count, error) => count < TRIES && !(error instanceof Problem && error.status >= 400 && error.status < 500),
    },
  },
});
