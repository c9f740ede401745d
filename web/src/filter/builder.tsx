/** Rows of conditions in groups: added by a button or a key, nested as indented brackets, joined by one word a group. */

import { Fragment, type ReactNode, useMemo } from "react";
import type { ObjectType } from "../api/model.ts";
import { useFieldContext } from "../fields/index.ts";
import { Picker } from "../ui/picker.tsx";
import { Ghost, IconButton } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Menu, MenuItem } from "../ui/menu.tsx";
import { useWords } from "../words/index.ts";
import { useOperatorWords } from "./describe.tsx";
import { Operand } from "./operand.tsx";
import { keyOf, type Subject, subjectAt, subjectsOf } from "./paths.ts";
import { type Condition, EMPTY, type Group, type Join, type Many, type Node, OPERANDS, operandFor, type Quantifier, replaced } from "./tree.ts";

interface Properties {
  object: ObjectType;
  tree: Group;
  onChange: (tree: Group) => void;
}

export function Builder({ object, tree, onChange }: Properties) {
  return (
    <div className="builder">
      <GroupRows object={object} group={tree} root={tree} place={[]} onChange={onChange} />
    </div>
  );
}

/** A condition on a field as it begins: with the operator that its type names first. */
export function begun(subject: Subject): Node {
  if (subject.many) return { kind: "many", path: subject.path, quantifier: "some", inner: EMPTY };
  const text = subject.operators.includes("contains") && !subject.field?.settings.options ? "contains" : undefined;
  const operator = text ?? subject.operators[0] ?? "eq";
  return { kind: "condition", path: subject.path, operator, operand: operandFor(operator, null, "eq") };
}

interface GroupProperties {
  object: ObjectType;
  group: Group;
  root: Group;
  place: number[];
  onChange: (tree: Group) => void;
}

const JOINS: Join[] = ["and", "or", "none"];

function GroupRows({ object, group, root, place, onChange }: GroupProperties) {
  const t = useWords();
  const set = (next: Node | undefined, at: number[]) => onChange(replaced(root, at, next));
  const own = (next: Group) => set(next, place);
  const joinWords = { and: t("filter.allOf"), or: t("filter.anyOf"), none: t("filter.noneOf") };
  return (
    <div className="group" role="group">
      {group.items.map((item, at) => (
        <Fragment key={at}>
          <div className="line">
            <span className="join">
              {at === 0 ? (
                <span className="muted">{t("filter.where")}</span>
              ) : (
                <Menu
                  trigger={
                    <button type="button" className="ghost" title={t("filter.joinWord")}>
                      {t(group.join === "and" ? "filter.and" : "filter.or")}
                    </button>
                  }
                >
                  {JOINS.map((join) => (
                    <MenuItem key={join} onClick={() => own({ ...group, join })}>
                      {joinWords[join]}
                    </MenuItem>
                  ))}
                </Menu>
              )}
            </span>
            <Row item={item} object={object} root={root} place={[...place, at]} last={at === group.items.length - 1} onChange={onChange} />
            <IconButton
              icon="x"
              small
              label={t(item.kind === "group" ? "filter.removeGroup" : "filter.removeCondition")}
              onClick={() => set(undefined, [...place, at])}
            />
          </div>
        </Fragment>
      ))}
      <div className="adds">
        <AddCondition object={object} onAdd={(subject) => own({ ...group, items: [...group.items, begun(subject)] })} />
        {place.length < 6 && group.items.length > 0 && (
          <Ghost icon="plus" onClick={() => own({ ...group, items: [...group.items, { kind: "group", join: group.join === "or" ? "and" : "or", items: [] }] })}>
            {t("filter.addGroup")}
          </Ghost>
        )}
        {group.items.length > 1 && (
          <Menu trigger={<Ghost end="chevron-down">{joinWords[group.join]}</Ghost>} align="end">
            {JOINS.map((join) => (
              <MenuItem key={join} onClick={() => own({ ...group, join })}>
                {joinWords[join]}
              </MenuItem>
            ))}
          </Menu>
        )}
      </div>
    </div>
  );
}

export function AddCondition({ object, onAdd, short = false }: { object: ObjectType; onAdd: (subject: Subject) => void; short?: boolean }) {
  const t = useWords();
  const { model, language } = useFieldContext();
  const subjects = useMemo(() => subjectsOf(model, object, language), [model, object, language]);
  return (
    <Picker
      label={t(short ? "filter.add" : "filter.addShort")}
      placeholder={t("filter.findField")}
      choices={subjects.map((subject) => ({
        value: keyOf(subject.path),
        label: subject.group ? `${subject.group} · ${subject.label}` : subject.label,
        look: <span className="cut">{subject.label}</span>,
        group: subject.group,
      }))}
      chosen={[]}
      onChange={([key]) => {
        const subject = subjects.find((each) => keyOf(each.path) === key);
        if (subject) onAdd(subject);
      }}
      trigger={short ? <IconButton icon="plus" label={t("filter.add")} /> : <Ghost icon="plus">{t("filter.addShort")}</Ghost>}
    />
  );
}

