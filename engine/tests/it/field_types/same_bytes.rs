//! What is read as rows is, to the byte, what Postgres would have made of it: a query's only root comes as rows, and the
//! same root asked for twice comes as JSON.

use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value as Json, json};
use sqlx::{AssertSqlSafe, PgConnection, query};
use std::sync::Arc;
use tessera_compiler::cursor::Cursor;
use tessera_compiler::query::tree::{
    Connection, ConnectionPart, Deleted, EdgePart, End, GroupItem, GroupShape, Item, Leaf,
    PagePart, Part, Query, Root, Selection, Shape, Window,
};
use tessera_compiler::snapshot::Snapshot;
use tessera_error::Error;
use tessera_schema::aggregate::Body;
use tessera_schema::field_types::FieldTypes;
use tessera_schema::ident::RecordId;
use tessera_schema::object::{Attribute, Object};
use tessera_schema::scalar::Scalar;
use tessera_schema::sort::Sort;

use super::sample;
use crate::json::values;
use crate::support::records::{parsed, record_id};
use crate::support::world::World;

/// Roots that are compared.
const ROOTS: usize = 300;
/// Names that are dear to a database, and the longest that a response key can be.
const KEYS: [&str; 16] = [
    "id",
    "j",
    "v",
    "_n",
    "name",
    "SELECT",
    "ctid",
    "_model",
    "_one",
    "Order",
    "count",
    "xmin",
    "tableoid",
    "__typename",
    "it_is_the_longest_name_that_a_response_key_may_have_as_it_is_sent",
    "x",
];
const CONSTANTS: [&str; 4] = ["Thing", "", "\"\\\u{1}\n", "Ünï 😀\u{2028}"];

/// Choices, made before they are needed.
struct Tape {
    choices: Vec<u32>,
    next: usize,
}

impl Tape {
    fn below(&mut self, end: usize) -> usize {
        self.next += 1;
        self.choices[self.next % self.choices.len()] as usize % end
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    fn chance(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    /// Up to `most` different response keys, one at least.
    fn keys(&mut self, most: usize) -> Vec<String> {
        let (from, count) = (self.below(KEYS.len()), 1 + self.below(most));
        let keys = KEYS.iter().cycle().skip(from).take(count).enumerate();
        keys.map(|(n, key)| {
            if n < KEYS.len() {
                key[..key.len().min(63)].to_owned()
            } else {
                format!("{n}_{}", &key[..key.len().min(60)])
            }
        })
        .collect()
    }
}

/// What roots are made of.
struct Maker<'a> {
    tape: Tape,
    snapshot: &'a Snapshot,
    things: &'a [RecordId],
}

impl Maker<'_> {
    fn root(&mut self, object: &Arc<Object>) -> Root {
        let object = Arc::clone(object);
        if self.tape.chance(4) {
            return Root::One {
                id: self.thing().into(),
                deleted: self.deleted(),
                selection: self.selection(&object, 0),
                object,
            };
        }
        Root::Many {
            connection: self.connection(&object, 0),
            object,
        }
    }

    fn thing(&mut self) -> RecordId {
        self.tape.one(self.things)
    }

    fn deleted(&mut self) -> Deleted {
        self.tape.one(&[
            Deleted::Exclude,
            Deleted::Exclude,
            Deleted::Include,
            Deleted::Only,
        ])
    }

    fn constant(&mut self) -> String {
        self.tape.one(&CONSTANTS).to_owned()
    }

    fn selection(&mut self, object: &Object, depth: usize) -> Selection {
        let most = if depth == 0 { 24 } else { 6 };
        let attributes: Vec<String> = object.keys().collect();
        let mut items = Vec::new();
        for key in self.tape.keys(most) {
            let attribute = self.tape.one(&attributes);
            let item = self.item(object, &attribute, depth);
            items.push((key, item.unwrap_or_else(|| Item::Constant(self.constant()))));
        }
        Selection(items)
    }

