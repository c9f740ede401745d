/** On a phone: what Ctrl+K is elsewhere, as a place. */

import { useWords } from "../words/index.ts";
import { Finder } from "./palette.tsx";
import { useTitle } from "./title.ts";

export default function Find() {
  const t = useWords();
  useTitle(t("common.search"));
  return (
    <>
      <header className="bar">
        <h1>{t("common.search")}</h1>
      </header>
      <div className="palette on-page">
        <Finder onClose={() => undefined} />
      </div>
    </>
  );
}
