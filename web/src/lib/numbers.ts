/** Numbers as text: exact whatever their length, since `Intl` takes decimal strings. */

const formats = new Map<string, Intl.NumberFormat>();

export function numberFormat(locale: string, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  const key = locale + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.NumberFormat(locale, options)));
  return found;
}

const decimal = (value: number | string) => value as number;

export function showNumber(value: number | string, locale: string, options: Intl.NumberFormatOptions = {}): string {
  return numberFormat(locale, { maximumFractionDigits: 20, ...options }).format(decimal(value));
}

/** Money; the cents are left out where there are none. */
export function showMoney(amount: number | string, currency: string, locale: string): string {
  const whole = /^-?\d+(\.0*)?$/.test(String(amount));
  try {
    return numberFormat(locale, {
      style: "currency",
      currency,
      currencyDisplay: "narrowSymbol",
      ...(whole ? { maximumFractionDigits: 0 } : {}),
    }).format(decimal(amount));
  } catch {
    return `${showNumber(amount, locale)} ${currency}`;
  }
}

/**
 * Reads a number as people type it: `1,234.5`, `1 234,5`, `1'234.50`. A decimal string, or undefined where it is none.
 *
 * A single comma or dot that could be either is read as this locale writes numbers.
 */
export function readNumber(text: string, locale: string): string | undefined {
  let digits = text.trim().replace(/[\s\u00a0\u202f'’_]/g, "").replace(/^\+/, "").replace(/^−/, "-");
  if (/^-?\d+(\.\d+)?[eE][+-]?\d+$/.test(digits)) return String(Number(digits));
  const lastComma = digits.lastIndexOf(",");
  const lastDot = digits.lastIndexOf(".");
  if (lastComma >= 0 && lastDot >= 0) {
    const grouping = lastComma > lastDot ? "." : ",";
    digits = digits.replaceAll(grouping, "").replace(",", ".");
  } else if (lastComma >= 0) {
    const groups = /^-?\d{1,3}(,\d{3})+$/.test(digits);
    const commaIsDecimal = numberFormat(locale).format(1.5).includes(",");
    digits = groups && !commaIsDecimal ? digits.replaceAll(",", "") : digits.replace(",", ".");
  } else if (/^-?\d{1,3}(\.\d{3}){2,}$/.test(digits)) {
    digits = digits.replaceAll(".", "");
  }
  return /^-?(\d+(\.\d+)?|\.\d+)$/.test(digits) ? digits.replace(/^(-?)\./, "$10.") : undefined;
}
