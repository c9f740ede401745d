//! The paths of one object's records.

use serde_json::{Value as Json, json};
use tessera_schema::access::Right;
use tessera_schema::naming::pascal;
use tessera_schema::object::Object;

use super::access::Access;
use super::names::{AGGREGATE, CHANGE_INPUT, CREATE, PAGE, UPDATE};
use super::names::{Names, parameter};
use super::operation::Operation;
use super::record::several;
use super::responses::CHANGE;
use super::words::Words;
use super::{aggregate, example, parameters};

const VERSION: (&str, &str) = ("ETag", "ETag");
const APPLIED: (&str, &str) = ("Preference-Applied", "PreferenceApplied");
const PLACE: (&str, &str) = ("Location", "Location");

/// What paths of one object are made of.
struct Paths<'o> {
    object: &'o Object,
    access: &'o Access,
    names: &'o Names,
    words: Words,
    one: String,
    many: String,
}

/// Every path of the object that this caller may use.
pub(super) fn paths(
    object: &Object,
    access: &Access,
    names: &Names,
    words: Words,
) -> Vec<(String, Json)> {
    let head = &object.source.head;
    let paths = Paths {
        object,
        access,
        names,
        words,
        one: words.of(&head.translations, "name", &head.name),
        many: words.of(&head.translations, "plural_name", &head.plural_name),
    };
    let base = format!("/api/v1/{}", object.plural());
    let (mut all, mut one) = (json!({}), json!({}));
    let may = |right| access.may(object, right);
    let mut found = Vec::new();
    let mut several = json!({});
    if may(Right::Read) {
        all["get"] = paths.list();
        one["get"] = paths.get();
    }
    if may(Right::Create) {
        all["post"] = paths.create();
        several["post"] = paths.create_many();
    }
    if may(Right::Update) {
        all["patch"] = paths.update_many();
        one["patch"] = paths.update();
        several["patch"] = paths.update_each();
        found.push((
            format!("{base}/{{id}}/revert"),
            with_id(json!({"post": paths.revert()})),
        ));
    }
    if may(Right::Delete) || may(Right::Destroy) {
        one["delete"] = paths.delete();
    }
    if may(Right::Delete) {
        all["delete"] = paths.delete_many();
    }
    if may(Right::Restore) {
        found.push((
            format!("{base}/{{id}}/restore"),
            with_id(json!({"post": paths.restore()})),
        ));
    }
    if several != json!({}) {
        found.push((format!("{base}/many"), several));
    }
    if may(Right::Create) && may(Right::Update) {
        found.push((format!("{base}/upsert"), json!({"post": paths.upsert()})));
        found.push((
            format!("{base}/upsert/many"),
            json!({"post": paths.upsert_many()}),
        ));
    }
    if may(Right::Read) {
        found.push((
            format!("{base}/aggregate"),
            json!({"post": paths.aggregate()}),
        ));
    }
    if may(Right::Read) && !object.read_only {
        found.push((
            format!("{base}/{{id}}/history"),
            with_id(json!({"get": paths.history()})),
        ));
    }
    let here = [(base.clone(), all), (format!("{base}/{{id}}"), one)];
    let here = here.into_iter().filter(|(_, path)| path != &json!({}));
    let here = here.map(|(path, operations)| {
        let operations = if path == base {
            operations
        } else {
            with_id(operations)
        };
        (path, operations)
    });
    here.chain(found).collect()
}

fn with_id(mut path: Json) -> Json {
    path["parameters"] = json!([parameter("Id")]);
    path
}

/// Whether there is anything that the parameter `q` could look into.
fn is_searchable(object: &Object) -> bool {
    object
        .own_fields()
        .any(|field| field.settings().flag("searchable"))
}

/// What records can be matched on.
fn keys(object: &Object) -> Vec<String> {
    let keys = std::iter::once(object.id_key()).chain(object.unique_keys());
    keys.map(|key| key.name).collect()
}

