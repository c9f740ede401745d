import type { Field } from "../api/model.ts";
import { readNumber, showMoney, showNumber } from "../lib/numbers.ts";
import { words } from "../words/index.ts";
import { type Entry, type FieldContext, type InputProps, isUnreadable, widget } from "./field.ts";
import { textEntry } from "./parts/text-entry.tsx";

interface Money {
  amount: string | number;
  currency_code: string;
}

const SIGNS: Record<string, string> = { "€": "EUR", $: "USD", "£": "GBP", "₽": "RUB", "¥": "JPY", "₴": "UAH", "₸": "KZT", "zł": "PLN" };
const FALLBACK = "EUR";

const toText = ({ amount, currency_code }: Money, _field: Field, { locale }: FieldContext) =>
  `${showNumber(amount, locale, { useGrouping: false })} ${currency_code}`;

function fromText(text: string, field: Field, { locale }: FieldContext): Entry<Money> {
  const sign = Object.keys(SIGNS).find((mark) => text.includes(mark));
  const code = /\b([A-Za-z]{3})\b/.exec(text)?.[1]?.toUpperCase() ?? (sign && SIGNS[sign]);
  const digits = readNumber(text.replace(/[^\d.,'’\s\u00a0\u202f+−-]/g, ""), locale);
  if (digits === undefined) return { unreadable: text, problem: words("fields.notMoney") };
  return { amount: digits, currency_code: code ?? field.settings.currency_code ?? FALLBACK };
}

const Line = textEntry<Money>({ toText, fromText }, { end: true });

/** In a form the amount and its currency stand apart; in a cell they are typed in one. */
function Input(properties: InputProps<Money>) {
  const { value, onChange, place, field, context, invalid, disabled, id, label, describedBy, autoFocus } = properties;
  if (place === "cell") return <Line {...properties} />;
  const money = isUnreadable(value) ? undefined : (value ?? undefined);
  const code = money?.currency_code ?? field.settings.currency_code ?? FALLBACK;
  const amount = isUnreadable(value) ? value.unreadable : money ? showNumber(money.amount, context.locale, { useGrouping: false }) : "";
  return (
    <span className="with-aside gap-2">
      <AmountEntry text={amount} code={code} {...{ onChange, field, context, invalid, disabled, id, label, describedBy, autoFocus }} />
      <input
        className="input w-20 flex-none uppercase"
        aria-label={words("fields.currency")}
        value={code}
        maxLength={3}
        disabled={disabled}
        spellCheck={false}
        onChange={(event) => money && onChange({ ...money, currency_code: event.currentTarget.value.toUpperCase() })}
      />
    </span>
  );
}

type AmountProps = Pick<InputProps<Money>, "onChange" | "field" | "context" | "invalid" | "disabled" | "id" | "label" | "describedBy" | "autoFocus"> & {
  text: string;
  code: string;
};

const Digits = textEntry<string>(
  {
    toText: (value) => value,
    fromText: (text, _field, { locale }) => readNumber(text, locale) ?? { unreadable: text, problem: words("fields.notNumber") },
  },
  { inputMode: "decimal", end: true },
);

function AmountEntry({ text, code, onChange, ...rest }: AmountProps) {
  return (
    <Digits
      {...rest}
      value={text === "" ? null : text}
      record={{}}
      place="form"
      onChange={(entry) => onChange(entry === null || isUnreadable(entry) ? entry : { amount: entry, currency_code: code })}
    />
  );
}

export default widget<Money>({
  Display: ({ value, context }) => showMoney(value.amount, value.currency_code, context.locale),
  Input,
  toText,
  fromText,
  width: 132,
  align: "end",
});
