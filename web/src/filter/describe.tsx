/** A condition in words: field, operator, operand. */

import { useFieldContext } from "../fields/index.ts";
import type { ObjectType } from "../api/model.ts";
import { useWords } from "../words/index.ts";
import { useOperandWidget } from "./operand.tsx";
import { type Subject, subjectAt } from "./paths.ts";
import { type Json, type Node, OPERANDS } from "./tree.ts";

type OperatorKey = "eq" | "neq" | "in" | "not_in" | "gt" | "gte" | "lt" | "lte" | "between" | "like" | "ilike" | "starts_with" | "ends_with" | "contains" | "contains_any" | "contains_all" | "is_null_true" | "is_null_false";

export function useOperatorWords(): (operator: string, operand: Json) => string {
  const t = useWords();
  return (operator, operand) => t(`filter.op.${operator === "is_null" ? `is_null_${operand !== false}` : operator}` as `filter.op.${OperatorKey}`);
}

export function Described({ node, object }: { node: Node; object: ObjectType }) {
  const t = useWords();
  const { model, language } = useFieldContext();
  const operatorWords = useOperatorWords();
  if (node.kind === "group") {
    return (
      <>
        {node.items.map((item, at) => (
          <span key={at} className="described">
            {at > 0 && <span>{t(node.join === "and" ? "filter.and" : "filter.or")}</span>}
            <Described node={item} object={object} />
          </span>
        ))}
      </>
    );
  }
  if (node.kind === "raw") return <span className="mono cut">{JSON.stringify(node.json)}</span>;
  const subject = subjectAt(model, object, node.path, language);
  if (!subject) return <span className="mono cut">{node.path.join(".")}</span>;
  if (node.kind === "many") {
    return (
      <>
        <span>{subject.label}</span>
        <span>{t(`filter.${node.quantifier}`)}</span>
        {subject.many && node.inner.items.length > 0 && (
          <b className="cut">
            <Described node={node.inner} object={subject.many} />
          </b>
        )}
      </>
    );
  }
  return (
    <>
      <span>{subject.label}</span>
      <span>{operatorWords(node.operator, node.operand)}</span>
      <OperandText subject={subject} operator={node.operator} operand={node.operand} />
    </>
  );
}

const SHOWN = 3;

function OperandText({ subject, operator, operand }: { subject: Subject; operator: string; operand: Json }) {
  const context = useFieldContext();
  const widget = useOperandWidget(subject, operator);
  const { field } = subject;
  if (!field || OPERANDS[operator] === "flag") return null;
  const list = operator === "contains_any" || operator === "contains_all";
  const values = Array.isArray(operand) && !list ? operand : [operand];
  const text = values
    .slice(0, SHOWN)
    .map((value) => (value === null ? "…" : widget.toText(value, field, context, {})))
    .join(OPERANDS[operator] === "pair" ? " – " : ", ");
  return <b className="cut">{values.length > SHOWN ? `${text} +${values.length - SHOWN}` : text}</b>;
}
