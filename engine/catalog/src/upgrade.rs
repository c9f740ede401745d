//! A newer built-in definition meets a tenant that has changed the older one.
//!
//! Three states of each part are compared: as it was last applied (`base`), as the tenant has it, and as it is shipped now.
//! What the tenant left alone follows the shipped one; what both changed stays the tenant's, and is told.

use serde::Serialize;
use serde_json::{Map, Value as Json};
use std::sync::Arc;
use tessera_builtin_objects::Module;
use tessera_error::UserError;
use tessera_schema::definition::{FieldDefinition, ObjectDefinition};
use tessera_schema::ident::ApiName;
use tessera_schema::model::Model;
use tessera_schema::object::{FieldSource, Object, ObjectSource, Origin};
use tessera_schema::rules;
use uuid::Uuid;

use crate::edit::{self, Edits};

/// A part of a newer definition that a tenant did not get.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct NotApplied {
    pub object: ApiName,
    pub field: Option<ApiName>,
    /// The part of the definition; `None` for the whole object or field.
    pub part: Option<String>,
    pub reason: Reason,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reason {
    /// The tenant has changed the same part.
    ChangedHere,
    /// The tenant has something else of that name.
    NameTaken,
    /// It is no longer shipped; nothing is taken away.
    NoLongerShipped,
    /// Records that are there might not fit.
    Stricter,
}

/// The edits that bring a tenant's objects as near to the shipped ones as they can be brought.
pub(crate) fn merge(
    model: &Model,
    base: &[ObjectDefinition],
    module: &Module,
) -> Result<(Edits, Vec<NotApplied>), UserError> {
    let origin = Origin::Module(module.about.name.clone());
    let mut edits = Edits::new();
    let mut report = Vec::new();
    for shipped in &module.objects {
        let name = &shipped.head.api_name;
        let before = base.iter().find(|object| object.head.api_name == *name);
        match (model.object(name.as_str()), before) {
            (Some(object), Some(before)) if object.source.origin == origin => {
                let mut merged = Merge {
                    object: name,
                    report: &mut report,
                };
                let source = merged.object(model, object, before, shipped, &origin);
                if source != *object.source {
                    edits.push((name.clone(), Some(source)));
                }
            }
            _ => match edit::create_object(model, &shipped.clone().into(), &origin) {
                Ok(edit) => edits.push(edit),
                Err(UserError::Conflict(_)) => report.push(NotApplied {
                    object: name.clone(),
                    field: None,
                    part: None,
                    reason: Reason::NameTaken,
                }),
                Err(other) => return Err(other),
            },
        }
    }
    Ok((edits, report))
}

struct Merge<'a> {
    object: &'a ApiName,
    report: &'a mut Vec<NotApplied>,
}

impl Merge<'_> {
    fn leave(&mut self, field: Option<&ApiName>, part: Option<&str>, reason: Reason) {
        self.report.push(NotApplied {
            object: self.object.clone(),
            field: field.cloned(),
            part: part.map(str::to_owned),
            reason,
        });
    }

    fn object(
        &mut self,
        model: &Model,
        object: &Object,
        base: &ObjectDefinition,
        shipped: &ObjectDefinition,
        origin: &Origin,
    ) -> ObjectSource {
        let mut source = ObjectSource::clone(&object.source);
        if let Some(head) = self.parts(None, &source.head, &base.head, &shipped.head) {
            source.head = head;
        }
        for field in &shipped.fields {
            let name = &field.api_name;
            let old = base.fields.iter().find(|other| other.api_name == *name);
            let index = source
                .fields
                .iter()
                .position(|other| other.definition.api_name == *name);
            match (index, old) {
                (Some(index), Some(old)) if source.fields[index].origin == *origin => {
                    let here = &source.fields[index].definition;
                    if let Some(merged) = self.field(model, here, old, field) {
                        source.fields[index].definition = Arc::new(merged);
                    }
                }
                (None, _) if object.attribute(name.as_str()).is_none() => {
                    source
                        .fields
                        .push(FieldSource::new(field.clone(), origin, Uuid::now_v7()));
                }
                _ => self.leave(Some(name), None, Reason::NameTaken),
            }
        }
        for old in &base.fields {
            if !shipped
                .fields
                .iter()
                .any(|field| field.api_name == old.api_name)
            {
                self.leave(Some(&old.api_name), None, Reason::NoLongerShipped);
            }
        }
        source
    }

    fn field(
        &mut self,
        model: &Model,
        here: &FieldDefinition,
        base: &FieldDefinition,
        shipped: &FieldDefinition,
    ) -> Option<FieldDefinition> {
        let name = &here.api_name;
        let mut wanted = shipped.clone();
        for (part, stricter, flag) in [
            (
                "required",
                shipped.required && !base.required,
                &mut wanted.required,
            ),
            ("unique", shipped.unique && !base.unique, &mut wanted.unique),
        ] {
            if stricter {
                *flag = false;
                self.leave(Some(name), Some(part), Reason::Stricter);
            }
        }
        if shipped.field_type != base.field_type {
            self.leave(Some(name), Some("type"), Reason::Stricter);
            wanted.field_type.clone_from(&base.field_type);
            wanted.settings = base.settings.clone();
        }
        let merged: FieldDefinition = self.parts(Some(name), here, base, &wanted)?;
        if rules::check_field(model.types(), &merged).is_empty() {
            Some(merged)
        } else {
            self.leave(Some(name), None, Reason::ChangedHere);
            None
        }
    }

    /// The definition here with the shipped one's new parts; settings are compared one by one.
    fn parts<T: Serialize + serde::de::DeserializeOwned>(
        &mut self,
        field: Option<&ApiName>,
        here: &T,
        base: &T,
        shipped: &T,
    ) -> Option<T> {
        let [mut here, base, shipped] = [here, base, shipped].map(as_map);
        let mut merged = self.merge_maps(field, &here, &base, &shipped);
        if let (Some(Json::Object(h)), Some(Json::Object(b)), Some(Json::Object(s))) = (
            here.remove("settings"),
            base.get("settings"),
            shipped.get("settings"),
        ) {
            let settings = self.merge_maps(field, &h, b, s);
            merged.insert("settings".to_owned(), Json::Object(settings));
        }
        serde_json::from_value(Json::Object(merged)).ok()
    }

    fn merge_maps(
        &mut self,
        field: Option<&ApiName>,
        here: &Map<String, Json>,
        base: &Map<String, Json>,
        shipped: &Map<String, Json>,
    ) -> Map<String, Json> {
        let mut merged = here.clone();
        for (part, new) in shipped {
            let (was, is) = (base.get(part), here.get(part));
            if part == "settings" || part == "fields" || Some(new) == was || Some(new) == is {
                continue;
            }
            if is == was {
                merged.insert(part.clone(), keeping_options(is, new));
            } else {
                self.leave(field, Some(part), Reason::ChangedHere);
            }
        }
        merged
    }
}

/// A list of options with those that are no longer shipped at its end: records may have them.
fn keeping_options(here: Option<&Json>, shipped: &Json) -> Json {
    let (Some(Json::Array(old)), Json::Array(new)) = (here, shipped) else {
        return shipped.clone();
    };
    let value = |option: &Json| option.get("value").cloned();
    let mut all = new.clone();
    let dropped = old
        .iter()
        .filter(|option| !new.iter().any(|other| value(other) == value(option)));
    all.extend(dropped.cloned());
    Json::Array(all)
}

fn as_map<T: Serialize>(definition: &T) -> Map<String, Json> {
    match serde_json::to_value(definition) {
        Ok(Json::Object(map)) => map,
        _ => Map::new(),
    }
}
