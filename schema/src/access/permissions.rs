//! What one role grants, as an admin writes it and as it is stored.
//!
//! `{"admin":["members"],"default":{"read":true},"objects":{"contact":{"read":{"filter":{…},"fields":{"except":["score"]}},
//! "create":{"fields":["name"],"presets":{"owner_id":"$user.id"}},"delete":true}}}`

mod check;
mod reader;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Right;
use super::area::Area;
use crate::ident::ApiName;
use crate::model::Model;
use crate::object::{Field, Object};

/// What one role grants.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Permissions {
    /// The areas that it administers.
    pub admin: BTreeSet<Area>,
    /// On the objects that are not named.
    pub default: ObjectPermissions,
    pub objects: BTreeMap<ApiName, ObjectPermissions>,
}

/// The rights on one object. `None` is a refusal in words: it grants as little as a right that is not there.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ObjectPermissions(BTreeMap<Right, Option<Permission>>);

/// A right, with the records and the fields that it is for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Permission {
    /// The records, in the filter language. None: all records.
    pub filter: Option<Json>,
    pub fields: Fields,
    /// Values that a write sets, by key. They may be variables. A field that `fields` lists as well is only filled where the
    /// caller gives no value.
    pub presets: Map<String, Json>,
}

/// Some of an object's own fields, by api name or by the key of their value. What every object has (`id`, `created_at`, …)
/// goes with any of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Fields {
    #[default]
    All,
    Only(Vec<String>),
    Except(Vec<String>),
}

impl Permissions {
    /// All rights on all records, and these areas.
    #[must_use]
    pub fn of_all(rights: &[Right], admin: impl IntoIterator<Item = Area>) -> Self {
        Self {
            admin: admin.into_iter().collect(),
            default: ObjectPermissions::whole(rights),
            objects: BTreeMap::new(),
        }
    }

    /// What is granted on an object.
    #[must_use]
    pub fn on(&self, object: &ApiName) -> &ObjectPermissions {
        self.objects.get(object).unwrap_or(&self.default)
    }

    /// What is granted on some object, even one that does not exist.
    pub(super) fn everywhere(&self) -> impl Iterator<Item = &ObjectPermissions> {
        std::iter::once(&self.default).chain(self.objects.values())
    }

    /// Whether roles together grant all that these grant.
    pub(super) fn are_within(&self, held: &[Arc<Self>]) -> bool {
        let administer = |area| held.iter().any(|role| role.admin.contains(area));
        let on = |object| held.iter().map(|role| role.on(object)).collect::<Vec<_>>();
        let defaults: Vec<_> = held.iter().map(|role| &role.default).collect();
        let named = held.iter().flat_map(|role| role.objects.keys());
        let mut named = named.chain(self.objects.keys());
        self.admin.iter().all(administer)
            && self.default.are_within(&defaults)
            && named.all(|object| self.on(object).are_within(&on(object)))
    }

    /// The same permissions, with fields named by the keys of their values: two roles say the same in the same words.
    #[must_use]
    pub fn normal(mut self, model: &Model) -> Self {
        for (name, ObjectPermissions(rights)) in &mut self.objects {
            if let Some(object) = model.object(name.as_str()) {
                for permission in rights.values_mut().flatten() {
                    permission.normal(object);
                }
            }
        }
        self
    }

    /// Forgets an object that is gone.
    pub fn forget_object(&mut self, object: &ApiName) {
        self.objects.remove(object);
    }

    /// Forgets a field that is gone, in the lists of fields.
    pub fn forget_field(&mut self, object: &ApiName, field: &Field) {
        let Some(ObjectPermissions(rights)) = self.objects.get_mut(object) else {
            return;
        };
        for permission in rights.values_mut().flatten() {
            let (Fields::Only(names) | Fields::Except(names)) = &mut permission.fields else {
                continue;
            };
            names.retain(|name| !field.is_called(name));
        }
    }
}

impl ObjectPermissions {
    /// Some rights, on all records and fields.
    #[must_use]
    pub fn whole(rights: &[Right]) -> Self {
        let rights = rights.iter();
        Self(
            rights
                .map(|right| (*right, Some(Permission::default())))
                .collect(),
        )
    }

