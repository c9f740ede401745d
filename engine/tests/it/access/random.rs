//! Random requests and rules, the same for the same seed.

use serde_json::{Value as Json, json};

/// A generator of numbers.
pub(crate) struct Random(u64);

/// The words that names and labels are made of: no two are alike, so a search finds no others.
pub(crate) const WORDS: [&str; 6] = ["zebra", "quokka", "flamingo", "ibex", "walrus", "octopus"];
/// The caller's only team; some records have it as their owner.
pub(crate) const TEAM: uuid::Uuid = uuid::Uuid::from_u128(0x7ea);
pub(crate) const CITIES: [&str; 3] = ["bonn", "oslo", "riga"];

impl Random {
    pub(crate) const fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `most`.
    pub(crate) fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let number = usize::try_from(self.0 >> 33).unwrap();
        number % most
    }

    /// True once in `of` times.
    pub(crate) fn once_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    pub(crate) fn city(&mut self) -> Json {
        if self.once_in(4) {
            Json::Null
        } else {
            json!(self.pick(&CITIES))
        }
    }

    /// A condition on an object; `depth` bounds the relations and the nesting.
    pub(crate) fn filter(&mut self, object: &str, depth: usize, user: &[Json]) -> Json {
        if depth > 0 && self.once_in(2) {
            return match self.below(4) {
                0 => {
                    json!({"or": [self.filter(object, depth - 1, user), self.filter(object, depth - 1, user)]})
                }
                1 => {
                    json!({"and": [self.filter(object, depth - 1, user), self.filter(object, depth - 1, user)]})
                }
                2 => json!({"not": self.filter(object, depth - 1, user)}),
                _ => self.related(object, depth - 1, user),
            };
        }
        let words = ["name", "label"][usize::from(object == "tag")];
        let mut kinds = vec![
            json!({words: {"eq": self.pick(&WORDS)}}),
            json!({words: {"in": [self.pick(&WORDS), self.pick(&WORDS)]}}),
            json!({words: {"contains": self.pick(&WORDS)[1..4]}}),
            json!({"owner": {"eq": self.pick(user)}}),
            json!({"owner": {"neq": self.pick(user)}}),
            json!({"owner": {"in": "$user.team_ids"}}),
            json!({"owner": {"not_in": ["$user.team_ids", "$user.id"]}}),
            json!({words: {"neq": "$user.email"}}),
            json!({"owner": {"is_null": self.once_in(2)}}),
        ];
        if object != "tag" {
            kinds.extend([
                json!({"city": {"eq": self.pick(&CITIES)}}),
                json!({"city": {"neq": self.pick(&CITIES)}}),
                json!({"city": {"not_in": [self.pick(&CITIES)]}}),
                json!({"city": {"is_null": self.once_in(2)}}),
            ]);
        }
        if object == "person" {
            kinds.extend([
                json!({"score": {"gte": self.below(8)}}),
                json!({"score": {"is_null": self.once_in(2)}}),
                json!({"firm_id": {"is_null": self.once_in(2)}}),
            ]);
        }
        self.pick(&kinds)
    }

    fn related(&mut self, object: &str, depth: usize, user: &[Json]) -> Json {
        let quantifier = self.pick(&["some", "every", "none"]);
        match object {
            "person" if self.once_in(2) => {
                json!({"firm": self.filter("firm", depth, user)})
            }
            "person" => json!({"tags": {quantifier: self.filter("tag", depth, user)}}),
            _ => json!({"people": {quantifier: self.filter("person", depth, user)}}),
        }
    }
}
