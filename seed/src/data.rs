//! The words that records are made of, as `data/` has them.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::sync::LazyLock;

pub(crate) static COMPANIES: LazyLock<Companies> =
    LazyLock::new(|| parse(include_str!("../data/companies.json")));
pub(crate) static TITLES: LazyLock<Titles> =
    LazyLock::new(|| parse(include_str!("../data/titles.json")));
pub(crate) static DEALS: LazyLock<Deals> =
    LazyLock::new(|| parse(include_str!("../data/deals.json")));
pub(crate) static TASKS: LazyLock<Vec<TaskText>> =
    LazyLock::new(|| parse(include_str!("../data/tasks.json")));
pub(crate) static NOTES: LazyLock<Vec<NoteText>> =
    LazyLock::new(|| parse(include_str!("../data/notes.json")));
pub(crate) static ACTIVITIES: LazyLock<Vec<ActivityText>> =
    LazyLock::new(|| parse(include_str!("../data/activities.json")));

pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).expect("a file of our own is well formed")
}

#[derive(Debug, Deserialize)]
pub(crate) struct Companies {
    pub(crate) demo: Vec<KnownCompany>,
    /// The parent of a company of the demo, by name.
    pub(crate) subsidiaries: BTreeMap<String, String>,
    pub(crate) roots: Vec<String>,
    /// By industry.
    pub(crate) trades: BTreeMap<String, Vec<String>>,
    /// Legal forms by country.
    pub(crate) forms: BTreeMap<String, String>,
}

/// Name, domain, industry, kind, city, employees.
#[derive(Debug, Deserialize)]
pub(crate) struct KnownCompany(
    pub(crate) String,
    pub(crate) String,
    pub(crate) String,
    pub(crate) String,
    pub(crate) String,
    pub(crate) u64,
);

/// A job title and its department.
#[derive(Debug, Deserialize)]
pub(crate) struct Title(pub(crate) String, pub(crate) String);

#[derive(Debug, Deserialize)]
pub(crate) struct Titles {
    pub(crate) heads: Vec<Title>,
    pub(crate) staff: Vec<Title>,
}

/// A name, and the least and most that such a deal brings in euros.
#[derive(Debug, Deserialize)]
pub(crate) struct DealName(pub(crate) String, pub(crate) i64, pub(crate) i64);

#[derive(Debug, Deserialize)]
pub(crate) struct Deals {
    pub(crate) new_business: Vec<DealName>,
    pub(crate) expansion: Vec<DealName>,
    pub(crate) renewal: Vec<DealName>,
    pub(crate) next_steps: Vec<String>,
    pub(crate) competitors: Vec<String>,
    /// Names without amounts, for records in bulk.
    pub(crate) bulk: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct TaskText {
    pub(crate) kind: String,
    pub(crate) subject: String,
    pub(crate) description: Option<String>,
    people: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct NoteText {
    pub(crate) title: String,
    pub(crate) body: String,
    people: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ActivityText {
    pub(crate) kind: String,
    /// How long it took; 0 for what takes no time of both.
    pub(crate) minutes: u64,
    pub(crate) subject: String,
    pub(crate) summary: String,
    people: Option<String>,
}

/// A text that may be in a language of its own, and then only concerns people who speak it.
pub(crate) trait Text {
    fn people(&self) -> Option<&str>;
}

macro_rules! text {
    ($($name:ident),*) => {$(
        impl Text for $name {
            fn people(&self) -> Option<&str> {
                self.people.as_deref()
            }
        }
    )*};
}

text!(TaskText, NoteText, ActivityText);
