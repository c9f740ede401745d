//! `user`: one of the tenant's members.

use serde_json::Value as Json;

use crate::field_type::{Allows, FieldType, OnDelete, Reference, Settings, Storage, Target, Title};
use crate::field_types::textual;
use crate::scalar::Scalar;
use crate::violation::Violation;

#[derive(Debug)]
pub struct User;

impl FieldType for User {
    fn name(&self) -> &'static str {
        "user"
    }

    fn title(&self) -> Title {
        Title::new("User", "Пользователь")
    }

    fn widget(&self) -> &'static str {
        "user"
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::ToOne(Reference {
            target: Target::Users,
            on_delete: OnDelete::SetNull,
            inverse: None,
        })
    }

    fn value_schema(&self, _settings: &Settings) -> Json {
        Scalar::Uuid.json_schema()
    }

    fn store(&self, _settings: &Settings, value: &Json) -> Result<Vec<Json>, Vec<Violation>> {
        textual::store(Scalar::Uuid, value)
    }

    fn allows(&self) -> Allows {
        Allows {
            default_value: false,
            ..Allows::ALL
        }
    }
}
