//! `full_name`: a person's first and last name.

use serde_json::{Value as Json, json};

use crate::appearance::{Appearance, Group};
use crate::column::ColumnType;
use crate::field_type::{Allows, FieldType};
use crate::scalar::Scalar;
use crate::setting::Setting;
use crate::settings::Settings;
use crate::storage::{Component, Storage};
use crate::title::Title;

#[derive(Debug)]
pub struct FullName;

impl FieldType for FullName {
    fn name(&self) -> &'static str {
        "full_name"
    }

    fn title(&self) -> Title {
        Title::new("Full name", "Имя и фамилия")
    }

    fn appearance(&self) -> Appearance {
        Appearance::new(
            "contact",
            Group::Contact,
            Title::new("First and last name of a person", "Имя и фамилия человека"),
        )
    }

    fn widget(&self) -> &'static str {
        "full_name"
    }

    fn settings(&self) -> Vec<Setting> {
        vec![Setting::searchable()]
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        let component = |name: &'static str, title| Component {
            name: name.into(),
            title,
            column_type: ColumnType::of(Scalar::Text),
            required: false,
            default: None,
        };
        Storage::composite(vec![
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