impl Paths<'_> {
    fn operation(&self, verb: &str, several: bool, summary: String) -> Operation {
        let name = if several {
            self.object.plural()
        } else {
            self.object.api_name()
        };
        let id = format!("{verb}{}", pascal(name.as_str()));
        Operation::new(id, self.object.plural().as_str(), summary)
    }

    fn own(&self, suffix: &str) -> Json {
        let name = pascal(self.object.api_name().as_str());
        parameter(&format!("{name}{suffix}"))
    }

    fn schema(&self, suffix: &str) -> Json {
        self.names.refer_to(self.object.api_name(), suffix)
    }

    fn page(&self) -> Json {
        self.names.refer_to(self.object.api_name(), PAGE)
    }

    fn shown(&self, operation: Operation) -> Operation {
        operation.answer(
            200,
            self.words.say("The record.", "Запись."),
            self.schema(""),
            &[VERSION, APPLIED, CHANGE],
        )
    }

    fn list(&self) -> Json {
        let words = self.words;
        let shared = [
            "Limit", "After", "Before", "Offset", "Count", "Deleted", "TimeZone",
        ]
        .map(parameter);
        let searched = is_searchable(self.object).then(|| parameter("Search"));
        self.operation(
            "list",
            true,
            format!("{} {}", words.say("List", "Список:"), self.many),
        )
        .description(words.say(
            "A page of the records that `filter` and `q` find, in the order of `sort`. `page.next` is null on the last page, or else the `after` of the next.",
            "Страница записей, которые нашли `filter` и `q`, в порядке `sort`. `page.next` на последней странице — null, иначе это `after` следующей.",
        ))
        .parameters(["Filter", "Sort", "Fields"].map(|suffix| self.own(suffix)))
        .parameters(shared)
        .parameters(searched)
        .answer(
            200,
            words.say("A page of records.", "Страница записей."),
            self.page(),
            &[],
        )
        .refused(&[400, 404])
        .into_json()
    }

    fn get(&self) -> Json {
        let words = self.words;
        self.operation(
            "get",
            false,
            format!("{} {}", words.say("Read a", "Прочесть:"), self.one),
        )
        .description(words.say(
            "`ETag` is the record's version: give it as `If-Match` when you change the record, or as `If-None-Match` to be answered 304 while it is the same.",
            "`ETag` — версия записи: укажите её в `If-Match` при изменении или в `If-None-Match`, чтобы получить 304, пока она та же.",
        ))
        .parameters([
            self.own("Fields"),
            parameter("Deleted"),
            parameter("AsOf"),
            parameter("IfNoneMatch"),
        ])
        .answer(
            200,
            words.say("The record.", "Запись."),
            self.schema(""),
            &[VERSION],
        )
        .shared(304, "NotModified")
        .refused(&[400, 404])
        .into_json()
    }

    fn create(&self) -> Json {
        let words = self.words;
        self.operation("create", false, format!("{} {}", words.say("Create a", "Создать:"), self.one))
            .description(words.say(
                "Answers the record and, in `Location`, where it is. A list in the body is taken here too, and answered as by `/many`.",
                "Ответ — запись, а в `Location` — где она находится. Список в теле здесь тоже принимается, и ответ на него — как у `/many`.",
            ))
            .parameters([self.own("Fields"), parameter("Prefer"), parameter("ChangeId")])
            .idempotent(words)
            .body(self.schema(CREATE))
            .answer(
                201,
                words.say("The record; without a body where `Prefer` says so.", "Запись; без тела, если так сказано в `Prefer`."),
                self.schema(""),
                &[PLACE, VERSION, APPLIED, CHANGE],
            )
            .refused(&[400, 404, 409, 413, 415, 422])
            .into_json()
    }

    fn create_many(&self) -> Json {
        let words = self.words;
        let list = json!({
            "type": "object",
            "properties": {"data": {"type": "array", "items": self.schema("")}},
            "required": ["data"],
        });
        let summary = words.say("Create many", "Создать многие:");
        self.operation("create", true, format!("{summary} {}", self.many))
            .description(words.say(
                "A list of up to 1,000 records: all of them are created, or none. They are answered in the order in which they were sent.",
                "Список до 1000 записей: создаются все или ни одной. В ответе они в том порядке, в каком были в теле.",
            ))
            .parameters([self.own("Fields"), parameter("Prefer"), parameter("ChangeId")])
            .idempotent(words)
            .body_with(several(&self.schema(CREATE)), true, self.sample_list())
            .answer(
                201,
                words.say("The records; without a body where `Prefer` says so.", "Записи; без тела, если так сказано в `Prefer`."),
                list,
                &[APPLIED, CHANGE],
            )
            .refused(&[400, 404, 409, 413, 415, 422])
            .into_json()
    }

    fn update(&self) -> Json {
        let words = self.words;
        let operation = self
            .operation(
                "update",
                false,
                format!("{} {}", words.say("Change a", "Изменить:"), self.one),
            )
            .description(words.say(
                "What is absent from the body stays as it is; null empties a field. With `If-Match` it is changed only where it still has that version.",
                "Чего нет в теле, остаётся прежним; null очищает поле. С `If-Match` запись изменяется, только если версия всё ещё та.",
            ))
            .parameters([self.own("Fields")])
            .parameters(["IfMatch", "Prefer", "ChangeId"].map(parameter))
            .idempotent(words)
            .body(self.schema(UPDATE));
        self.shown(operation)
            .shared(204, "NoContent")
            .refused(&[400, 404, 409, 412, 413, 415, 422])
            .into_json()
    }

    fn delete(&self) -> Json {
        let words = self.words;
        self.operation(
            "delete",
            false,
            format!("{} {}", words.say("Delete a", "Удалить:"), self.one),
        )
        .description(words.say(
            "The record goes to the bin, from which it can be restored.",
            "Запись попадает в корзину, откуда её можно вернуть.",
        ))
        .parameters(["Permanent", "IfMatch", "Prefer", "ChangeId"].map(parameter))
        .shared(204, "NoContent")
        .refused(&[400, 404, 409, 412])
        .into_json()
    }

    fn restore(&self) -> Json {
        let words = self.words;
        let operation = self
            .operation(
                "restore",
                false,
                format!("{} {}", words.say("Restore a", "Восстановить:"), self.one),
            )
            .description(words.say(
                "Takes the record out of the bin.",
                "Возвращает запись из корзины.",
            ))
            .parameters([self.own("Fields")])
            .parameters([parameter("Prefer"), parameter("ChangeId")])
            .idempotent(words);
        self.shown(operation)
            .shared(204, "NoContent")
            .refused(&[400, 404, 409, 422])
            .into_json()
    }

    fn history(&self) -> Json {
        let words = self.words;
        let summary = words.say("History of a", "История:");
        self.operation("history", false, format!("{summary} {}", self.one))
            .description(words.say(
                "The changes of the record, newest first: when, by whom, and the values before and after. Records in the bin and destroyed ones have a history too. Values have the names and forms that they have in the record. Fields that have gone since are left out, and so are lists of many-to-many links.",
                "Что делали с записью, кто и что изменилось; сначала последнее. Есть и у записей в корзине, и у уничтоженных. Имена и вид значений — как в записи. Полей, которых больше нет, и списков связей многие-ко-многим здесь нет.",
            ))
            .parameters(["Limit", "AfterEvent"].map(parameter))
            .answer(
                200,
                words.say("A page of the history.", "Страница истории."),
                self.names.refer("History"),
                &[],
            )
            .refused(&[400, 404])
            .into_json()
    }

    fn revert(&self) -> Json {
        let words = self.words;
        let summary = words.say("Revert a", "Вернуть к версии:");
        let operation = self
            .operation("revert", false, format!("{summary} {}", self.one))
            .description(words.say(
                "Writes back the values that the record had in a version; it comes out of the bin if need be. It is refused as a change to these values would be.",
                "Записывает значения, которые были у записи в этой версии; из корзины она при этом возвращается. Отклоняется так же, как изменение на эти значения.",
            ))
            .parameters([self.own("Fields")])
            .parameters(["IfMatch", "Prefer", "ChangeId"].map(parameter))
            .idempotent(words)
            .body(self.names.refer("Reversion"));
        self.shown(operation)
            .shared(204, "NoContent")
            .refused(&[400, 404, 409, 412, 413, 415, 422])
            .into_json()
    }

    fn update_many(&self) -> Json {
        let words = self.words;
        self.operation(
            "update",
            true,
            format!(
                "{} {}",
                words.say("Change many", "Изменить многие:"),
                self.many
            ),
        )
        .description(words.say(
            "Every record that `filter` finds gets the values of the body. Where more are found than `max_affected`, none is changed (409).",
            "Все записи, найденные по `filter`, получают значения из тела. Если их больше, чем `max_affected`, не изменяется ни одна (409).",
        ))
        .parameters([parameters::filter(self.object, true, self.names, words)])
        .parameters(["MaxAffected", "TimeZone", "Prefer", "ChangeId"].map(parameter))
        .idempotent(words)
        .body(self.schema(UPDATE))
        .shared(200, "Affected")
        .shared(204, "NoContent")
        .refused(&[400, 404, 409, 413, 415, 422])
        .into_json()
    }

    fn update_each(&self) -> Json {
        let words = self.words;
        let list = json!({
            "type": "object",
            "properties": {"data": {"type": "array", "items": self.schema("")}},
            "required": ["data"],
        });
        let summary = words.say("Change each of", "Изменить каждую из:");
        self.operation("updateEach", true, format!("{summary} {}", self.many))
            .description(words.say(
                "A list of up to 1,000 changes, each with the `id` of its record: all are made, or none. With `version` a record is changed only where it still has that version (409). The records are answered in the order of the changes. The list is taken without `/many` too, where there is no `filter`.",
                "Список до 1000 изменений, каждое с `id` своей записи: делаются все или ни одного. С `version` запись изменяется, только если версия всё ещё та (409). В ответе записи в порядке изменений. Без `filter` список принимается и без `/many`.",
            ))
            .parameters([self.own("Fields"), parameter("Prefer")])
            .idempotent(words)
            .body(several(&self.schema(CHANGE_INPUT)))
            .answer(200, words.say("The records.", "Записи."), list, &[APPLIED])
            .shared(204, "NoContent")
            .refused(&[400, 404, 409, 413, 415, 422])
            .into_json()
    }

    fn delete_many(&self) -> Json {
        let words = self.words;
        self.operation(
            "delete",
            true,
            format!(
                "{} {}",
                words.say("Delete many", "Удалить многие:"),
                self.many
            ),
        )
        .description(words.say(
            "Every record that `filter` finds goes to the bin. Where more are found than `max_affected`, none does (409).",
            "Все записи, найденные по `filter`, попадают в корзину. Если их больше, чем `max_affected`, не попадает ни одна (409).",
        ))
        .parameters([parameters::filter(self.object, true, self.names, words)])
        .parameters(["MaxAffected", "TimeZone", "Prefer", "ChangeId"].map(parameter))
        .shared(200, "Affected")
        .shared(204, "NoContent")
        .refused(&[400, 404, 409, 422])
        .into_json()
    }

    /// What records are matched on.
    fn matched_on(&self) -> Json {
        json!({
            "name": "on",
            "in": "query",
            "required": true,
            "description": self.words.say("The unique field that records are matched on.", "Уникальное поле, по которому сопоставляются записи."),
            "schema": {"type": "string", "enum": keys(self.object)},
            "example": self.sample_key(),
        })
    }

    /// A list with the example of one record, where there is one.
    fn sample_list(&self) -> Option<Json> {
        example::create(self.access.given(self.object, Right::Create)).map(|record| json!([record]))
    }

    /// The first key that a record can be matched on by its example, which is its id if nothing else.
    fn sample_key(&self) -> String {
        let mut keys = keys(self.object);
        let record =
            example::create(self.access.given(self.object, Right::Create)).unwrap_or_default();
        let shown = keys.iter().position(|key| record.get(key).is_some());
        keys.swap_remove(shown.unwrap_or(0))
    }

    /// The example of a record with a value of the key that it is matched on.
    fn sample_of_upsert(&self) -> Option<Json> {
        let mut record = example::create(self.access.given(self.object, Right::Create))?;
        let key = self.sample_key();
        if record.get(&key).is_none() {
            record[key] = json!(example::SOME_ID);
        }
        Some(record)
    }

    fn upsert(&self) -> Json {
        let words = self.words;
        let record = self.schema("");
        let summary = words.say("Create or change a", "Создать или изменить:");
        self.operation("upsert", false, format!("{summary} {}", self.one))
            .description(words.say(
                "A record whose value is there already is changed (200), any other is created (201). A list in the body is taken here too, and answered as by `/many`.",
                "Запись с уже имеющимся значением изменяется (200), иначе создаётся (201). Список в теле здесь тоже принимается, и ответ на него — как у `/many`.",
            ))
            .parameters([self.matched_on(), self.own("Fields"), parameter("Prefer"), parameter("ChangeId")])
            .idempotent(words)
            .body_with(self.schema(CREATE), true, self.sample_of_upsert())
            .answer(
                200,
                words.say("The record, which was there.", "Запись, которая уже была."),
                record.clone(),
                &[VERSION, APPLIED, CHANGE],
            )
            .answer(
                201,
                words.say("The record, which is new.", "Запись, которая создана."),
                record,
                &[PLACE, VERSION, APPLIED, CHANGE],
            )
            .shared(204, "NoContent")
            .refused(&[400, 404, 409, 413, 415, 422])
            .into_json()
    }

    fn upsert_many(&self) -> Json {
        let words = self.words;
        let list = json!({
            "type": "object",
            "properties": {
                "data": {"type": "array", "items": self.schema("")},
                "results": {"type": "array", "items": {"type": "string", "enum": ["created", "updated"]}},
            },
            "required": ["data", "results"],
        });
        let summary = words.say("Create or change many", "Создать или изменить многие:");
        self.operation("upsert", true, format!("{summary} {}", self.many))
            .description(words.say(
                "A list of up to 1,000 records, all or none. `results` says of each, in their order, whether it was created or updated.",
                "Список до 1000 записей, все или ни одной. `results` говорит о каждой по порядку, создана она или изменена.",
            ))
            .parameters([self.matched_on(), self.own("Fields"), parameter("Prefer"), parameter("ChangeId")])
            .idempotent(words)
            .body_with(
                several(&self.schema(CREATE)),
                true,
                self.sample_of_upsert().map(|record| json!([record])),
            )
            .answer(
                200,
                words.say("The records, and what became of each.", "Записи и что стало с каждой."),
                list,
                &[APPLIED, CHANGE],
            )
            .shared(204, "NoContent")
            .refused(&[400, 404, 409, 413, 415, 422])
            .into_json()
    }

    fn aggregate(&self) -> Json {
        let words = self.words;
        self.operation(
            "aggregate",
            true,
            format!("{} {}", words.say("Group and count", "Сводка:"), self.many),
        )
        .description(words.say(
            "A row for each group of `group_by`, with its keys and `aggregates`; one row of all records where there is no `group_by`.",
            "По строке на каждую группу из `group_by` с её ключами и `aggregates`; без `group_by` — одна строка обо всех записях.",
        ))
        .body_with(
            self.own_aggregate(),
            true,
            Some(aggregate::example(self.object)),
        )
        .idempotent(words)
        .answer(
            200,
            words.say("A row for each group.", "По строке на группу."),
            aggregate::answer(words),
            &[],
        )
        .refused(&[400, 404, 409, 413, 415, 422])
        .into_json()
    }

    fn own_aggregate(&self) -> Json {
        self.names.refer_to(self.object.api_name(), AGGREGATE)
    }
}
