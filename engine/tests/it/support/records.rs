//! Records of a [`World`], written and read in few words.

use serde_json::{Value as Json, json};
use std::sync::Arc;
use tessera_compiler::cursor::Cursor;
use tessera_compiler::query::tree::{
    Connection, ConnectionPart, Deleted, Item, Leaf, PagePart, Part, Query, Root, Selection, Shape,
    Window,
};
use tessera_compiler::snapshot::Snapshot;
use tessera_compiler::write::Written;
use tessera_compiler::write::{Action, Expected, Write};
use tessera_error::{Result, UserError};
use tessera_schema::filter::Filter;
use tessera_schema::ident::RecordId;
use tessera_schema::naming::Spelling;
use tessera_schema::object::{Attribute, Object};
use tessera_schema::record::{Record, Upsert};
use tessera_schema::search::Search;
use tessera_schema::sort::Sort;
use tessera_schema::storage::ValueForm;

use super::world::World;

/// The records to list.
#[derive(Clone)]
pub(crate) struct Wanted {
    pub(crate) filter: Json,
    pub(crate) search: Option<Search>,
    pub(crate) sort: String,
    pub(crate) window: Window,
    pub(crate) deleted: Deleted,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            filter: json!({}),
            search: None,
            sort: String::new(),
            window: Window::first(1000),
            deleted: Deleted::Exclude,
        }
    }
}

impl World {
    /// Does a write and gives the record, or records, with all their values.
    pub(crate) async fn write(
        &self,
        object: &str,
        action: impl Fn(&Snapshot, &Object) -> Result<Action, UserError> + Send + Sync,
    ) -> Result<(Json, Written)> {
        let engine = &self.engine;
        let action = &action;
        let written = engine
            .on_model(self.admin.principal.tenant, |snapshot| async move {
                let object = find(&snapshot, object)?;
                let write = Write {
                    action: action(&snapshot, &object)?,
                    selection: everything(&snapshot, &object),
                    object,
                    rollback: false,
                };
                engine.write(&self.admin, &snapshot, &write).await
            })
            .await?;
        let json = match written.body.as_ref() {
            [] => Json::Null,
            body => serde_json::from_slice(body).unwrap(),
        };
        Ok((json, written))
    }

    pub(crate) async fn create(&self, object: &str, record: Json) -> Result<Json> {
        let create = |_: &Snapshot, object: &Object| Ok(Action::Create(new(object, &record)?));
        Ok(self.write(object, create).await?.0)
    }

    pub(crate) async fn create_many(&self, object: &str, records: Vec<Json>) -> Result<Vec<Json>> {
        let create = |_: &Snapshot, object: &Object| {
            let records = records.iter().map(|record| new(object, record));
            Ok(Action::CreateMany(records.collect::<Result<_, _>>()?))
        };
        let (created, _) = self.write(object, create).await?;
        Ok(created.as_array().unwrap().clone())
    }

    /// The records, and of each whether it is new.
    pub(crate) async fn upsert(
        &self,
        object: &str,
        on: &str,
        records: &[Json],
    ) -> Result<(Vec<Json>, Vec<bool>)> {
        let upsert = |_: &Snapshot, object: &Object| {
            let mut keys = std::iter::once(object.id_key()).chain(object.unique_keys());
            let key = keys.find(|key| key.name == on).unwrap();
            let read =
                |record| Upsert::read(object, record, Spelling::Snake).map_err(UserError::Invalid);
            let records = records.iter().map(read).collect::<Result<_, _>>()?;
            Ok(Action::UpsertMany { key, records })
        };
        let (written, all) = self.write(object, upsert).await?;
        Ok((written.as_array().unwrap().clone(), all.created))
    }

    pub(crate) async fn update(&self, object: &str, id: &Json, changes: Json) -> Result<Json> {
        self.update_if(object, id, changes, None).await
    }

    pub(crate) async fn update_if(
        &self,
        object: &str,
        id: &Json,
        changes: Json,
        expected: Option<Expected>,
    ) -> Result<Json> {
        let update = |_: &Snapshot, object: &Object| {
            let changes = changed(object, &changes)?;
            Ok(Action::Update {
                id: record_id(id),
                changes,
                expected: expected.clone(),
            })
        };
        Ok(self.write(object, update).await?.0)
    }

    pub(crate) async fn delete(&self, object: &str, id: &Json) -> Result<Json> {
        let id = record_id(id);
        Ok(self
            .write(object, |_, _| Ok(Action::Delete { id, expected: None }))
            .await?
            .0)
    }

    pub(crate) async fn restore(&self, object: &str, id: &Json) -> Result<Json> {
        let id = record_id(id);
        Ok(self
            .write(object, |_, _| Ok(Action::Restore { id }))
            .await?
            .0)
    }

    pub(crate) async fn destroy(&self, object: &str, id: &Json) -> Result<Json> {
        let id = record_id(id);
        Ok(self
            .write(object, |_, _| Ok(Action::Destroy { id, expected: None }))
            .await?
            .0)
    }

    /// How many records a change of all that fit a filter has met.
    pub(crate) async fn update_where(
        &self,
        object: &str,
        filter: Json,
        changes: Json,
    ) -> Result<u64> {
        let update = |snapshot: &Snapshot, object: &Object| {
            let filter = parsed(snapshot, object, &filter)?;
            Ok(Action::UpdateWhere {
                filter,
                changes: changed(object, &changes)?,
                at_most: None,
            })
        };
        Ok(self.write(object, update).await?.1.affected)
    }

