//! Reads what a role grants from JSON: its shape, with no regard to a model.

use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

use super::{Fields, ObjectPermissions, Permission, Permissions};
use crate::access::Right;
use crate::access::area::Area;
use crate::ident::ApiName;
use crate::text::clip;
use crate::violation::{Pointer, Violation};

const KEYS: [&str; 3] = ["admin", "default", "objects"];
const PARTS: [&str; 3] = ["filter", "fields", "presets"];

impl Permissions {
    /// The keys of a role that say what it grants.
    pub const KEYS: [&str; 3] = KEYS;

    /// Reads the keys `admin`, `default` and `objects`, each of which may be absent.
    ///
    /// # Errors
    /// Everything that has another shape. [`Permissions::check`] says whether it fits a model.
    pub fn read(json: &Map<String, Json>) -> Result<Self, Vec<Violation>> {
        let mut reader = Reader::default();
        let permissions = Self {
            admin: json
                .get(KEYS[0])
                .map(|areas| reader.areas(areas))
                .unwrap_or_default(),
            default: json
                .get(KEYS[1])
                .map(|rights| reader.of_others(rights))
                .unwrap_or_default(),
            objects: json
                .get(KEYS[2])
                .map(|objects| reader.objects(objects))
                .unwrap_or_default(),
        };
        if reader.violations.is_empty() {
            Ok(permissions)
        } else {
            Err(reader.violations)
        }
    }
}

#[derive(Default)]
struct Reader {
    violations: Vec<Violation>,
}

impl Reader {
    fn refuse(&mut self, at: Pointer, code: &'static str, message: impl Into<String>) {
        self.violations.push(Violation::new(at, code, message));
    }

    fn areas(&mut self, areas: &Json) -> BTreeSet<Area> {
        let at = Pointer::root().key(KEYS[0]);
        let Some(areas) = areas.as_array() else {
            self.refuse(at, "type", "a list of areas is expected");
            return BTreeSet::new();
        };
        let mut found = BTreeSet::new();
        for (index, area) in areas.iter().enumerate() {
            match area.as_str().and_then(Area::parse) {
                Some(area) => {
                    found.insert(area);
                }
                None => {
                    let message = format!("the areas are {}", Area::ALL.map(Area::name).join(", "));
                    self.refuse(at.key(index), "unknown", message);
                }
            }
        }
        found
    }

    /// Objects that are not named have no fields or filters in common: each right is `true` or `false`.
    fn of_others(&mut self, rights: &Json) -> ObjectPermissions {
        let at = Pointer::root().key(KEYS[1]);
        let read = self.rights(rights, &at);
        let whole = Permission::default();
        for (right, permission) in &read.0 {
            if permission.as_ref().is_some_and(|granted| *granted != whole) {
                let message = "objects that are not named have nothing in common: `true` or `false` is expected";
                self.refuse(at.key(right.name()), "type", message);
            }
        }
        read
    }

    fn objects(&mut self, objects: &Json) -> BTreeMap<ApiName, ObjectPermissions> {
        let at = Pointer::root().key(KEYS[2]);
        let Some(objects) = objects.as_object() else {
            self.refuse(
                at,
                "type",
                "an object with a key for each object is expected",
            );
            return BTreeMap::new();
        };
        let mut read = BTreeMap::new();
        for (name, rights) in objects {
            let at = at.key(name);
            match ApiName::parse(name) {
                Ok(name) => {
                    read.insert(name, self.rights(rights, &at));
                }
                Err(_) => self.refuse(
                    at,
                    "unknown",
                    format!("there is no object `{}`", clip(name)),
                ),
            }
        }
        read
    }

    fn rights(&mut self, rights: &Json, at: &Pointer) -> ObjectPermissions {
        let Some(rights) = rights.as_object() else {
            self.refuse(
                at.clone(),
                "type",
                "an object with a key for each action is expected",
            );
            return ObjectPermissions::default();
        };
        let mut read = BTreeMap::new();
        for (name, granted) in rights {
            let at = at.key(name);
            let Some(right) = Right::parse(name) else {
                let message = format!("the actions are {}", Right::ALL.map(Right::name).join(", "));
                self.refuse(at, "unknown", message);
                continue;
            };
            let granted = match granted {
                Json::Bool(granted) => granted.then(Permission::default),
                Json::Object(parts) => Some(self.permission(right, parts, &at)),
                _ => {
                    let message = "`true`, `false` or an object with `filter`, `fields` or `presets` is expected";
                    self.refuse(at, "type", message);
                    continue;
                }
            };
            read.insert(right, granted);
        }
        ObjectPermissions(read)
    }

    fn permission(&mut self, right: Right, parts: &Map<String, Json>, at: &Pointer) -> Permission {
        let mut permission = Permission::default();
        for (key, value) in parts {
            let at = at.key(key);
            match key.as_str() {
                "filter" if value.is_object() => {
                    permission.filter = Some(value.clone());
                }
                "filter" => self.refuse(at, "type", "a filter is a JSON object"),
                "fields" => permission.fields = self.fields(value, &at),
                "presets" if !right.gives_values() => {
                    self.refuse(at, "unknown", "only `create` and `update` set values");
                }
                "presets" => match value.as_object() {
                    Some(presets) => permission.presets.clone_from(presets),
                    None => self.refuse(at, "type", "an object of values is expected"),
                },
                _ => {
                    let message = format!("there are {}", PARTS.join(", "));
                    self.refuse(at, "unknown", message);
                }
            }
        }
        // An empty filter is no filter.
        permission.filter = permission
            .filter
            .filter(|filter| filter.as_object().is_none_or(|parts| !parts.is_empty()));
        permission
    }

    fn fields(&mut self, fields: &Json, at: &Pointer) -> Fields {
        if fields == "*" {
            return Fields::All;
        }
        if let Json::Array(names) = fields {
            return Fields::Only(self.names(names, at));
        }
        let except = fields.as_object().filter(|parts| parts.len() == 1);
        match except.and_then(|parts| parts.get("except")) {
            Some(Json::Array(names)) => Fields::Except(self.names(names, &at.key("except"))),
            _ => {
                let message = "a list of fields, \"*\" or {\"except\": [fields]} is expected";
                self.refuse(at.clone(), "type", message);
                Fields::All
            }
        }
    }

    fn names(&mut self, names: &[Json], at: &Pointer) -> Vec<String> {
        let mut read = Vec::new();
        for (index, name) in names.iter().enumerate() {
            match name.as_str() {
                Some(name) => read.push(name.to_owned()),
                None => self.refuse(at.key(index), "type", "the name of a field is expected"),
            }
        }
        read
    }
}
