/** The type that a field's name suggests, in either language. Types that a tenant lacks are passed over. */

import type { Model, ObjectType } from "../api/model.ts";

const PLAIN = "text";

/** A word of a name, at its beginning: `\b` knows Latin letters only. */
const word = (stems: string) => new RegExp(`(^|[^\\p{L}\\p{N}])(${stems})`, "iu");
const whole = (names: string) => new RegExp(`^(${names})$`, "iu");

const GUESSES: [RegExp, string][] = [
  [word("e-?mail|mail$|электронн\\p{L}* почт|эл\\.? почт|почта$|имейл|мейл"), "email"],
  [word("phone|telephone|tel$|tel\\.|mobile|cell$|fax|whatsapp|телефон|тел\\.|тел$|мобильн|факс"), "phone"],
  [word("url|link|web ?site|website|homepage|site$|ссылк|сайт|веб"), "url"],
  [whole("tags?|labels|skills|interests|topics|теги?|метки|навыки|интересы"), "multi_select"],
  [word("full name|фио|ф\\.и\\.о"), "full_name"],
  [word("comments?|notes?|remarks?|description|details|summary|feedback|body|bio|описани|заметк|комментари|примечани|отзыв|подробност|текст"), "long_text"],
  [word("date and time|date ?time|timestamp|starts at|ends at|start time|end time|meeting|appointment|дата и время|начало$|окончание$|встреча"), "datetime"],
  [word("duration|effort|time spent|длительность|продолжительность|трудозатраты"), "duration"],
  [word("date|day$|birthday|birth|deadline|due|since|until|expir|valid|visit$|anniversary|дата|день|дней рождения|срок|дедлайн|истекает|визит|годовщина"), "date"],
  [word("time$|время$"), "time"],
  [word("percent|percentage|%|discount|probability|vat|tax rate|margin|share$|процент|скидк|вероятност|ндс|марж|доля"), "percent"],
  [word("price|cost|amount|total|sum$|budget|salary|revenue|fee$|turnover|income|expense|balance|deposit|rent$|цен[аы]|стоимост|сумм|бюджет|зарплат|выручк|оклад|оборот|доход|расход|баланс|депозит|аренд"), "currency"],
  [word("rating|stars|score card|рейтинг|оценк|звёзд"), "rating"],
  [word("status|stage|state$|type$|kind$|category|condition|priority|phase|level|gender|colou?r|size$|source$|статус|стади|этап|состояни|тип$|вид$|категори|приоритет|фаза|уровень|пол$|цвет|размер|источник"), "select"],
  [word("owner|assignee|assigned|responsible|author|manager|supervisor|reviewer|approver|владел|ответственн|исполнител|автор|менеджер|руководител|проверяющ|согласующ"), "user"],
  [word("address|адрес"), "address"],
  [word("is |has |can |active|archived|enabled|paid|done|completed|approved|published|verified|активн|оплачен|готов|выполнен|одобрен|опубликован|проверен|есть "), "boolean"],
  [word("number of|count|quantity|qty|year|age$|seats|employees|headcount|pages|floors?|points|lead score|score|количеств|кол-во|год$|год выпуска|возраст|мест$|число|этаж|страниц|баллы|балл$|сотрудников"), "integer"],
  [word("weight|height|width|length|depth|distance|mileage|hours|area|volume|speed|temperature|latitude|longitude|вес$|масса|высота|ширина|длина|глубина|расстояние|пробег|часы|моточас|площадь|объём|объем|скорость|температура|широта|долгота"), "decimal"],
];

export interface Guess {
  type: string;
  /** The object that its name is that of. */
  to?: ObjectType;
}

const same = (a: string, b: string) => a.toLocaleLowerCase() === b.toLocaleLowerCase();

/** What an object is called: its names in every language, and in the API. */
function named(object: ObjectType): { one: string[]; many: string[] } {
  const other = Object.values(object.translations ?? {});
  return {
    one: [object.name, object.api_name.replaceAll("_", " "), ...other.flatMap((each) => each["name"] ?? [])],
    many: [object.plural_name, object.plural_api_name.replaceAll("_", " "), ...other.flatMap((each) => each["plural_name"] ?? [])],
  };
}

/** The types of a relation: to one record, and to several. */
export function relationTypes(model: Model): { one: string | undefined; many: string | undefined } {
  const leading = [...model.types.values()].filter((type) => type.required_settings.includes("to"));
  return {
    one: leading.find((type) => type.storage?.columns.length === 1)?.name,
    many: leading.find((type) => type.storage?.columns.length === 0)?.name,
  };
}

export function guessType(name: string, model: Model): Guess {
  const wanted = name.trim();
  if (wanted === "") return { type: PLAIN };
  const relations = relationTypes(model);
  const objects = model.objects.filter((object) => !object.hidden && object.permissions.read);
  const one = objects.find((object) => named(object).one.some((each) => same(each, wanted)));
  if (one && relations.one) return { type: relations.one, to: one };
  const many = objects.find((object) => named(object).many.some((each) => same(each, wanted)));
  if (many && relations.many) return { type: relations.many, to: many };
  const found = GUESSES.find(([pattern, type]) => model.types.has(type) && pattern.test(wanted));
  if (found) return { type: found[1] };
  // "Main contact" is a contact.
  const last = objects.find((object) => named(object).one.some((each) => wanted.toLocaleLowerCase().endsWith(` ${each.toLocaleLowerCase()}`)));
  if (last && relations.one) return { type: relations.one, to: last };
  return { type: PLAIN };
}