    fn item(&mut self, object: &Object, attribute: &str, depth: usize) -> Option<Item> {
        Some(match object.attribute(attribute)? {
            Attribute::Column(_, column) => Item::Column(Leaf {
                column: column.name.clone(),
                column_type: column.column_type.clone(),
            }),
            Attribute::Composite(field, _) => {
                let keys = self.tape.keys(field.columns.len() + 1);
                let parts = keys.into_iter().map(|key| {
                    let column = self.tape.one(&field.columns);
                    let part = if self.tape.chance(5) {
                        Part::Constant(self.constant())
                    } else {
                        Part::Column(Leaf {
                            column: column.name,
                            column_type: column.column_type,
                        })
                    };
                    (key, part)
                });
                Item::Composite {
                    parts: parts.collect(),
                    columns: field.columns.iter().map(|c| c.name.clone()).collect(),
                }
            }
            Attribute::ToOne(to_one) if depth < 3 => {
                let target = Arc::clone(self.snapshot.whole().target(&to_one.target));
                let selection = self.selection(&target, depth + 1);
                Item::ToOne(to_one, target, selection)
            }
            Attribute::ToMany(to_many) if depth < 2 => {
                let target = Arc::clone(self.snapshot.whole().target(&to_many.target));
                let connection = self.connection(&target, depth + 1);
                Item::ToMany(to_many, target, Box::new(connection))
            }
            _ => return None,
        })
    }

    fn connection(&mut self, object: &Arc<Object>, depth: usize) -> Connection {
        let is_thing = object.api_name().as_str() == "thing";
        let filters = match (is_thing, depth) {
            (true, 0) => vec![
                json!({}),
                json!({"relation": {}}),
                json!({"text": {"is_null": false}}),
                json!({"many_to_many": {"some": {}}}),
                json!({"id": {"is_null": true}}),
            ],
            _ => vec![json!({}), json!({}), json!({"id": {"is_null": true}})],
        };
        let sorts = if is_thing {
            &[
                "",
                "-id",
                "text",
                "-decimal,float",
                "-date,-text",
                "relation.last_name",
                "-relation.company.name,boolean",
                "select,-datetime",
            ][..]
        } else {
            &["", "-id", "created_at", "-updated_at,id"][..]
        };
        let filter = self.tape.one(&filters);
        let sort = self.tape.one(sorts);
        Connection {
            search: None,
            filter: parsed(self.snapshot, object, &filter).unwrap(),
            sort: Sort::parse(self.snapshot.whole(), object, sort).unwrap(),
            window: Window {
                limit: self.tape.one(&[0, 1, 2, 3, 5, 11, 12, 13, 20]),
                from: self.tape.one(&[End::Start, End::Start, End::End]),
                after: None,
                before: None,
                offset: self.tape.one(&[0, 0, 0, 1, 4, 40]),
            },
            deleted: self.deleted(),
            shape: if self.tape.chance(3) {
                Shape::Array {
                    records: self.selection(object, depth),
                    more: self.tape.chance(2).then(|| self.constant()),
                }
            } else {
                let keys = self.tape.keys(5).into_iter();
                let parts = keys.map(|key| (key, self.part(object, depth)));
                Shape::Object(parts.collect())
            },
        }
    }

