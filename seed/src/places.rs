//! Cities, with what an address, a telephone number and a price look like there.

use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::sync::LazyLock;

use crate::data::parse;
use crate::random::Random;

pub(crate) static PLACES: LazyLock<Vec<Place>> =
    LazyLock::new(|| parse(include_str!("../data/places.json")));

#[derive(Debug, Deserialize)]
pub(crate) struct Place {
    pub(crate) city: String,
    pub(crate) region: String,
    pub(crate) country: String,
    /// `#` stands for a digit, here and in the telephone numbers.
    pub(crate) postcode: String,
    pub(crate) landline: String,
    pub(crate) mobile: String,
    /// The code of the currency people pay in.
    pub(crate) currency: String,
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
    /// The languages of those who live there, one named twice being spoken twice as much.
    pub(crate) people: Vec<String>,
    pub(crate) streets: Vec<String>,
}

impl Place {
    pub(crate) fn named(city: &str) -> &'static Self {
        PLACES
            .iter()
            .find(|place| place.city == city)
            .expect("companies are in cities of data/places.json")
    }

    /// An address within a few kilometres of the centre.
    pub(crate) fn address(&self, random: &mut Random) -> Json {
        let street = random.pick(&self.streets);
        let number = random.between(1, 140);
        let mut near = |degrees: f64| round(degrees + (random.unit() - 0.5) / 12.0);
        let (latitude, longitude) = (near(self.latitude), near(self.longitude));
        let number_first = matches!(
            self.country.as_str(),
            "United Kingdom" | "Ireland" | "France"
        );
        json!({
            "street": if number_first { format!("{number} {street}") } else { format!("{street} {number}") },
            "city": self.city,
            "region": self.region,
            "postcode": random.digits(&self.postcode),
            "country": self.country,
            "latitude": latitude,
            "longitude": longitude,
        })
    }

    /// An amount of euros in the money of the place, to the next ten.
    pub(crate) fn price(&self, euros: i64) -> Json {
        let percent = match self.currency.as_str() {
            "SEK" => 1_150,
            "PLN" => 430,
            "GBP" => 85,
            "KZT" => 55_000,
            _ => 100,
        };
        let amount = euros * percent / 1_000 * 10;
        json!({"amount": format!("{amount}.00"), "currency_code": self.currency})
    }
}

/// To five places, about a metre.
fn round(degrees: f64) -> f64 {
    (degrees * 100_000.0).round() / 100_000.0
}
