//! Queries in GraphQL, made of relations under many names, and of conditions.

use serde_json::json;

use super::{COUNTS, LISTS, Request};
use crate::limits::{fault, repeated};
use crate::robustness::random::Random;
use crate::support::Tenant;

/// What may stand in the selection of a contact; `#` is a number, `@` how many records a list has.
const PARTS: [&str; 11] = [
    "a#:opportunities(first:@){totalCount}",
    "b#:opportunities(first:@){aggregate{count}}",
    "c#:opportunities(first:@){nodes{id name}}",
    "d#:tasks(first:@){totalCount nodes{id subject company{name}}}",
    "e#:company{name contacts(first:@){nodes{id lastName}}}",
    "f#:company{parent{name}}",
    "g#:reportsTo{lastName opportunities(first:@){totalCount}}",
    "h#:lastName",
    "j#:company{name k:parent{name} l:parent{id}}",
    "m#:address{city}",
    "i#:activities(first:@){nodes{attendees(first:@){totalCount}}}",
];

const CONDITIONS: [&str; 5] = [
    "{opportunities:{some:{name:{eq:\"#\"}}}}",
    "{opportunities:{every:{name:{eq:\"#\"}}}}",
    "{company:{contacts:{none:{lastName:{eq:\"#\"}}}}}",
    "{company:{name:{startsWith:\"H\"}}}",
    "{lastName:{contains:\"L#\"}}",
];

#[derive(Debug, Clone)]
pub(super) struct Query {
    /// Beside another root Postgres makes the whole answer one text.
    alone: bool,
    first: &'static str,
    conditions: [usize; CONDITIONS.len()],
    parts: [(usize, &'static str); PARTS.len()],
}

impl Request for Query {
    fn least() -> Self {
        Self {
            alone: true,
            first: "1",
            conditions: [0; CONDITIONS.len()],
            parts: [(0, "1"); PARTS.len()],
        }
    }

    fn change(&mut self, random: &mut Random) {
        match random.below(5) {
            0 => self.alone = !self.alone,
            1 => self.first = *random.one_of(&LISTS),
            2 => self.conditions[random.below(CONDITIONS.len())] = *random.one_of(&COUNTS),
            _ => {
                let count = *random.one_of(&COUNTS);
                self.parts[random.below(PARTS.len())] = (count, *random.one_of(&LISTS));
            }
        }
    }

    async fn send(&self, tenant: &Tenant) -> bool {
        let answer = tenant.graphql(&self.document(), json!({})).await;
        fault(&answer).is_none()
    }
}

impl Query {
    fn document(&self) -> String {
        let parts = PARTS.iter().zip(self.parts);
        let parts = parts.map(|(part, (count, list))| repeated(&part.replace('@', list), count));
        let parts: Vec<_> = parts.collect();
        let conditions = CONDITIONS.iter().zip(self.conditions);
        let conditions = conditions.map(|(condition, count)| repeated(condition, count));
        let conditions: Vec<_> = conditions.collect();
        let beside = if self.alone {
            ""
        } else {
            "notes(first:1){nodes{id}}"
        };
        format!(
            "{{contacts(first:{},filter:{{and:[{}]}}){{nodes{{id {}}}}} {beside}}}",
            self.first,
            conditions.join(" "),
            parts.join(" ")
        )
    }
}