    fn part(&mut self, object: &Arc<Object>, depth: usize) -> ConnectionPart {
        match self.tape.below(6) {
            0 => ConnectionPart::Nodes(self.selection(object, depth)),
            1 => {
                let keys = self.tape.keys(3).into_iter();
                let parts = keys.map(|key| {
                    let part = match self.tape.below(3) {
                        0 => EdgePart::Cursor,
                        1 => EdgePart::Node(self.selection(object, depth)),
                        _ => EdgePart::Constant(self.constant()),
                    };
                    (key, part)
                });
                ConnectionPart::Edges(parts.collect())
            }
            2 => {
                let keys = self.tape.keys(7).into_iter();
                let parts = keys.map(|key| {
                    let part = match self.tape.below(7) {
                        0 => PagePart::HasNext,
                        1 => PagePart::HasPrevious,
                        2 => PagePart::StartCursor,
                        3 => PagePart::EndCursor,
                        4 => PagePart::Next,
                        5 => PagePart::Previous,
                        _ => PagePart::Constant(self.constant()),
                    };
                    (key, part)
                });
                ConnectionPart::Page(parts.collect())
            }
            3 => ConnectionPart::Total,
            4 => self.aggregate(object),
            _ => ConnectionPart::Constant(self.constant()),
        }
    }

    fn aggregate(&mut self, object: &Arc<Object>) -> ConnectionPart {
        let wanted = match object.api_name().as_str() {
            "thing" => {
                json!({"n": {"count": "*"}, "sum": {"sum": "decimal"}, "avg": {"avg": "rating"},
                "max": {"max": "datetime"}, "least": {"min": "text"}})
            }
            _ => json!({"n": {"count": "*"}, "last": {"max": "updated_at"}}),
        };
        let body = json!({"aggregates": wanted});
        let body = Body::parse(self.snapshot.whole(), object, &body).unwrap();
        let places = body.aggregates.into_iter();
        let mut items: Vec<_> = places
            .map(|(name, place)| (name, GroupItem::Aggregate(place)))
            .collect();
        let inner = items.split_off(1);
        items.push(("inner".to_owned(), GroupItem::Object(GroupShape(inner))));
        items.push(("of".to_owned(), GroupItem::Constant(self.constant())));
        ConnectionPart::Aggregate(body.aggregation.aggregates, GroupShape(items))
    }
}

/// Texts that Postgres reads as values of a scalar.
fn texts(scalar: Scalar) -> BoxedStrategy<String> {
    match scalar {
        Scalar::Text => values::text(),
        Scalar::Integer | Scalar::BigInteger => values::integer(),
        Scalar::Decimal => values::decimal(),
        Scalar::Float => values::float(),
        Scalar::Boolean => values::boolean(),
        Scalar::Date => values::date(),
        Scalar::DateTime => values::date_time(),
        Scalar::Time => values::time(),
        Scalar::Duration => values::duration(),
        Scalar::Uuid => values::uuid(),
        Scalar::Json => values::document(),
    }
}

/// Gives the columns of a record values that the API itself might refuse, as far as the table takes them. Tells of how many
/// columns it took.
async fn scramble(
    superuser: &mut PgConnection,
    table: &str,
    object: &Object,
    id: RecordId,
    runner: &mut TestRunner,
) -> usize {
    let mut taken = 0;
    let fields = object.fields.values().filter(|field| field.writable());
    for column in fields.flat_map(|field| &field.columns) {
        let text = texts(column.column_type.scalar);
        let mut text = text.new_tree(runner).unwrap().current();
        if column.column_type.list {
            text = format!("{{{}}}", Json::from(text));
        }
        let name = column.name.as_str();
        let cast = format!(
            "update {table} set \"{name}\" = ($1::text)::{}{} where id = $2",
            column.column_type.scalar.postgres(),
            if column.column_type.list { "[]" } else { "" },
        );
        let outcome = query(AssertSqlSafe(cast))
            .bind(text)
            .bind(id.0)
            .execute(&mut *superuser)
            .await;
        taken += usize::from(outcome.is_ok());
    }
    taken
}

