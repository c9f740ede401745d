//! `full_name`: a person's first and last name.

use serde_json::{Value as Json, json};

use crate::column::ColumnType;
use crate::field_type::{Allows, Component, Face, FieldType, Group, Storage, Title};
use crate::scalar::Scalar;
use crate::settings::Settings;

#[derive(Debug)]
pub struct FullName;

impl FieldType for FullName {
    fn name(&self) -> &'static str {
        "full_name"
    }

    fn title(&self) -> Title {
        Title::new("Full name", "Имя и фамилия")
    }

    fn face(&self) -> Face {
        Face {
            icon: "contact",
            group: Group::Contact,
            summary: Title::new("First and last name of a person", "Имя и фамилия человека"),
        }
    }

    fn widget(&self) -> &'static str {
        "full_name"
    }

    fn settings(&self) -> Json {
        json!({"searchable": {"type": "boolean"}})
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        let component = |name, title| Component {
            name,
            title,
            column_type: ColumnType::of(Scalar::Text),
            required: false,
            default: None,
        };
        Storage::Components(vec![
            component("first", Title::new("First name", "Имя")),
            component("last", Title::new("Last name", "Фамилия")),
        ])
    }

    fn value_schema(&self, _settings: &Settings) -> Json {
        let part =
            |example| json!({"type": ["string", "null"], "maxLength": 200, "examples": [example]});
        json!({
            "type": "object",
            "properties": {"first": part("Ada"), "last": part("Lovelace")},
            "additionalProperties": false,
            "minProperties": 1,
        })
    }

    fn allows(&self) -> Allows {
        Allows {
            unique: false,
            ..Allows::ALL
        }
    }

    fn titles(&self) -> bool {
        true
    }
}
