/** Dates and moments. A date is a string and stays one; only a moment has a time zone. The one file that makes a `Date`. */

export const browserZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DAY = 86_400_000;

export interface Clock {
  locale: string;
  timeZone: string;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a formatter costs more than a hundred uses of it. */
function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(locale, options)));
  return found;
}

/** The calendar day of a moment, as `YYYY-MM-DD`. */
export function dayOf(moment: Date, timeZone: string): string {
  const parts = format("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(moment);
  return parts;
}

export const today = (timeZone: string): string => dayOf(new Date(), timeZone);

/** Days from one date to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY);
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

export function isDate(text: string): boolean {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (!year) return false;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() + 1 === Number(month) && date.getUTCDate() === Number(day);
}

/** "24 Nov", with the year where it is not this one. */
export function showDate(date: string, clock: Clock): string {
  if (!DATE.test(date)) return date;
  const utc = new Date(`${date}T00:00:00Z`);
  const sameYear = date.slice(0, 4) === today(clock.timeZone).slice(0, 4);
  return format(clock.locale, {
    timeZone: "UTC",
    day: "numeric",
    month: "short",
    ...(sameYear ? {} : { year: "numeric" }),
  }).format(utc);
}

/** The day of a moment: "24 Nov". */
export const showDay = (moment: string, clock: Clock): string => showDate(dayOf(new Date(moment), clock.timeZone), clock);

/** "14:02" */
export function showTime(moment: string, clock: Clock): string {
  return format(clock.locale, { timeZone: clock.timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(
    new Date(moment),
  );
}

/** "Today 14:02", "Yesterday 17:40", "24 Nov", as the table has room for. */
export const showMoment = (moment: string, clock: Clock): string => capital(showMomentInside(moment, clock), clock.locale);

/** The same inside a sentence: "today 14:02". */
export function showMomentInside(moment: string, clock: Clock): string {
  const at = new Date(moment);
  if (Number.isNaN(at.getTime())) return moment;
  const day = dayOf(at, clock.timeZone);
  const away = daysBetween(today(clock.timeZone), day);
  if (away >= -1 && away <= 1) return `${dayWord(away, clock.locale)} ${showTime(moment, clock)}`;
  return showDate(day, clock);
}

/** The whole of it: "24 November 2026, 14:02:11 EET". */
export function showMomentInFull(moment: string, clock: Clock): string {
  const at = new Date(moment);
  if (Number.isNaN(at.getTime())) return moment;
  return format(clock.locale, { timeZone: clock.timeZone, dateStyle: "long", timeStyle: "long" }).format(at);
}

/** "Today", "Tomorrow". */
export const relativeDay = (away: number, locale: string): string => capital(dayWord(away, locale), locale);

const dayWord = (away: number, locale: string): string => new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(away, "day");

const capital = (text: string, locale: string): string => text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);

/** The last second of a day by the clock of a zone. */
export const endOfDay = (date: string, timeZone: string): string => momentAt(date, "23:59:59", timeZone);

export const isPast = (moment: string): boolean => Date.parse(moment) <= Date.now();

/** Which of day, month, year comes first where this locale writes them in numbers. */
function order(locale: string): string[] {
  const parts = format(locale, { year: "numeric", month: "2-digit", day: "2-digit", timeZone: "UTC" }).formatToParts(0);
  return parts.map((part) => part.type).filter((type) => type === "day" || type === "month" || type === "year");
}

const padded = (year: number, month: number, day: number) =>
  `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;

/** Reads a date as people type it: `2026-04-03`, `3.4.2026`, `3/4/26`, "3 Apr", "today". Undefined where it is none. */
export function readDate(text: string, clock: Clock): string | undefined {
  const wanted = text.trim().toLocaleLowerCase(clock.locale);
  if (isDate(wanted)) return wanted;
  const now = today(clock.timeZone);
  for (const away of [-1, 0, 1]) {
    if (relativeDay(away, clock.locale).toLocaleLowerCase(clock.locale) === wanted) return addDays(now, away);
  }
  const numbers = /^(\d{1,4})[./\s-](\d{1,2})(?:[./\s-](\d{2,4}))?\.?$/.exec(wanted);
  if (numbers) {
    const [, first = "", second = "", third] = numbers;
    if (first.length === 4) return checked(Number(first), Number(second), Number(third ?? 1));
    const dayFirst = wanted.includes(".") || order(clock.locale).indexOf("day") < order(clock.locale).indexOf("month");
    const year = third === undefined ? Number(now.slice(0, 4)) : Number(third) + (third.length === 2 ? 2000 : 0);
    return dayFirst ? checked(year, Number(second), Number(first)) : checked(year, Number(first), Number(second));
  }
  const words = /^(\d{1,2})\.?\s+(\p{L}{3,})\.?(?:\s+(\d{4}))?|^(\p{L}{3,})\.?\s+(\d{1,2}),?(?:\s+(\d{4}))?$/u.exec(wanted);
  if (words) {
    const month = monthOf(words[2] ?? words[4] ?? "", clock.locale);
    if (month) return checked(Number(words[3] ?? words[6] ?? now.slice(0, 4)), month, Number(words[1] ?? words[5]));
  }
  return undefined;
}

function checked(year: number, month: number, day: number): string | undefined {
  const date = padded(year, month, day);
  return isDate(date) ? date : undefined;
}

function monthOf(word: string, locale: string): number | undefined {
  for (let month = 0; month < 12; month += 1) {
    const name = format(locale, { month: "long", day: "numeric", timeZone: "UTC" })
      .formatToParts(Date.UTC(2026, month, 1))
      .find((part) => part.type === "month");
    if (name?.value.toLocaleLowerCase(locale).slice(0, 3) === word.slice(0, 3)) return month + 1;
  }
  return undefined;
}

/** Reads `14:30`, `9.05`, `0930`; undefined where it is no time. */
export function readTime(text: string): string | undefined {
  const [, hours, minutes = "00", seconds] = /^(\d{1,2})(?:[:.]?(\d{2}))?(?::(\d{2}))?$/.exec(text.trim()) ?? [];
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds ?? 0) > 59) return undefined;
  return `${hours.padStart(2, "0")}:${minutes}:${seconds ?? "00"}`;
}

/** A wall clock's date and time in a zone, as a moment. */
export function momentAt(date: string, time: string, timeZone: string): string {
  const wall = Date.parse(`${date}T${time}Z`);
  let at = wall - offset(new Date(wall), timeZone);
  // Near a change of the clock the offset is another one there.
  at = wall - offset(new Date(at), timeZone);
  return new Date(at).toISOString();
}

/** Milliseconds by which a zone's clocks are ahead of UTC at a moment. */
function offset(at: Date, timeZone: string): number {
  const parts = format("en-CA", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).formatToParts(at);
  const part = (type: string) => parts.find((p) => p.type === type)?.value ?? "00";
  const wall = `${part("year")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}:${part("second")}Z`;
  return Date.parse(wall) - Math.floor(at.getTime() / 1000) * 1000;
}

/** Reads a moment as people type it, by the clock of a zone. */
export function readMoment(text: string, clock: Clock): string | undefined {
  const wanted = text.trim();
  if (/^\d{4}-\d{2}-\d{2}T/.test(wanted)) {
    const at = Date.parse(wanted);
    return Number.isNaN(at) ? undefined : new Date(at).toISOString();
  }
  const split = /^(.*?)(?:[,\s]+(\d{1,2}[:.]\d{2}(?::\d{2})?))?$/.exec(wanted);
  const date = readDate(split?.[1] ?? "", clock);
  const time = split?.[2] === undefined ? "00:00:00" : readTime(split[2]);
  return date && time ? momentAt(date, time, clock.timeZone) : undefined;
}

/** The same moment as `YYYY-MM-DD HH:MM` by the clock of a zone: for the clipboard and for inputs. */
export function writeMoment(moment: string, timeZone: string): string {
  const at = new Date(moment);
  if (Number.isNaN(at.getTime())) return moment;
  const wall = new Date(at.getTime() + offset(at, timeZone)).toISOString();
  const seconds = wall.slice(16, 19) === ":00" ? "" : wall.slice(16, 19);
  return `${wall.slice(0, 10)} ${wall.slice(11, 16)}${seconds}`;
}
