//! `user`: one of the tenant's members.

use crate::field_type::{
    Allows, Face, FieldType, Group, OnDelete, Reference, Storage, Target, Title,
};
use crate::settings::Settings;

#[derive(Debug)]
pub struct User;

impl FieldType for User {
    fn name(&self) -> &'static str {
        "user"
    }

    fn title(&self) -> Title {
        Title::new("User", "Пользователь")
    }

    fn face(&self) -> Face {
        Face {
            icon: "user-round",
            group: Group::Relation,
            summary: Title::new(
                "A person who works here: an owner, an assignee",
                "Сотрудник: владелец, исполнитель",
            ),
        }
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

    fn allows(&self) -> Allows {
        Allows {
            default_value: false,
            ..Allows::ALL
        }
    }
}
