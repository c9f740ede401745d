//! `relation`: one record of another object.

use serde_json::{Value as Json, json};

use crate::field_type::{
    Allows, Face, FieldType, Group, OnDelete, Reference, Storage, Target, Title,
};
use crate::field_types::related;
use crate::settings::Settings;
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

    fn face(&self) -> Face {
        Face {
            icon: "arrow-up-right",
            group: Group::Relation,
            summary: Title::new(
                "One record of another object: the company of a contact",
                "Одна запись другого объекта: компания контакта",
            ),
        }
    }

    fn widget(&self) -> &'static str {
        "relation"
    }

    fn settings(&self) -> Json {
        let mut settings = related::settings();
        settings["on_delete"] = json!({"enum": ["set_null", "restrict", "cascade"]});
        settings
    }

    fn required_settings(&self) -> &'static [&'static str] {
        &["to"]
    }

    fn check_settings(&self, settings: &Settings) -> Vec<Violation> {
        related::check(settings)
    }

    fn storage(&self, settings: &Settings) -> Storage {
        Storage::ToOne(Reference {
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