/// A tenant with an object of fields of every type, and records of it: plain and strange ones, with and without values, whose
/// relations lead somewhere, nowhere, or to what is in the bin.
async fn things(runner: &mut TestRunner) -> (World, Vec<RecordId>) {
    let world = World::new().await;
    let companies = vec![
        json!({"name": "A\"\\"}),
        json!({"name": "B", "city": "Rīga"}),
    ];
    let companies = world.create_many("company", companies).await.unwrap();
    let contacts = (0..6).map(|n| {
        json!({
            "last_name": format!("{}\t{n}", "b".repeat(n)),
            "company_id": companies.get(n % 3).map(|company| company["id"].clone()),
        })
    });
    let contacts = world
        .create_many("contact", contacts.collect())
        .await
        .unwrap();
    let deals = (0..8).map(|n| {
        json!({
            "name": format!("deal\\{n}"),
            "amount": {"amount": format!("{n}.50"), "currency_code": "EUR"},
            "contact_id": contacts[n % 4]["id"],
            "company_id": companies[n % 2]["id"],
        })
    });
    world
        .create_many("opportunity", deals.collect())
        .await
        .unwrap();
    let types = FieldTypes::builtin();
    let samples: Vec<_> = types
        .names()
        .into_iter()
        .map(|name| (name, sample(name, &world, &contacts)))
        .collect();
    let fields = samples.iter().map(|(name, (settings, _))| {
        let mut settings = settings.clone();
        match *name {
            "relation" => settings["inverse"] = json!({"api_name": "things"}),
            "many_to_many" => settings["inverse"] = json!({"api_name": "linked"}),
            // Of 64 bits.
            "integer" => settings["max"] = json!(i64::MAX),
            _ => {}
        }
        json!({"api_name": name, "type": name, "settings": settings})
    });
    let fields: Vec<Json> = fields.collect();
    let snapshot = world
        .define(json!({"api_name": "thing", "fields": fields}))
        .await
        .unwrap();
    let object = snapshot.whole().object("thing").unwrap();
    let records = (0..12).map(|place| {
        let writable = samples
            .iter()
            .filter(|(name, _)| object.fields[*name].writable());
        let record: Map<_, _> = writable
            // The last has nothing, and of the others each lacks something.
            .filter(|(name, _)| place < 11 && (name.len() + place) % 5 > 0)
            .map(|(name, (_, values))| {
                let value = match *name {
                    "relation" => contacts[place % 6]["id"].clone(),
                    "many_to_many" => {
                        json!([contacts[place % 6]["id"], contacts[(place + 1) % 6]["id"]])
                    }
                    _ => values[place % 3].clone(),
                };
                (object.fields[*name].value_key(), value)
            })
            .collect();
        record.into()
    });
    let records = world.create_many("thing", records.collect()).await.unwrap();
    let mut superuser = world.database.superuser().await;
    let table = format!("\"{}\".\"{}\"", world.schema().await, object.table.as_str());
    for record in records.iter().skip(4).step_by(2) {
        let id = record_id(record);
        let taken = scramble(&mut superuser, &table, object, id, runner).await;
        assert!(taken >= 12, "the table takes strange values: {taken}");
    }
    for (object, gone) in [
        ("company", &companies[1]),
        ("contact", &contacts[2]),
        ("thing", &records[3]),
        ("thing", &records[7]),
    ] {
        world.delete(object, gone).await.unwrap();
    }
    (world, records.iter().map(record_id).collect())
}

/// The cursors of all records of a connection's list.
fn cursors(connection: &Connection) -> Connection {
    let cursor = vec![("cursor".to_owned(), EdgePart::Cursor)];
    Connection {
        window: Window::first(50),
        shape: Shape::Object(vec![("edges".to_owned(), ConnectionPart::Edges(cursor))]),
        ..connection.clone()
    }
}

