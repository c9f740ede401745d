/** The layout that a record will have, until it is there. */

import { useWords } from "../words/index.ts";
import type { Section } from "./sections.ts";

export function Skeleton({ sections, isPage }: { sections: Section[]; isPage: boolean }) {
  const t = useWords();
  return (
    <div className={isPage ? "record-scroll" : "record-scroll is-narrow"} role="status" aria-label={t("common.loading")}>
      <header className="record-head">
        <span className="bone bone-title" />
        <div className="facts">
          <span className="bone bone-fact" />
        </div>
      </header>
      <div className="record">
        <div className="left">
          {sections.slice(0, 2).map((section) => (
            <section key={section.key} className="section">
              <header>
                <span className="bone bone-word" />
              </header>
              {section.fields.slice(0, 10).map((field, index) => (
                <div key={field.api_name} className="prop">
                  <span className="bone bone-word" />
                  <span className={`bone bone-${(index % 4) + 1}`} />
                </div>
              ))}
            </section>
          ))}
        </div>
        <div className="right" />
      </div>
    </div>
  );
}
