/** What the page knows of a kind of value. One file a widget, named as `GET /metadata/field-types` names it. */

import type { ComponentType, ReactNode } from "react";
import type { Field, Language, Model, Values } from "../api/model.ts";

export interface FieldContext {
  model: Model;
  language: Language;
  locale: string;
  timeZone: string;
}

/** A text that could not be read as a value, kept as it was typed. */
export interface Unreadable {
  unreadable: string;
  problem: string;
}

export type Entry<V> = V | null | Unreadable;

export function isUnreadable(entry: unknown): entry is Unreadable {
  return typeof entry === "object" && entry !== null && "unreadable" in entry && "problem" in entry;
}

export interface DisplayProps<V> {
  /** Never null: what is empty is not drawn. */
  value: V;
  field: Field;
  /** The record that the value stands in: what a relation leads to lies beside its id. */
  record: Values;
  context: FieldContext;
}

export interface InputProps<V> {
  field: Field;
  value: Entry<V>;
  record: Values;
  context: FieldContext;
  onChange: (entry: Entry<V>) => void;
  /** The value is final: where a choice closes the editor by itself. */
  onCommit?: ((entry: Entry<V>) => void) | undefined;
  onCancel?: (() => void) | undefined;
  autoFocus?: boolean | undefined;
  /** The character that opened the editor. */
  typed?: string | undefined;
  place: "cell" | "form" | "filter";
  id?: string | undefined;
  label?: string | undefined;
  invalid?: boolean | undefined;
  describedBy?: string | undefined;
  disabled?: boolean | undefined;
}

export interface Widget<V = unknown> {
  /** Pure, no hooks, no effects: it is drawn some hundred times a frame. */
  Display: (properties: DisplayProps<V>) => ReactNode;
  Input: ComponentType<InputProps<V>>;
  toText: (value: V, field: Field, context: FieldContext, record: Values) => string;
  fromText: (text: string, field: Field, context: FieldContext) => Entry<V> | Promise<Entry<V>>;
  /** Pixels of a column before anybody has drawn it wider. */
  width: number;
  align?: "start" | "end";
  /** What a list has to ask for so that `Display` has all it needs; the value key where it is left out. */
  reads?: (field: Field, context: FieldContext) => string[];
  /** The other value of two: a press of Space or a click changes it without an editor. */
  toggled?: (value: V | null) => V;
  /** Takes more than a line in a form. */
  tall?: boolean;
  /** Nothing is typed into it. */
  readOnly?: boolean;
}

export const widget = <V>(made: Widget<V>): Widget => made as unknown as Widget;
