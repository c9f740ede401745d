import { words } from "../words/index.ts";
import { widget } from "./field.ts";
import { textEntry } from "./parts/text-entry.tsx";

const ISO = /^(-?)P(?:([-\d.]+)Y)?(?:([-\d.]+)M)?(?:([-\d.]+)W)?(?:([-\d.]+)D)?(?:T(?:([-\d.]+)H)?(?:([-\d.]+)M)?(?:([-\d.]+)S)?)?$/;
const UNITS: [RegExp, string][] = [
  [/^(d|day|days|д|дн|день|дня|дней)$/, "D"],
  [/^(h|hr|hour|hours|ч|час|часа|часов)$/, "H"],
  [/^(m|min|minute|minutes|м|мин|минута|минуты|минут)$/, "M"],
  [/^(s|sec|second|seconds|с|сек|секунда|секунды|секунд)$/, "S"],
];

/** "1 d 2 h 30 min"; what has years or months stays as ISO writes it. */
function toText(value: string): string {
  const [, sign, years, months, weeks, days, hours, minutes, seconds] = ISO.exec(value) ?? [];
  if (sign === undefined || years || months) return value;
  const parts = [
    [weeks ? String(Number(weeks) * 7 + Number(days ?? 0)) : days, words("fields.days")],
    [hours, words("fields.hours")],
    [minutes, words("fields.minutes")],
    [seconds, words("fields.seconds")],
  ];
  const text = parts.flatMap(([number, unit]) => (number === undefined || Number(number) === 0 ? [] : [`${number} ${unit}`])).join(" ");
  return sign + (text || `0 ${words("fields.minutes")}`);
}

function fromText(text: string) {
  const wanted = text.trim();
  if (ISO.test(wanted.toUpperCase()) && wanted.length > 1) return wanted.toUpperCase();
  const clock = /^(\d+):(\d{2})$/.exec(wanted);
  if (clock) return `PT${Number(clock[1])}H${Number(clock[2])}M`;
  const found: Record<string, string> = {};
  const rest = wanted.toLowerCase().replace(/(\d+(?:[.,]\d+)?)\s*(\p{L}+)\.?/gu, (whole, number: string, unit: string) => {
    const match = UNITS.find(([pattern]) => pattern.test(unit));
    if (!match) return whole;
    found[match[1]] = number.replace(",", ".");
    return "";
  });
  if (rest.trim() !== "" || Object.keys(found).length === 0) return { unreadable: text, problem: words("fields.notDuration") };
  const time = ["H", "M", "S"].flatMap((unit) => (found[unit] === undefined ? [] : [found[unit] + unit])).join("");
  return `P${found["D"] === undefined ? "" : `${found["D"]}D`}${time && "T"}${time}`;
}

export default widget<string>({
  Display: ({ value }) => toText(value),
  Input: textEntry<string>({ toText, fromText }),
  toText,
  fromText,
  width: 120,
});
