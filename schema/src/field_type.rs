//! The field type: everything the rest of Tessera needs to know about one kind of field, in one place.
//!
//! A type may be made at run time, so all that it says of itself may be owned. Nothing outside a type's own file asks for a
//! type by its name.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use std::borrow::Cow;
use std::fmt::Debug;

use crate::appearance::Appearance;
use crate::column::ColumnType;
use crate::definition::InverseDefinition;
use crate::function::{self, Function};
use crate::ident::ApiName;
use crate::mismatch::Mismatch;
use crate::operator::Operator;
use crate::scalar::Scalar;
use crate::setting::Setting;
use crate::settings::Settings;
use crate::title::Title;
use crate::violation::{Pointer, Violation, is_enough};

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

    /// What the JSON Schema cannot say about settings; pointers begin at the settings. Some may not fit the schema: those are
    /// passed over.
    fn check_settings(&self, _settings: &Settings) -> Vec<Violation> {
        Vec::new()
    }

    /// What is wrong between the settings and the field around them; pointers begin at the field.
    fn check_field(&self, _required: bool, _settings: &Settings) -> Vec<Violation> {
        Vec::new()
    }

    /// Where values lie. The settings have been checked.
    fn storage(&self, settings: &Settings) -> Storage;

    /// JSON Schema of a value that is not null. Unless a type says otherwise: whatever its columns can hold.
    fn value_schema(&self, settings: &Settings) -> Json {
        self.storage(settings).json_schema()
    }

    /// Turns a value that fits [`FieldType::value_schema`] into its normal form, one JSON value for each column of the storage,
    /// which is what [`FieldType::storage`] says for these settings. Unless a type says otherwise: as its columns' scalars have
    /// it.
    ///
    /// # Errors
    /// What the JSON Schema cannot say about the value.
    fn store(
        &self,
        _settings: &Settings,
        storage: &Storage,
        value: &Json,
    ) -> Result<Vec<Json>, Vec<Violation>> {
        let Storage::Components(components) = storage else {
            return storage.normalise(value);
        };
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
    /// What the JSON Schema cannot say about the parts.
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
        all(parts)
    }

    /// A part of a composite value in its normal form.
    ///
    /// # Errors
    /// [`Mismatch`] where it is no such part.
    fn store_part(&self, component: &Component, part: &Json) -> Result<Json, Mismatch> {
        component.column_type.scalar.normalise(part)
    }

    /// An operand of a filter in the normal form of the stored value: an e-mail address in lower case, say.
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

    /// What can be reckoned over one column of the storage.
    fn aggregates(&self, column: &ColumnType) -> &[Function] {
        if column.list {
            function::TOLD_APART
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

/// Where a field's values lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Storage {
    /// One column, named as the field.
    Column(ColumnType),
    /// One column for each component, named `field__component`.
    Components(Vec<Component>),
    /// A column `field_id` that points at one record, or one user.
    ToOne(Reference),
    /// Rows of a table of their own, which join two records.
    ManyToMany(Link),
}

impl Storage {
    /// JSON Schema of any value that the columns can hold.
    fn json_schema(&self) -> Json {
        let of = |column: &ColumnType| {
            let one = column.scalar.json_schema();
            if column.list {
                json!({"type": "array", "items": one})
            } else {
                one
            }
        };
        match self {
            Self::Column(column) => of(column),
            Self::Components(components) => {
                let parts = components
                    .iter()
                    .map(|c| (c.name.to_string(), of(&c.column_type)));
                json!({"type": "object", "properties": parts.collect::<Map<_, _>>(), "additionalProperties": false})
            }
            Self::ToOne(_) => Scalar::Uuid.json_schema(),
            Self::ManyToMany(_) => json!({"type": "array", "items": Scalar::Uuid.json_schema()}),
        }
    }

    /// The normal form of a value that is not composite, by its column's scalar.
    pub(crate) fn normalise(&self, value: &Json) -> Result<Vec<Json>, Vec<Violation>> {
        let scalar = |scalar: Scalar| scalar.normalise(value).map(|v| vec![v]).map_err(at_value);
        match self {
            Self::Column(column) if column.list => {
                normal_list(column.scalar, value).map(|v| vec![v])
            }
            Self::Column(column) => scalar(column.scalar),
            Self::ToOne(_) => scalar(Scalar::Uuid),
            Self::ManyToMany(_) => normal_list(Scalar::Uuid, value).map(|v| vec![v]),
            Self::Components(_) => unreachable!("its parts are stored one by one"),
        }
    }
}

fn normal_list(scalar: Scalar, value: &Json) -> Result<Json, Vec<Violation>> {
    let items = value.as_array().map_or(&[][..], Vec::as_slice);
    let items = items.iter().enumerate().map(|(index, item)| {
        let normal = scalar.normalise(item);
        normal.map_err(|mismatch| (index.to_string(), mismatch))
    });
    all(items).map(Json::Array)
}

/// All parts, or what is wrong with each that is wrong.
fn all<T>(
    parts: impl Iterator<Item = Result<T, (String, Mismatch)>>,
) -> Result<Vec<T>, Vec<Violation>> {
    let mut normal = Vec::new();
    let mut violations = Vec::new();
    for part in parts {
        match part {
            Ok(value) => normal.push(value),
            Err((key, mismatch)) => {
                violations.extend(at_value(mismatch).into_iter().map(|v| v.below(&key)));
                if is_enough(&violations) {
                    break;
                }
            }
        }
    }
    if violations.is_empty() {
        Ok(normal)
    } else {
        Err(violations)
    }
}

/// A part of a composite value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    pub name: Cow<'static, str>,
    pub title: Title,
    pub column_type: ColumnType,
    /// A composite without this component is no value.
    pub required: bool,
    /// In its normal form: what the component is where a value is given without it.
    pub default: Option<Json>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    pub target: Target,
    pub on_delete: OnDelete,
    pub inverse: Option<InverseDefinition>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub target: ApiName,
    pub inverse: Option<InverseDefinition>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Object(ApiName),
    /// The tenant's members.
    Users,
}

/// The name of the object of the tenant's members.
pub(crate) const USERS: &str = "user";

impl Target {
    /// The name of the object that the relation points at.
    #[must_use]
    pub fn object_name(&self) -> ApiName {
        match self {
            Self::Object(name) => name.clone(),
            Self::Users => ApiName::parse(USERS).expect("`user` is a name"),
        }
    }
}

/// What becomes of a record when the one it points at is destroyed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDelete {
    #[default]
    SetNull,
    Restrict,
    Cascade,
}

/// A violation of the value itself.
#[must_use]
pub fn at_value(mismatch: Mismatch) -> Vec<Violation> {
    vec![Violation::new(
        Pointer::root(),
        mismatch.code,
        mismatch.message,
    )]
}