    pub(crate) async fn delete_where(&self, object: &str, filter: Json) -> Result<u64> {
        let delete = |snapshot: &Snapshot, object: &Object| {
            let filter = parsed(snapshot, object, &filter)?;
            Ok(Action::DeleteWhere {
                filter,
                at_most: None,
            })
        };
        Ok(self.write(object, delete).await?.1.affected)
    }

    /// The records that a filter finds, in the order of `sort`.
    pub(crate) async fn list(&self, object: &str, filter: Json, sort: &str) -> Vec<Json> {
        self.find(object, filter, sort).await.unwrap()
    }

    pub(crate) async fn find(&self, object: &str, filter: Json, sort: &str) -> Result<Vec<Json>> {
        let wanted = Wanted {
            filter,
            sort: sort.to_owned(),
            ..Wanted::default()
        };
        let page = self.page(object, &wanted).await?;
        Ok(page["data"].as_array().unwrap().clone())
    }

    /// `data`, `page` (`next`, `previous`) and `total`.
    pub(crate) async fn page(&self, object: &str, wanted: &Wanted) -> Result<Json> {
        let engine = &self.engine;
        let answer = engine
            .on_model(self.admin.principal.tenant, |snapshot| async move {
                let object = find(&snapshot, object)?;
                let part = |name: &str, part| (name.to_owned(), part);
                let pages = vec![
                    part("next", PagePart::Next),
                    part("previous", PagePart::Previous),
                ];
                let connection = Connection {
                    filter: parsed(&snapshot, &object, &wanted.filter)?,
                    search: wanted.search.clone(),
                    sort: Sort::parse(snapshot.whole(), &object, &wanted.sort)
                        .map_err(UserError::Malformed)?,
                    window: wanted.window.clone(),
                    deleted: wanted.deleted,
                    shape: Shape::Object(vec![
                        (
                            "data".to_owned(),
                            ConnectionPart::Nodes(everything(&snapshot, &object)),
                        ),
                        ("page".to_owned(), ConnectionPart::Page(pages)),
                        ("total".to_owned(), ConnectionPart::Total),
                    ]),
                };
                let query = Query {
                    roots: vec![Root::Many { object, connection }],
                };
                engine.read(&self.admin, &snapshot, &query).await
            })
            .await?;
        Ok(serde_json::from_slice(answer.roots[0].as_ref().unwrap()).unwrap())
    }
}

fn find(snapshot: &Snapshot, object: &str) -> Result<Arc<Object>, UserError> {
    let found = snapshot.whole().object(object).cloned();
    found.ok_or(UserError::NotFound { what: "object" })
}

fn new(object: &Object, record: &Json) -> Result<Record, UserError> {
    Record::create(object, record, Spelling::Snake).map_err(UserError::Invalid)
}

pub(crate) fn changed(object: &Object, changes: &Json) -> Result<Record, UserError> {
    Record::update(object, changes, Spelling::Snake).map_err(UserError::Invalid)
}

pub(crate) fn parsed(
    snapshot: &Snapshot,
    object: &Object,
    filter: &Json,
) -> Result<Filter, UserError> {
    Filter::parse(snapshot.whole(), object, filter, Spelling::Snake).map_err(UserError::Malformed)
}

/// A cursor of a page, where it has one there.
pub(crate) fn cursor(page: &Json, key: &str) -> Option<Cursor> {
    page["page"][key]
        .as_str()
        .map(|text| Cursor(text.to_owned()))
}

/// The id of a record, or one that stands alone.
pub(crate) fn record_id(record: &Json) -> RecordId {
    let id = record.get("id").unwrap_or(record);
    serde_json::from_value(id.clone()).unwrap()
}

/// Every value of an object's own table; of a many-to-many relation the ids of the other side, as `x`.
pub(crate) fn everything(snapshot: &Snapshot, object: &Object) -> Selection {
    let items = object.fields.values().filter_map(|field| {
        let leaf = |index: usize| Leaf {
            column: field.columns[index].name.clone(),
            column_type: field.columns[index].column_type.clone(),
        };
        let item = match field.form() {
            ValueForm::Column(_) => Item::Column(leaf(0)),
            ValueForm::Composite(components) => {
                let parts = components.iter().enumerate();
                Item::Composite {
                    columns: field
                        .columns
                        .iter()
                        .map(|column| column.name.clone())
                        .collect(),
                    parts: parts
                        .map(|(index, part)| (part.name.to_string(), Part::Column(leaf(index))))
                        .collect(),
                }
            }
            ValueForm::Ids => return linked(snapshot, object, field.api_name().as_str()),
        };
        Some((field.value_key(), item))
    });
    Selection(items.collect())
}

/// The ids of the records of a to-many relation, in order.
pub(crate) fn linked(snapshot: &Snapshot, object: &Object, key: &str) -> Option<(String, Item)> {
    let Some(Attribute::ToMany(to_many)) = object.attribute(key) else {
        return None;
    };
    let target = Arc::clone(snapshot.whole().target(&to_many.target));
    let Some(Attribute::Column(_, id)) = target.attribute("id") else {
        return None;
    };
    let leaf = Leaf {
        column: id.name.clone(),
        column_type: id.column_type.clone(),
    };
    let connection = Connection {
        filter: Filter::all(),
        search: None,
        sort: Sort::default(),
        window: Window::first(100),
        deleted: Deleted::Exclude,
        shape: Shape::Array {
            records: Selection(vec![("id".to_owned(), Item::Column(leaf))]),
            more: None,
        },
    };
    Some((
        key.to_owned(),
        Item::ToMany(to_many, target, Box::new(connection)),
    ))
}
