/** The name of a team or a role, and below it the name that the API has for it. */

import { apiName, freeName } from "../lib/naming.ts";
import { useWords } from "../words/index.ts";

/** A free name in the API; empty where the name has no letters that the API takes. */
export function nameInApi(name: string, taken: { api_name: string }[]): string {
  const made = apiName(name);
  return made === "" ? "" : freeName(made, (each) => taken.some(({ api_name }) => api_name === each));
}

export function NameField({ name, inApi, onChange }: { name: string; inApi: string; onChange: (name: string) => void }) {
  const t = useWords();
  return (
    <>
      <label className="field">
        <span>{t("common.name")}</span>
        <input className="input" autoFocus value={name} maxLength={100} autoComplete="off" onChange={(event) => onChange(event.currentTarget.value)} />
      </label>
      {inApi !== "" && (
        <p className="muted">
          {t("admin.inApi")} <span className="mono">{inApi}</span>
        </p>
      )}
    </>
  );
}