interface RowProperties {
  item: Node;
  object: ObjectType;
  root: Group;
  place: number[];
  last: boolean;
  onChange: (tree: Group) => void;
}

function Row({ item, object, root, place, last, onChange }: RowProperties) {
  const t = useWords();
  const { model, language } = useFieldContext();
  if (item.kind === "group") return <GroupRows {...{ object, root, place, onChange }} group={item} />;
  const subject = item.kind === "raw" ? undefined : subjectAt(model, object, item.path, language);
  if (item.kind === "raw" || !subject) {
    return (
      <span className="raw" title={t("filter.unreadable")}>
        <Icon name="lock" size={14} />
        <span className="mono cut">{JSON.stringify(item.kind === "raw" ? item.json : item.path.join("."))}</span>
      </span>
    );
  }
  const set = (next: Node) => onChange(replaced(root, place, next));
  const path = <SubjectButton object={object} subject={subject} onPick={(next) => set(begun(next))} />;
  if (item.kind === "many") return <ManyRow {...{ item, subject, root, place, onChange, path, set }} />;
  return <ConditionRow {...{ item, subject, path, set, last }} />;
}

function SubjectButton({ object, subject, onPick }: { object: ObjectType; subject: Subject; onPick: (subject: Subject) => void }) {
  const t = useWords();
  const { model, language } = useFieldContext();
  const subjects = useMemo(() => subjectsOf(model, object, language), [model, object, language]);
  return (
    <Picker
      label={t("filter.field")}
      said={subject.label}
      placeholder={t("filter.findField")}
      choices={subjects.map((each) => ({ value: keyOf(each.path), label: each.label, group: each.group }))}
      chosen={[keyOf(subject.path)]}
      onChange={([key]) => {
        const next = subjects.find((each) => keyOf(each.path) === key);
        if (next) onPick(next);
      }}
      trigger={
        <button type="button" className="input path">
          <span className="cut grow">{subject.label}</span>
          <Icon name="chevron-down" size={14} />
        </button>
      }
    />
  );
}

function ConditionRow({ item, subject, path, set, last }: { item: Condition; subject: Subject; path: ReactNode; set: (next: Node) => void; last: boolean }) {
  const t = useWords();
  const operatorWords = useOperatorWords();
  // "is empty" and "is not empty" are one operator with two operands.
  const choices = subject.operators.flatMap((operator): { value: string; label: string; operator: string; operand?: boolean }[] =>
    OPERANDS[operator] === "flag"
      ? [true, false].map((flag) => ({ value: `${operator}:${flag}`, label: operatorWords(operator, flag), operator, operand: flag }))
      : [{ value: operator, label: operatorWords(operator, null), operator }],
  );
  const now = OPERANDS[item.operator] === "flag" ? `${item.operator}:${item.operand !== false}` : item.operator;
  return (
    <div className="parts-of-row">
      {path}
      <Picker
        label={t("filter.operator")}
        choices={choices.map(({ value, label }) => ({ value, label }))}
        chosen={[now]}
        onChange={([value]) => {
          const choice = choices.find((each) => each.value === value);
          if (choice) set({ ...item, operator: choice.operator, operand: choice.operand ?? operandFor(choice.operator, item.operand, item.operator) });
        }}
        trigger={
          <button type="button" className="input operator">
            <span className="cut grow">{operatorWords(item.operator, item.operand)}</span>
            <Icon name="chevron-down" size={14} />
          </button>
        }
      />
      <Operand key={`${keyOf(item.path)}:${item.operator}`} subject={subject} operator={item.operator} operand={item.operand} onChange={(operand) => set({ ...item, operand })} autoFocus={last && item.operand === null} />
    </div>
  );
}

const QUANTIFIERS: Quantifier[] = ["some", "every", "none"];

interface ManyProperties {
  item: Many;
  subject: Subject;
  root: Group;
  place: number[];
  onChange: (tree: Group) => void;
  path: ReactNode;
  set: (next: Node) => void;
}

function ManyRow({ item, subject, path, set }: ManyProperties) {
  const t = useWords();
  if (!subject.many) return null;
  return (
    <div className="many">
      <div className="parts-of-row">
        {path}
        <Picker
          label={t("filter.quantifier")}
          choices={QUANTIFIERS.map((each) => ({ value: each, label: t(`filter.${each}`) }))}
          chosen={[item.quantifier]}
          onChange={([value]) => {
            const quantifier = QUANTIFIERS.find((each) => each === value);
            if (quantifier) set({ ...item, quantifier });
          }}
          trigger={
            <button type="button" className="input operator">
              <span className="cut grow">{t(`filter.${item.quantifier}`)}</span>
              <Icon name="chevron-down" size={14} />
            </button>
          }
        />
      </div>
      <Builder object={subject.many} tree={item.inner} onChange={(inner) => set({ ...item, inner })} />
    </div>
  );
}
