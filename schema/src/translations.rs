//! Words in other languages.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// By language code, then by the word's key (`name`, `plural_name`, `description`).
///
/// Every object and field of every tenant in memory has some and hardly anybody reads them, so they are kept as their JSON text,
/// a tenth of what the maps would take.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Translations(Box<str>);

type Words = BTreeMap<String, BTreeMap<String, String>>;

impl Translations {
    /// The words, by language.
    #[must_use]
    pub fn words(&self) -> Words {
        if self.0.is_empty() {
            return Words::new();
        }
        serde_json::from_str(&self.0).expect("only what was JSON is kept")
    }
}

impl Serialize for Translations {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.words().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Translations {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = Words::deserialize(deserializer)?;
        if words.is_empty() {
            return Ok(Self::default());
        }
        // Sorted by the maps, so that equal words are equal text.
        let text = serde_json::to_string(&words).map_err(serde::de::Error::custom)?;
        Ok(Self(text.into()))
    }
}
