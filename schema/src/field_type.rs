//! The field type: everything the rest of Tessera needs to know about one kind of field, in one place.
//!
//! A type may be made at run time, so all its words may be owned. Nothing outside a type's own file asks for a
//! type by its name.

use serde::Serialize;
use serde_json::Value as Json;
use std::fmt::Debug;

use crate::appearance::Appearance;
use crate::column::ColumnType;
use crate::function::{self, Function};
use crate::mismatch::Mismatch;
use crate::operator::Operator;
use crate::setting::Setting;
use crate::settings::Settings;
use crate::storage::{self, Component, Storage};
use crate::title::Title;
use crate::violation::Violation;

/// A kind of field: built in, in a file of [`crate::field_types`], or one that a tenant has beside those.
pub trait FieldType: Debug + Send + Sync + 'static {
    /// As `type` names it: a word, or of a tenant's own type two with a point between, such as `bank.iban`.
    fn name(&self) -> &str;

    fn title(&self) -> Title;

    /// How a page offers the type and shows its values.
    fn appearance(&self) -> Appearance;

    /// The widget that edits a value on the page.
    fn widget(&self) -> &str;

    /// The settings that a field of this type may have.
    fn settings(&self) -> Vec<Setting> {
        Vec::new()
    }

    /// Checks of settings beyond their JSON Schema; pointers begin at the settings. Settings that do not fit the schema are
    /// passed over.
    fn check_settings(&self, _settings: &Settings) -> Vec<Violation> {
        Vec::new()
    }

    /// Checks of the settings against the field around them; pointers begin at the field.
    fn check_field(&self, _required: bool, _settings: &Settings) -> Vec<Violation> {
        Vec::new()
    }

    /// The storage of values. The settings have been checked.
    fn storage(&self, settings: &Settings) -> Storage;

    /// JSON Schema of a value that is not null. By default: any value that its columns can hold.
    fn value_schema(&self, settings: &Settings) -> Json {
        self.storage(settings).json_schema()
    }

    /// Turns a value that fits [`FieldType::value_schema`] into its normal form, one JSON value for each column of the storage,
    /// which is [`FieldType::storage`] for these settings. By default: as its columns' scalars have
    /// it.
    ///
    /// # Errors
    /// The faults of the value that its JSON Schema cannot express.
    fn store(
        &self,
        _settings: &Settings,
        storage: &Storage,
        value: &Json,
    ) -> Result<Vec<Json>, Vec<Violation>> {
        let components = storage.components();
        if components.is_empty() {
            return storage.normalise(value);
        }
        let parts = self.store_parts(components, value)?.into_iter();
        let whole = parts.zip(components).map(|(part, component)| {
            let default = || component.default.clone().unwrap_or_default();
            part.unwrap_or_else(default)
        });
        Ok(whole.collect())
    }

    /// The parts of a composite value in their normal form; `None` for one that is absent.
    ///
    /// # Errors
    /// The faults of the parts that their JSON Schema cannot express.
    fn store_parts(
        &self,
        components: &[Component],
        value: &Json,
    ) -> Result<Vec<Option<Json>>, Vec<Violation>> {
        let parts = components.iter().map(|component| {
            let part = match value.get(&*component.name) {
                None => Ok(None),
                Some(Json::Null) => Ok(Some(Json::Null)),
                Some(part) => self.store_part(component, part).map(Some),
            };
            part.map_err(|mismatch| (component.name.to_string(), mismatch))
        });
        storage::all(parts)
    }

    /// A part of a composite value in its normal form.
    ///
    /// # Errors
    /// [`Mismatch`] where it is no such part.
    fn store_part(&self, component: &Component, part: &Json) -> Result<Json, Mismatch> {
        component.column_type.scalar.normalise(part)
    }

    /// An operand of a filter in the normal form of the stored value, for example an e-mail address in lower case.
    ///
    /// # Errors
    /// [`Mismatch`] where the operand cannot be compared with a value of this type.
    fn operand(&self, column: &ColumnType, operand: &Json) -> Result<Json, Mismatch> {
        column.scalar.normalise(operand)
    }

    /// The operators for one column of the storage.
    fn operators(&self, column: &ColumnType) -> &[&'static Operator] {
        column.scalar.operators()
    }

    /// The aggregate functions for one column of the storage.
    fn aggregates(&self, column: &ColumnType) -> &[Function] {
        if column.list {
            function::COMPARED
        } else {
            column.scalar.aggregates()
        }
    }

    /// Which of `required`, `unique`, `indexed`, `default_value` a field of this type may have.
    fn allows(&self) -> Allows {
        Allows::ALL
    }

    /// Whether a value can serve as a record's title.
    fn titles(&self) -> bool {
        false
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Allows {
    pub required: bool,
    pub unique: bool,
    pub indexed: bool,
    pub default_value: bool,
}

impl Allows {
    pub const ALL: Self = Self {
        required: true,
        unique: true,
        indexed: true,
        default_value: true,
    };
    pub const NO_KEYS: Self = Self {
        unique: false,
        indexed: false,
        ..Self::ALL
    };
    pub const NOTHING: Self = Self {
        required: false,
        default_value: false,
        ..Self::NO_KEYS
    };
}
