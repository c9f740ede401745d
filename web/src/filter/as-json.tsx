/** The filter as the API takes it: to be copied, or to be pasted and tried. */

import { useState } from "react";
import type { ObjectType } from "../api/model.ts";
import { get } from "../api/rest.ts";
import { useFieldContext } from "../fields/index.ts";
import { Button, Ghost } from "../ui/button.tsx";
import { reasonOf } from "../ui/reason.ts";
import { say } from "../ui/toast.tsx";
import { useWords } from "../words/index.ts";
import type { Json } from "./tree.ts";

export default function AsJson({ object, filter, onChange }: { object: ObjectType; filter: Json | undefined; onChange: (filter: Json | undefined) => void }) {
  const t = useWords();
  const { timeZone } = useFieldContext();
  const written = JSON.stringify(filter ?? {}, null, 2);
  const [text, setText] = useState(written);
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);

  const apply = async () => {
    let json: Json;
    try {
      json = JSON.parse(text.trim() === "" ? "{}" : text);
    } catch {
      return setProblem(t("filter.notJson"));
    }
    setBusy(true);
    try {
      // Tried first: a filter that the server refuses is explained here, and the list stays as it is.
      await get(`/${object.plural_api_name}`, { filter: JSON.stringify(json), time_zone: timeZone, limit: 1, fields: "id" });
      setProblem(undefined);
      onChange(JSON.stringify(json) === "{}" ? undefined : json);
    } catch (error) {
      setProblem(reasonOf(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="as-json">
      <textarea
        className="input mono"
        aria-label={t("filter.asJson")}
        aria-invalid={problem !== undefined}
        spellCheck={false}
        rows={Math.min(16, Math.max(6, text.split("\n").length))}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void apply();
        }}
      />
      <div className="do">
        <span className="grow bad-word" role="alert">
          {problem}
        </span>
        <Ghost icon="copy" onClick={() => void navigator.clipboard.writeText(text).then(() => say(t("common.copied")))}>
          {t("common.copy")}
        </Ghost>
        <Button small primary disabled={busy || text === written} onClick={() => void apply()}>
          {t("common.apply")}
        </Button>
      </div>
    </div>
  );
}
