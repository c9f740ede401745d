//! `currency`: an amount of money and the currency it is in.

use serde_json::{Value as Json, json};

use crate::appearance::{Appearance, Group};
use crate::column::ColumnType;
use crate::field_type::{Allows, FieldType};
use crate::field_types::decimal;
use crate::mismatch::Mismatch;
use crate::scalar::Scalar;
use crate::setting::Setting;
use crate::settings::Settings;
use crate::storage::{Component, Storage};
use crate::title::Title;

/// Cents of a cent: enough for unit prices, and for currencies of three decimals.
const DIGITS: (u16, u16) = (20, 4);

#[derive(Debug)]
pub struct Currency;

impl FieldType for Currency {
    fn name(&self) -> &'static str {
        "currency"
    }

    fn title(&self) -> Title {
        Title::new("Currency", "Денежная сумма")
    }

    fn appearance(&self) -> Appearance {
        Appearance::new(
            "banknote",
            Group::Number,
            Title::new("An amount with its currency", "Сумма вместе с валютой"),
        )
    }

    fn widget(&self) -> &'static str {
        "currency"
    }

    fn settings(&self) -> Vec<Setting> {
        let code = json!({"type": "string", "pattern": "^[A-Z]{3}$"});
        let title = Title::new("Currency", "Валюта");
        vec![Setting::new("currency_code", title, code)]
    }

    fn storage(&self, settings: &Settings) -> Storage {
        Storage::composite(vec![
            Component {
                name: "amount".into(),
                title: Title::new("Amount", "Сумма"),
                // Without a fixed scale, so that an amount keeps the decimals it was written with.
                column_type: ColumnType::of(Scalar::Decimal),
                required: true,
                default: None,
            },
            Component {
                name: "currency_code".into(),
                title: Title::new("Currency", "Валюта"),
                column_type: ColumnType::of(Scalar::Text),
                required: true,
                default: settings.text("currency_code").map(Json::from),
            },
        ])
    }

    fn value_schema(&self, settings: &Settings) -> Json {
        let required: &[&str] = match settings.text("currency_code") {
            Some(_) => &["amount"],
            None => &["amount", "currency_code"],
        };
        json!({
            "type": "object",
            "properties": {
                "amount": Scalar::Decimal.json_schema(),
                "currency_code": {"type": "string", "pattern": "^[A-Z]{3}$", "examples": ["EUR"]},
            },
            "required": required,
            "additionalProperties": false,
        })
    }

    fn store_part(&self, component: &Component, part: &Json) -> Result<Json, Mismatch> {
        let scalar = component.column_type.scalar;
        let normal = scalar.normalise(part)?;
        if scalar == Scalar::Decimal {
            decimal::fits(&normal, Some(DIGITS))?;
        }
        Ok(normal)
    }

    fn allows(&self) -> Allows {
        Allows {
            unique: false,
            ..Allows::ALL
        }
    }
}
