/** A relation said as sentences with blanks, in both directions at once. */

import { type ReactNode } from "react";
import { nameOf, pluralOf, type ObjectType } from "../api/model.ts";
import { Ghost } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Menu, MenuItem } from "../ui/menu.tsx";
import { useLanguage, useWords } from "../words/index.ts";
import type { DraftField, OnDelete } from "./draft.ts";

interface Properties {
  /** What this object is called, one of it and several. */
  one: string;
  many: string;
  to: ObjectType;
  draft: Pick<DraftField, "here" | "there" | "onDelete">;
  /** What the other object calls the way back. */
  back: string;
  /** Whether the other object was found by the field's name. */
  found?: boolean;
  /** The relation is there already: how many, it stays. */
  isMade?: boolean;
  disabled?: boolean;
  onChange: (change: Partial<DraftField>) => void;
  onMakeText?: () => void;
}

/** Names stand inside a sentence in small letters, but for what is written large throughout. */
const inside = (name: string): string => (/^\p{Lu}\p{Lu}/u.test(name) ? name : name.slice(0, 1).toLocaleLowerCase() + name.slice(1));

const DELETES: OnDelete[] = ["set_null", "cascade", "restrict"];

export function Sentence({ one, many, to, draft, back, found = false, isMade = false, disabled = false, onChange, onMakeText }: Properties) {
  const t = useWords();
  const language = useLanguage();
  const english = language === "en";
  const that = nameOf(to, language);
  const thats = pluralOf(to, language);
  const said = (name: string) => (english ? inside(name) : `«${name}»`);
  const withArticle = (name: string) => (english ? `${/^[aeiou]/i.test(name) ? "An" : "A"} ${inside(name)}` : `«${name}»`);
  const isMany = draft.here === "many";
  const count = (value: "one" | "many", label: string, set: (value: "one" | "many") => void, fixed = isMade) =>
    fixed ? <b className="medium">{t(`model.${value}`)}</b> : <Count value={value} label={label} onChange={set} />;
  const here = t("model.hasHere", { aThis: withArticle(one), that: said(isMany && english ? thats : that) });
  const there = t("model.hasThere", { aThat: withArticle(that), this: said((draft.there === "many" || isMany) && english ? many : one) });
  const onDelete = t("model.onDelete", { that: english ? inside(that) : that, this: english ? inside(one) : one });
  return (
    <div className="float sentence" role="group" aria-label={t("model.howRelate")}>
      {found && onMakeText && (
        <div className="guess">
          <Icon name={to.icon ?? "shapes"} />
          <span>
            <b className="medium">{that}</b> {t("model.isObject")}
          </span>
          <Ghost onClick={onMakeText}>{t("model.makeText")}</Ghost>
        </div>
      )}
      <p>{filled(here, { blank: count(draft.here, here, (value) => onChange({ here: value })) })}</p>
      <p>
        {filled(there, {
          blank: count(isMany ? "many" : draft.there, there, (value) => onChange({ there: value }), isMany || isMade),
          name: (
            <input
              className="blank"
              aria-label={t("model.backName")}
              value={back}
              disabled={disabled}
              size={Math.max(4, back.length)}
              onChange={(event) => onChange({ back: event.currentTarget.value })}
            />
          ),
        })}
      </p>
      {!isMany && (
        <div className="after">
          {filled(onDelete, {
            blank: (
              <Menu
                trigger={
                  <button type="button" className="quiet-blank" disabled={disabled} aria-label={`${t("model.onDeleteOf")}: ${t(`model.${draft.onDelete}`)}`}>
                    {t(`model.${draft.onDelete}`)}
                    <Icon name="chevron-down" size={12} />
                  </button>
                }
              >
                {DELETES.map((each) => (
                  <MenuItem key={each} onClick={() => onChange({ onDelete: each })}>
                    {t(`model.${each}`)}
                  </MenuItem>
                ))}
              </Menu>
            ),
          })}
        </div>
      )}
    </div>
  );
}

function Count({ value, label, onChange }: { value: "one" | "many"; label: string; onChange: (value: "one" | "many") => void }) {
  const t = useWords();
  return (
    <Menu
      trigger={
        <button type="button" className="blank" aria-label={label.replace(/\{\w+\}/g, t(`model.${value}`))}>
          {t(`model.${value}`)}
          <Icon name="chevron-down" size={12} />
        </button>
      }
    >
      {(["one", "many"] as const).map((each) => (
        <MenuItem key={each} onClick={() => onChange(each)}>
          {t(`model.${each}`)}
        </MenuItem>
      ))}
    </Menu>
  );
}

/** A sentence with `{name}` where something else than words stands. */
function filled(sentence: string, blanks: Record<string, ReactNode>): ReactNode[] {
  return sentence.split(/(\{\w+\})/).map((part, index) => {
    const blank = /^\{(\w+)\}$/.exec(part)?.[1];
    return blank === undefined ? part : <span key={index}>{blanks[blank]}</span>;
  });
}
