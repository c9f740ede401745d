/** What a place says when it has nothing to show: why, and the acts that end it. */

import { type ReactNode, useEffect, useState } from "react";
import { Problem } from "../api/problem.ts";
import { useWords } from "../words/index.ts";
import { Button, IconButton } from "./button.tsx";
import { Icon } from "./icon.tsx";

interface Properties {
  icon: string;
  title: string;
  detail?: ReactNode;
  acts?: ReactNode;
  requestId?: string | undefined;
}

export function Say({ icon, title, detail, acts, requestId }: Properties) {
  const t = useWords();
  return (
    <div className="say">
      <Icon name={icon} />
      <h2>{title}</h2>
      {detail && <p>{detail}</p>}
      {acts && <div className="do">{acts}</div>}
      {requestId && (
        <p className="id">
          <span className="mono">{requestId}</span>
          <IconButton icon="copy" small label={t("states.requestId")} onClick={() => void navigator.clipboard.writeText(requestId)} />
        </p>
      )}
    </div>
  );
}

/** An error as a place shows it: forbidden, not there, or failed with a way to try again. */
export function Failed({ error, title, what, tenant, onRetry }: { error: unknown; title?: string; what?: string; tenant?: string; onRetry?: () => void }) {
  const t = useWords();
  const problem = error instanceof Problem ? error : undefined;
  if (problem?.status === 403) {
    return <Say icon="lock" title={t("states.forbidden", { what: what ?? "" })} detail={t("states.forbiddenDetail", { tenant: tenant ?? "" })} />;
  }
  if (problem?.status === 404) return <Say icon="circle-alert" title={t("states.notFound")} detail={t("states.notFoundDetail")} />;
  return (
    <Say
      icon={problem?.isOffline ? "wifi-off" : "circle-alert"}
      title={title ?? (problem?.title || t("states.failed"))}
      detail={problem?.isOffline ? t("states.unreachable") : problem ? problem.detail : String(error)}
      acts={onRetry && <Button icon="rotate-cw" onClick={onRetry}>{t("common.retry")}</Button>}
      requestId={problem?.requestId}
    />
  );
}

/** Nothing for 150 ms, then its content: an answer that comes at once does not flicker. */
export function Later({ children, ms = 150 }: { children: ReactNode; ms?: number }) {
  const [now, setNow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setNow(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return now ? children : null;
}
