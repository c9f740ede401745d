/** A window with requests for the data on screen, to be copied. */

import { useState } from "react";
import type { Requests } from "../api/requests.ts";
import { useWords } from "../words/index.ts";
import { Button } from "./button.tsx";
import { Code } from "./code.tsx";
import { Dialog } from "./dialog.tsx";
import { Segment } from "./segment.tsx";
import { say } from "./toast.tsx";

export default function RequestsDialog({ requests, docs, onClose }: { requests: Requests; docs: string; onClose: () => void }) {
  const t = useWords();
  const [kind, setKind] = useState<keyof Requests>("rest");
  const copy = () => void navigator.clipboard.writeText(requests[kind]).then(() => say(t("common.copied")));
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("model.onApi")}
      className="wide"
      footer={
        <>
          <a className="ghost" href={docs}>
            {t("shell.api")}
          </a>
          <span className="grow" />
          <Button onClick={onClose}>{t("common.close")}</Button>
          <Button primary icon="copy" onClick={copy}>
            {t("common.copy")}
          </Button>
        </>
      }
    >
      <div className="body-text requests">
        <Segment
          bare
          label={t("model.onApi")}
          value={kind}
          onChange={setKind}
          options={[
            { value: "rest", label: t("model.rest") },
            { value: "curl", label: t("shell.curl") },
            { value: "graphql", label: t("model.graphql") },
          ]}
        />
        <Code text={requests[kind]} label={t("model.example")} />
      </div>
    </Dialog>
  );
}
