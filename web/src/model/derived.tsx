/** What follows from an object's name: shown small, and changed where the guess is wrong. */

import { Popover } from "../ui/popover.tsx";
import { useWords } from "../words/index.ts";
import type { DraftObject, DrawnObject } from "./draft.ts";

interface Properties {
  object: DrawnObject;
  fault: string | undefined;
  onChange: (change: Partial<DraftObject>) => void;
}

export function Derived({ object, fault, onChange }: Properties) {
  const t = useWords();
  if (object.name === "") return <p className="derived" id="object-derived" />;
  const box = (label: string, value: string, set: (value: string) => void, fixed = false) => (
    <label className="field">
      <span>{label}</span>
      <input className={`input ${fixed ? "mono" : ""}`} value={value} spellCheck={!fixed} onChange={(event) => set(event.currentTarget.value)} />
    </label>
  );
  return (
    <div className="derived" id="object-derived">
      <Popover
        label={t("model.apiNames")}
        className="w-80 p-4 form"
        trigger={
          <button type="button" className="derived-open">
            <span>
              {t("model.several")} <b>{object.plural}</b>
            </span>
            <span>
              {t("model.inApi")} <span className="mono">{`${object.apiName}, ${object.pluralApiName}`}</span>
            </span>
            <span className="off-phone">
              {t("model.icon")} <b>{object.icon}</b>
            </span>
          </button>
        }
      >
        {box(t("model.pluralName"), object.plural, (plural) => onChange({ plural }))}
        {box(t("model.apiName"), object.apiName, (apiName) => onChange({ apiName }), true)}
        {box(t("model.pluralApiName"), object.pluralApiName, (pluralApiName) => onChange({ pluralApiName }), true)}
      </Popover>
      {fault && (
        <p className="bad-word" role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}
