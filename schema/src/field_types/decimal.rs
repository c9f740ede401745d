//! `decimal`: an exact number, with a fixed count of digits after the point where `scale` is set.

use serde_json::{Value as Json, json};

use crate::appearance::{Appearance, Group};
use crate::column::ColumnType;
use crate::field_type::FieldType;
use crate::field_types::numeric;
use crate::mismatch::{Mismatch, at_value};
use crate::scalar::Scalar;
use crate::setting::Setting;
use crate::settings::Settings;
use crate::storage::Storage;
use crate::title::Title;
use crate::violation::{Pointer, Violation};

const DEFAULT_PRECISION: u16 = 38;

#[derive(Debug)]
pub struct Decimal;

impl FieldType for Decimal {
    fn name(&self) -> &'static str {
        "decimal"
    }

    fn title(&self) -> Title {
        Title::new("Decimal", "Десятичное число")
    }

    fn appearance(&self) -> Appearance {
        Appearance::new(
            "binary",
            Group::Number,
            Title::new(
                "An exact number with decimals: a weight, a rate",
                "Точное число с дробной частью: вес, ставка",
            ),
        )
    }

    fn widget(&self) -> &'static str {
        "number"
    }

    fn settings(&self) -> Vec<Setting> {
        let mut settings = numeric::bounds("number");
        settings.push(Setting::new(
            "precision",
            Title::new("Digits in all", "Всего цифр"),
            json!({"type": "integer", "minimum": 1, "maximum": 100}),
        ));
        settings.push(Setting::new(
            "scale",
            Title::new("Decimals", "Знаков после запятой"),
            json!({"type": "integer", "minimum": 0, "maximum": 50}),
        ));
        settings
    }

    fn check_settings(&self, settings: &Settings) -> Vec<Violation> {
        let mut violations = numeric::check_bounds(settings);
        if let (Some(precision), Some(scale)) =
            (settings.integer("precision"), settings.integer("scale"))
            && scale > precision
        {
            violations.push(Violation::new(
                Pointer::root().key("scale"),
                "maximum",
                "there are more digits after the point than in all",
            ));
        }
        violations
    }

    fn storage(&self, settings: &Settings) -> Storage {
        Storage::column(ColumnType {
            precision: digits(settings),
            ..ColumnType::of(Scalar::Decimal)
        })
    }

    fn value_schema(&self, settings: &Settings) -> Json {
        numeric::bounded(Scalar::Decimal.json_schema(), settings)
    }

    fn store(
        &self,
        settings: &Settings,
        _storage: &Storage,
        value: &Json,
    ) -> Result<Vec<Json>, Vec<Violation>> {
        numeric::within(settings, value)?;
        let normal = Scalar::Decimal.normalise(value).map_err(at_value)?;
        fits(&normal, digits(settings)).map_err(at_value)?;
        Ok(vec![normal])
    }
}

/// Digits in all and after the point; `None` where any number goes.
fn digits(settings: &Settings) -> Option<(u16, u16)> {
    let number = |key| settings.integer(key).and_then(|n| u16::try_from(n).ok());
    match (number("precision"), number("scale")) {
        (None, None) => None,
        (precision, scale) => Some((
            precision.unwrap_or(DEFAULT_PRECISION.max(scale.unwrap_or(0))),
            scale.unwrap_or(0),
        )),
    }
}

/// Refuses digits that the column would round away or has no room for.
pub(super) fn fits(number: &Json, digits: Option<(u16, u16)>) -> Result<(), Mismatch> {
    let (Some((precision, scale)), Some(text)) = (digits, number.as_str()) else {
        return Ok(());
    };
    let unsigned = text.trim_start_matches('-');
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    if fraction.trim_end_matches('0').len() > usize::from(scale) {
        return Err(Mismatch::new(
            "scale",
            format!("at most {scale} digits after the point are kept"),
        ));
    }
    if whole.trim_start_matches('0').len() > usize::from(precision - scale) {
        return Err(Mismatch::new(
            "precision",
            format!(
                "at most {} digits before the point are kept",
                precision - scale
            ),
        ));
    }
    Ok(())
}
