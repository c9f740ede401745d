/** The page: who is signed in, the model, and then the place that the address names. */

import { CSPProvider } from "@base-ui/react/csp-provider";
import { Tooltip } from "@base-ui/react/tooltip";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { onOutdated, tellOutdated } from "../api/changes.ts";
import { loadMe } from "../api/me.ts";
import { loadModel } from "../api/model.ts";
import { queries } from "../api/query.ts";
import { restoreDrafts } from "../api/records.ts";
import { onSignedOut, Problem } from "../api/rest.ts";
import { isSignedIn, onSignedOutElsewhere, toSignIn } from "../shared/session.ts";
import { Failed } from "../ui/say.tsx";
import { speakAs, startWords } from "../words/index.ts";
import { router } from "./router.tsx";
import { startSending } from "./sending.ts";
import { startShortcuts } from "./shortcuts.ts";

const place = document.getElementById("app");
if (!place) throw new Error("app.html has the element that the page is drawn in");

async function start(root: ReturnType<typeof createRoot>): Promise<void> {
  try {
    const [me] = await Promise.all([loadMe(), startWords()]);
    await speakAs(me.user.language);
    restoreDrafts(me.user.id, me.tenant.id, tellOutdated);
    startSending();
    onOutdated(() => void queries.invalidateQueries());
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return toSignIn();
    root.render(<Failed error={error} onRetry={() => void start(root)} />);
    return;
  }
  root.render(
    <StrictMode>
      <CSPProvider disableStyleElements>
        <Tooltip.Provider delay={400}>
          <QueryClientProvider client={queries}>
            <RouterProvider router={router} />
          </QueryClientProvider>
        </Tooltip.Provider>
      </CSPProvider>
    </StrictMode>,
  );
}

if (isSignedIn()) {
  onSignedOut(toSignIn);
  onSignedOutElsewhere(toSignIn);
  startShortcuts();
  // Asked for together: the model is the larger of the two.
  void loadModel();
  void start(createRoot(place));
} else {
  toSignIn();
}
