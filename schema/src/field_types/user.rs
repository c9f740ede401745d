//! `user`: one of the tenant's members.

use crate::appearance::{Appearance, Group};
use crate::field_type::{Allows, FieldType};
use crate::settings::Settings;
use crate::storage::{OnDelete, Reference, Storage, Target};
use crate::title::Title;

#[derive(Debug)]
pub struct User;

impl FieldType for User {
    fn name(&self) -> &'static str {
        "user"
    }

    fn title(&self) -> Title {
        Title::new("User", "Пользователь")
    }

    fn appearance(&self) -> Appearance {
        Appearance::new(
            "user-round",
            Group::Relation,
            Title::new(
                "A person who works here: an owner, an assignee",
                "Сотрудник: владелец, исполнитель",
            ),
        )
    }

    fn widget(&self) -> &'static str {
        "user"
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::to_one(Reference {
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
