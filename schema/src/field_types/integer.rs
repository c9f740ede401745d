//! `integer`: a whole number of 32 bits, or of 64 where its bounds reach further.

use serde_json::Value as Json;

use crate::appearance::{Appearance, Group};
use crate::column::ColumnType;
use crate::field_type::FieldType;
use crate::field_types::numeric;
use crate::number;
use crate::scalar::Scalar;
use crate::setting::Setting;
use crate::settings::Settings;
use crate::storage::Storage;
use crate::title::Title;
use crate::violation::Violation;

#[derive(Debug)]
pub struct Integer;

impl FieldType for Integer {
    fn name(&self) -> &'static str {
        "integer"
    }

    fn title(&self) -> Title {
        Title::new("Integer", "Целое число")
    }

    fn appearance(&self) -> Appearance {
        Appearance::new(
            "hash",
            Group::Number,
            Title::new(
                "A whole number: a year, a quantity",
                "Целое число: год, количество",
            ),
        )
    }

    fn widget(&self) -> &'static str {
        "number"
    }

    fn settings(&self) -> Vec<Setting> {
        numeric::bounds("integer")
    }

    fn check_settings(&self, settings: &Settings) -> Vec<Violation> {
        numeric::check_bounds(settings)
    }

    fn storage(&self, settings: &Settings) -> Storage {
        Storage::column(ColumnType::of(scalar(settings)))
    }

    fn value_schema(&self, settings: &Settings) -> Json {
        numeric::bounded(scalar(settings).json_schema(), settings)
    }

    fn store(
        &self,
        settings: &Settings,
        storage: &Storage,
        value: &Json,
    ) -> Result<Vec<Json>, Vec<Violation>> {
        numeric::within(settings, value)?;
        storage.normalise(value)
    }
}

fn scalar(settings: &Settings) -> Scalar {
    let bounds = ["min", "max"].into_iter();
    let mut bounds = bounds.filter_map(|key| settings.get(key));
    let has_32_bits = |bound| number::whole(bound).is_some_and(|n| i32::try_from(n).is_ok());
    if bounds.all(has_32_bits) {
        Scalar::Integer
    } else {
        Scalar::BigInteger
    }
}