#[tokio::test]
async fn rows_are_written_as_postgres_writes_them() {
    let mut runner = TestRunner::default();
    let (world, ids) = things(&mut runner).await;
    let choices = proptest::collection::vec(proptest::num::u32::ANY, 400);
    let snapshot = world.model().await;
    let thing = snapshot.whole().object("thing").unwrap();
    let (mut compared, mut present, mut positioned) = (0, 0, 0);
    for _ in 0..ROOTS {
        let tape = Tape {
            choices: choices.new_tree(&mut runner).unwrap().current(),
            next: 0,
        };
        let mut maker = Maker {
            tape,
            snapshot: &snapshot,
            things: &ids,
        };
        let mut root = maker.root(thing);
        let ask = |roots: Vec<Root>| {
            let (world, snapshot) = (&world, &snapshot);
            async move {
                let query = Query { roots };
                world.engine.read(&world.admin, snapshot, &query).await
            }
        };
        if let Root::Many { connection, object } = &mut root
            && maker.tape.chance(2)
        {
            let all = Root::Many {
                connection: cursors(connection),
                object: Arc::clone(object),
            };
            let all = ask(vec![all]).await.unwrap().roots[0].clone().unwrap();
            let all: Json = serde_json::from_slice(&all).unwrap();
            let all = all["edges"].as_array().unwrap().iter();
            let all: Vec<Cursor> = all
                .map(|edge| Cursor(edge["cursor"].as_str().unwrap().to_owned()))
                .collect();
            let mut one = || {
                let given = !all.is_empty() && maker.tape.chance(2);
                given.then(|| maker.tape.one(&all).into())
            };
            connection.window.after = one();
            connection.window.before = one();
            positioned += usize::from(
                connection.window
                    != Window {
                        after: None,
                        before: None,
                        ..connection.window.clone()
                    },
            );
        }
        let twice = match ask(vec![root.clone(), root.clone()]).await {
            Ok(answer) => answer,
            // Too much for one request.
            Err(Error::User(_)) => continue,
            Err(Error::Internal(error)) => panic!("{error}\n{root:#?}"),
        };
        let rows = match ask(vec![root.clone()]).await {
            Ok(answer) => answer,
            Err(error) => panic!("{error}\n{root:#?}"),
        };
        compared += 1;
        present += usize::from(rows.roots[0].is_some());
        assert_eq!(rows.roots[0], twice.roots[0], "{root:#?}");
        assert_eq!(rows.versions[0], twice.versions[0], "{root:#?}");
        assert_eq!(twice.roots[0], twice.roots[1], "{root:#?}");
    }
    assert!(compared > ROOTS * 3 / 4, "{compared} of {ROOTS} are asked");
    assert!(present > compared * 2 / 3, "{present} find something");
    assert!(positioned > ROOTS / 8, "{positioned} stand at a cursor");
}

/// What is the same whatever the rows are, is told once, also beside other roots and of no rows at all.
#[tokio::test]
async fn what_needs_no_rows_is_answered_once() {
    let world = World::new().await;
    world
        .create_many("contact", vec![json!({}); 3])
        .await
        .unwrap();
    let snapshot = world.model().await;
    let contact = snapshot.whole().object("contact").unwrap();
    for (filter, part, expected) in [
        (
            json!({}),
            PagePart::HasPrevious,
            r#"{"page":{"part":false}}"#,
        ),
        (
            json!({}),
            PagePart::Constant("P".into()),
            r#"{"page":{"part":"P"}}"#,
        ),
        (
            json!({"id": {"is_null": true}}),
            PagePart::HasPrevious,
            r#"{"page":{"part":false}}"#,
        ),
    ] {
        let parts = vec![("part".to_owned(), part)];
        let connection = Connection {
            search: None,
            filter: parsed(&snapshot, contact, &filter).unwrap(),
            sort: Sort::default(),
            window: Window::first(2),
            deleted: Deleted::Exclude,
            shape: Shape::Object(vec![("page".to_owned(), ConnectionPart::Page(parts))]),
        };
        let root = Root::Many {
            object: Arc::clone(contact),
            connection,
        };
        for roots in [vec![root.clone()], vec![root.clone(), root]] {
            let query = Query { roots };
            let answer = world.engine.read(&world.admin, &snapshot, &query).await;
            for root in answer.unwrap().roots {
                assert_eq!(root.unwrap(), expected.as_bytes());
            }
        }
    }
}
