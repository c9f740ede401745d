//! `address`: a postal address, with its place on the map where it is known.

use serde_json::{Value as Json, json};

use crate::appearance::{Appearance, Group};
use crate::column::ColumnType;
use crate::field_type::{Allows, FieldType};
use crate::scalar::Scalar;
use crate::settings::Settings;
use crate::storage::{Component, Storage};
use crate::title::Title;

const PARTS: [(&str, Title); 6] = [
    ("street", Title::new("Street", "Улица, дом")),
    (
        "street2",
        Title::new("Street, second line", "Адрес, вторая строка"),
    ),
    ("city", Title::new("City", "Город")),
    ("region", Title::new("Region", "Регион")),
    ("postcode", Title::new("Postcode", "Индекс")),
    ("country", Title::new("Country", "Страна")),
];

#[derive(Debug)]
pub struct Address;

impl FieldType for Address {
    fn name(&self) -> &'static str {
        "address"
    }

    fn title(&self) -> Title {
        Title::new("Address", "Адрес")
    }

    fn appearance(&self) -> Appearance {
        Appearance::new(
            "map-pin",
            Group::Contact,
            Title::new(
                "Street, city, country, and where it lies",
                "Улица, город, страна и координаты",
            ),
        )
    }

    fn widget(&self) -> &'static str {
        "address"
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        let component = |name: &'static str, title, scalar| Component {
            name: name.into(),
            title,
            column_type: ColumnType::of(scalar),
            required: false,
            default: None,
        };
        let mut components: Vec<_> = PARTS
            .iter()
            .map(|(name, title)| component(name, title.clone(), Scalar::Text))
            .collect();
        components.push(component(
            "latitude",
            Title::new("Latitude", "Широта"),
            Scalar::Float,
        ));
        components.push(component(
            "longitude",
            Title::new("Longitude", "Долгота"),
            Scalar::Float,
        ));
        Storage::composite(components)
    }

    fn value_schema(&self, _settings: &Settings) -> Json {
        let mut properties: serde_json::Map<_, _> = PARTS
            .iter()
            .map(|(name, _)| {
                (
                    (*name).to_owned(),
                    json!({"type": ["string", "null"], "maxLength": 500}),
                )
            })
            .collect();
        properties.insert(
            "latitude".into(),
            json!({"type": ["number", "null"], "minimum": -90, "maximum": 90}),
        );
        properties.insert(
            "longitude".into(),
            json!({"type": ["number", "null"], "minimum": -180, "maximum": 180}),
        );
        json!({"type": "object", "properties": properties, "additionalProperties": false, "minProperties": 1})
    }

    fn allows(&self) -> Allows {
        Allows::NO_KEYS
    }
}
