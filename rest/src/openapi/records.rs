//! The paths of one object's records.

use serde_json::{Value as Json, json};
use tessera_schema::naming::pascal;
use tessera_schema::object::Object;

use super::access::Access;
use super::names::{Names, parameter};
use super::operation::Operation;
use super::record::{CREATE, PAGE, UPDATE, one_or_many};
use super::words::Words;
use super::{aggregate, parameters};

const VERSION: (&str, &str) = ("ETag", "ETag");
const APPLIED: (&str, &str) = ("Preference-Applied", "PreferenceApplied");
const PLACE: (&str, &str) = ("Location", "Location");

/// What paths of one object are made of.
struct Paths<'o> {
    object: &'o Object,
    names: &'o Names,
    words: Words,
    one: String,
    many: String,
}

/// Every path of the object that this caller may use.
pub(super) fn paths(
    object: &Object,
    access: Access,
    names: &Names,
    words: Words,
) -> Vec<(String, Json)> {
    let head = &object.source.head;
    let paths = Paths {
        object,
        names,
        words,
        one: words.of(&head.translations, "name", &head.name),
        many: words.of(&head.translations, "plural_name", &head.plural_name),
    };
    let base = format!("/api/v1/{}", object.plural());
    let (mut all, mut one) = (json!({}), json!({}));
    if access.reads_records() {
        all["get"] = paths.list();
        one["get"] = paths.get();
    }
    let mut found = Vec::new();
    if access.writes(object) {
        all["post"] = paths.create();
        all["patch"] = paths.update_many();
        all["delete"] = paths.delete_many();
        one["patch"] = paths.update();
        one["delete"] = paths.delete();
        found.push((
            format!("{base}/{{id}}/restore"),
            with_id(json!({"post": paths.restore()})),
        ));
        found.push((format!("{base}/upsert"), json!({"post": paths.upsert()})));
    }
    if access.reads_records() {
        found.push((
            format!("{base}/aggregate"),
            json!({"post": paths.aggregate()}),
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
            &[VERSION, APPLIED],
        )
    }

    fn list(&self) -> Json {
        let words = self.words;
        let shared = ["Limit", "After", "Before", "Count", "Deleted"].map(parameter);
        let searched = is_searchable(self.object).then(|| parameter("Search"));
        self.operation(
            "list",
            true,
            format!("{} {}", words.say("List", "Список:"), self.many),
        )
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
        .parameters([
            self.own("Fields"),
            parameter("Deleted"),
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
        let record = self.schema("");
        let list = json!({
            "type": "object",
            "properties": {"data": {"type": "array", "items": record}},
            "required": ["data"],
        });
        self.operation("create", false, format!("{} {}", words.say("Create a", "Создать:"), self.one))
            .description(words.say(
                "One record, or a list of up to 1,000: all of them are created, or none. The answer has the form of the body.",
                "Одна запись или список до 1000: создаются все или ни одной. Ответ той же формы, что и тело.",
            ))
            .parameters([self.own("Fields")])
            .parameters(["Prefer", "IdempotencyKey"].map(parameter))
            .body(one_or_many(self.schema(CREATE)))
            .answer(
                201,
                words.say("The record, or `data` with the records; without a body where `Prefer` says so.", "Запись или `data` с записями; без тела, если так сказано в `Prefer`."),
                json!({"anyOf": [record, list]}),
                &[PLACE, VERSION, APPLIED],
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
            .parameters([self.own("Fields")])
            .parameters(["IfMatch", "Prefer", "IdempotencyKey"].map(parameter))
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
        .parameters(["Permanent", "IfMatch", "Prefer"].map(parameter))
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
            .parameters([self.own("Fields")])
            .parameters(["Prefer", "IdempotencyKey"].map(parameter));
        self.shown(operation)
            .shared(204, "NoContent")
            .refused(&[400, 404, 409, 422])
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
        .parameters([parameters::filter(self.object, true, self.names, words)])
        .parameters(["MaxAffected", "Prefer", "IdempotencyKey"].map(parameter))
        .body(self.schema(UPDATE))
        .shared(200, "Affected")
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
        .parameters([parameters::filter(self.object, true, self.names, words)])
        .parameters(["MaxAffected", "Prefer"].map(parameter))
        .shared(200, "Affected")
        .shared(204, "NoContent")
        .refused(&[400, 404, 409, 422])
        .into_json()
    }

    fn upsert(&self) -> Json {
        let words = self.words;
        let on = json!({
            "name": "on",
            "in": "query",
            "required": true,
            "description": words.say("The unique field that records are matched on.", "Уникальное поле, по которому сопоставляются записи."),
            "schema": {"enum": keys(self.object)},
        });
        let record = self.schema("");
        let several = json!({
            "type": "object",
            "properties": {
                "data": {"type": "array", "items": record},
                "results": {"type": "array", "items": {"enum": ["created", "updated"]}},
            },
            "required": ["data", "results"],
        });
        let summary = words.say("Create or change", "Создать или изменить:");
        self.operation("upsert", true, format!("{summary} {}", self.many))
            .description(words.say(
                "One record, or a list of up to 1,000, all or none. A record whose value is there already is changed, any other is created: 200 and 201 tell which for one record, `results` for each of a list.",
                "Одна запись или список до 1000, все или ни одной. Запись с уже имеющимся значением изменяется, остальные создаются: для одной записи об этом говорят 200 и 201, для списка — `results`.",
            ))
            .parameters([on, self.own("Fields")])
            .parameters(["Prefer", "IdempotencyKey"].map(parameter))
            .body(one_or_many(self.schema(CREATE)))
            .answer(
                200,
                words.say("The record, which was there; or all of a list.", "Запись, которая уже была, или весь список."),
                json!({"anyOf": [several, record]}),
                &[VERSION, APPLIED],
            )
            .answer(
                201,
                words.say("The record, which is new.", "Запись, которая создана."),
                record,
                &[PLACE, VERSION, APPLIED],
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
        .body_with(
            self.own_aggregate(),
            true,
            Some(aggregate::example(self.object)),
        )
        .parameters([parameter("IdempotencyKey")])
        .answer(
            200,
            words.say("A row for each group.", "По строке на группу."),
            aggregate::answer(),
            &[],
        )
        .refused(&[400, 404, 409, 413, 415, 422])
        .into_json()
    }

    fn own_aggregate(&self) -> Json {
        self.names
            .refer_to(self.object.api_name(), aggregate::REQUEST)
    }
}
