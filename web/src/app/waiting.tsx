/** The bar above a place: there is no connection, drafts wait to be sent, or a conflict waits at another place. */

import { Link, useRouterState } from "@tanstack/react-router";
import { useSyncExternalStore } from "react";
import { useConflicts } from "../api/conflicts.ts";
import { labelOf } from "../api/lookups.ts";
import { useModel } from "../api/model.ts";
import { recordOf, useWaiting } from "../api/records.ts";
import { Ghost } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { useWords } from "../words/index.ts";
import { sendWaiting } from "./sending.ts";

const subscribe = (listener: () => void) => {
  addEventListener("online", listener);
  addEventListener("offline", listener);
  return () => {
    removeEventListener("online", listener);
    removeEventListener("offline", listener);
  };
};

export function Waiting() {
  const t = useWords();
  const isOnline = useSyncExternalStore(subscribe, () => navigator.onLine);
  const count = useWaiting();
  if (isOnline && count === 0) return <Elsewhere />;
  const state = t(isOnline ? "shell.unreachable" : "shell.offline");
  return (
    <div className="offline" role="status">
      <Icon name="wifi-off" />
      <span>
        {state} {count === 0 ? t("shell.typedIsKept") : t("shell.waiting", { count })}
      </span>
      <Ghost ink className="push" onClick={() => void sendWaiting()}>
        {t("shell.tryNow")}
      </Ghost>
    </div>
  );
}

/** A conflict of a record that is not on screen. */
function Elsewhere() {
  const t = useWords();
  const model = useModel();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const conflict = useConflicts().find(({ object, id }) => path !== `/o/${object.plural_api_name}` && path !== `/o/${object.plural_api_name}/${id}`);
  if (!conflict) return null;
  const { object, id } = conflict;
  const name = labelOf(recordOf(object.api_name, id)?.values, model.labelField(object)) || t("common.untitled");
  return (
    <div className="offline" role="status">
      <Icon name="git-compare-arrows" />
      <span>{t("shell.contested", { name })}</span>
      <Link className="ghost ink push" to="/o/$plural/$id" params={{ plural: object.plural_api_name, id }}>
        {t("shell.choose")}
      </Link>
    </div>
  );
}
