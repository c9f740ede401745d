//! `long_text`: text of several lines.

use serde_json::Value as Json;

use crate::appearance::{Appearance, Group};
use crate::column::ColumnType;
use crate::field_type::{Allows, FieldType};
use crate::field_types::textual;
use crate::scalar::Scalar;
use crate::setting::Setting;
use crate::settings::Settings;
use crate::storage::Storage;
use crate::title::Title;

/// The most characters where `max_length` is not set.
const DEFAULT_MAX_LENGTH: i64 = 100_000;

#[derive(Debug)]
pub struct LongText;

impl FieldType for LongText {
    fn name(&self) -> &'static str {
        "long_text"
    }

    fn title(&self) -> Title {
        Title::new("Long text", "Многострочный текст")
    }

    fn appearance(&self) -> Appearance {
        Appearance::new(
            "align-left",
            Group::Text,
            Title::new(
                "Several lines: notes, a description",
                "Несколько строк: заметки, описание",
            ),
        )
    }

    fn widget(&self) -> &'static str {
        "textarea"
    }

    fn settings(&self) -> Vec<Setting> {
        vec![textual::max_length(1_000_000), Setting::searchable()]
    }

    fn storage(&self, settings: &Settings) -> Storage {
        Storage::column(ColumnType {
            long: textual::is_long(settings, DEFAULT_MAX_LENGTH),
            ..ColumnType::of(Scalar::Text)
        })
    }

    fn value_schema(&self, settings: &Settings) -> Json {
        textual::schema(settings, DEFAULT_MAX_LENGTH)
    }

    /// An index entry has to fit a third of a page, which long texts do not.
    fn allows(&self) -> Allows {
        Allows::NO_KEYS
    }
}