    #[must_use]
    pub fn get(&self, right: Right) -> Option<&Permission> {
        self.0.get(&right)?.as_ref()
    }

    pub(super) fn any(&self) -> bool {
        self.0.values().any(Option::is_some)
    }

    fn granted(&self) -> impl Iterator<Item = (Right, &Permission)> {
        let rights = self.0.iter();
        rights.filter_map(|(right, granted)| Some((*right, granted.as_ref()?)))
    }

    fn are_within(&self, held: &[&Self]) -> bool {
        self.granted().all(|(right, permission)| {
            let mut held = held.iter().filter_map(|held| held.get(right));
            held.any(|held| permission.is_within(held))
        })
    }
}

impl Permission {
    fn is_within(&self, held: &Self) -> bool {
        let rows = held.filter.is_none() || held.filter == self.filter;
        let is_listed = |fields: &Fields, key: &String| matches!(fields, Fields::Only(names) if names.contains(key));
        // A value that is set stays set, and does not become the caller's to give.
        let keeps = |(key, value): (&String, &Json)| {
            let given = is_listed(&self.fields, key) && !is_listed(&held.fields, key);
            self.presets.get(key) == Some(value) && !given
        };
        // Another value is set only where the giver could give it.
        let could_give = |key: &String| held.presets.contains_key(key) || held.fields.names(key);
        rows && self.fields.are_within(&held.fields)
            && held.presets.iter().all(keeps)
            && self.presets.keys().all(could_give)
    }

    /// The same, with fields and presets by the keys of their values.
    fn normal(&mut self, object: &Object) {
        let key_of = |name: &str| {
            let mut fields = object.fields.values();
            let field = fields.find(|field| field.is_called(name));
            field.map_or_else(|| name.to_owned(), |field| field.value_key())
        };
        if let Fields::Only(names) | Fields::Except(names) = &mut self.fields {
            for name in names {
                *name = key_of(name);
            }
        }
        let presets = std::mem::take(&mut self.presets).into_iter();
        self.presets = presets
            .map(|(name, value)| (key_of(&name), value))
            .collect();
    }
}

impl Fields {
    pub(super) fn has(&self, field: &Field) -> bool {
        let names = |names: &[String]| names.iter().any(|name| field.is_called(name));
        match self {
            Self::All => true,
            Self::Only(fields) => names(fields),
            Self::Except(fields) => !names(fields),
        }
    }

    /// Whether the field of this name is one of them.
    fn names(&self, name: &String) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.contains(name),
            Self::Except(names) => !names.contains(name),
        }
    }

    fn are_within(&self, held: &Self) -> bool {
        let has = |names: &[String], name: &String| names.contains(name);
        match (self, held) {
            (_, Self::All) => true,
            (Self::Only(given), Self::Only(held)) => given.iter().all(|name| has(held, name)),
            (Self::Only(given), Self::Except(held)) => !given.iter().any(|name| has(held, name)),
            (Self::Except(given), Self::Except(held)) => held.iter().all(|name| has(given, name)),
            (Self::All | Self::Except(_), _) => false,
        }
    }
}

impl Serialize for ObjectPermissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (right, permission) in &self.0 {
            match permission {
                Some(permission) => map.serialize_entry(right, permission)?,
                None => map.serialize_entry(right, &false)?,
            }
        }
        map.end()
    }
}

/// `true`, or an object that says for which records and fields.
impl Serialize for Permission {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if *self == Self::default() {
            return serializer.serialize_bool(true);
        }
        let mut map = serializer.serialize_map(None)?;
        if let Some(filter) = &self.filter {
            map.serialize_entry("filter", filter)?;
        }
        match &self.fields {
            Fields::All => {}
            Fields::Only(fields) => map.serialize_entry("fields", fields)?,
            Fields::Except(fields) => {
                map.serialize_entry("fields", &BTreeMap::from([("except", fields)]))?;
            }
        }
        if !self.presets.is_empty() {
            map.serialize_entry("presets", &self.presets)?;
        }
        map.end()
    }
}
