//! `relation`: one record of another object.

use serde_json::json;

use crate::appearance::{Appearance, Group};
use crate::field_type::{Allows, FieldType};
use crate::field_types::related;
use crate::setting::Setting;
use crate::settings::Settings;
use crate::storage::{OnDelete, Reference, Storage, Target};
use crate::title::Title;
use crate::violation::{Pointer, Violation};

#[derive(Debug)]
pub struct Relation;

impl FieldType for Relation {
    fn name(&self) -> &'static str {
        "relation"
    }

    fn title(&self) -> Title {
        Title::new("Relation", "Связь")
    }

    fn appearance(&self) -> Appearance {
        Appearance::new(
            "arrow-up-right",
            Group::Relation,
            Title::new(
                "One record of another object: the company of a contact",
                "Одна запись другого объекта: компания контакта",
            ),
        )
    }

    fn widget(&self) -> &'static str {
        "relation"
    }

    fn settings(&self) -> Vec<Setting> {
        let mut settings = related::settings();
        settings.push(Setting::new(
            "on_delete",
            Title::new("When the other is deleted", "При удалении другой записи"),
            json!({"enum": ["set_null", "restrict", "cascade"]}),
        ));
        settings
    }

    fn check_settings(&self, settings: &Settings) -> Vec<Violation> {
        related::check(settings)
    }

    fn storage(&self, settings: &Settings) -> Storage {
        Storage::to_one(Reference {
            target: Target::Object(related::target(settings)),
            on_delete: settings.read::<OnDelete>("on_delete").unwrap_or_default(),
            inverse: related::inverse(settings),
        })
    }

    fn allows(&self) -> Allows {
        Allows {
            default_value: false,
            ..Allows::ALL
        }
    }

    fn check_field(&self, required: bool, settings: &Settings) -> Vec<Violation> {
        let set_null = settings.read::<OnDelete>("on_delete") == Some(OnDelete::SetNull);
        if required && set_null {
            let place = Pointer::root().key("settings").key("on_delete");
            let message = "a required relation cannot be emptied when its target goes: choose restrict or cascade";
            return vec![Violation::new(place, "on_delete", message)];
        }
        Vec::new()
    }
}
