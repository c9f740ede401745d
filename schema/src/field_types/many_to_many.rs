//! `many_to_many`: any number of records of another object, which may belong to any number of these.

use serde_json::{Value as Json, json};

use crate::appearance::{Appearance, Group};
use crate::field_type::{Allows, FieldType};
use crate::field_types::related;
use crate::scalar::Scalar;
use crate::setting::Setting;
use crate::settings::Settings;
use crate::storage::{Link, Storage};
use crate::title::Title;
use crate::violation::Violation;

/// The most records one record may be joined with in one write.
const MOST: usize = 1_000;

#[derive(Debug)]
pub struct ManyToMany;

impl FieldType for ManyToMany {
    fn name(&self) -> &'static str {
        "many_to_many"
    }

    fn title(&self) -> Title {
        Title::new("Many-to-many relation", "Связь «многие ко многим»")
    }

    fn appearance(&self) -> Appearance {
        Appearance::new(
            "git-fork",
            Group::Relation,
            Title::new(
                "Any number of records of another object: attendees",
                "Любое число записей другого объекта: участники",
            ),
        )
    }

    fn widget(&self) -> &'static str {
        "relations"
    }

    fn settings(&self) -> Vec<Setting> {
        related::settings()
    }

    fn check_settings(&self, settings: &Settings) -> Vec<Violation> {
        related::check(settings)
    }

    fn storage(&self, settings: &Settings) -> Storage {
        Storage::many_to_many(Link {
            target: related::target(settings),
            inverse: related::inverse(settings),
        })
    }

    fn value_schema(&self, _settings: &Settings) -> Json {
        json!({
            "type": "array",
            "items": Scalar::Uuid.json_schema(),
            "uniqueItems": true,
            "maxItems": MOST,
        })
    }

    fn allows(&self) -> Allows {
        Allows::NOTHING
    }
}
