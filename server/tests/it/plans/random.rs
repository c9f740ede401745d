//! Random filters: the same question with its values in the document, with its values as variables of a plan made for others,
//! and over REST, finds the same records, to be read or to be changed.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use reqwest::Method;
use serde_json::{Map, Value as Json, json};

use super::{ACME, ANN, BOB, Crm, NOTHING, id};
use crate::support::Answer;
use crate::support::client::with_parameters;

const FILTERS: usize = 150;

/// A condition on a contact as both faces spell it, with a place for each value: its GraphQL type and two values.
#[derive(Debug, Clone)]
enum Wanted {
    Compare {
        /// From the contact to the attribute.
        path: &'static [&'static str],
        operator: &'static str,
        values: Values,
    },
    /// `and`, `or`
    Several(&'static str, Vec<Wanted>),
    Not(Box<Wanted>),
}

#[derive(Debug, Clone)]
struct Values {
    ty: &'static str,
    /// Other values, with which the plan is made.
    before: Json,
    now: Json,
}

/// Attributes with their types, operators that take one value, and values.
fn compare() -> impl Strategy<Value = Wanted> {
    const ORDER: &[&str] = &["eq", "neq", "gt", "gte", "lt", "lte"];
    const TEXT: &[&str] = &[
        "eq",
        "neq",
        "gt",
        "lte",
        "like",
        "ilike",
        "starts_with",
        "ends_with",
        "contains",
    ];
    let texts = || {
        select(vec![
            "Riga", "Oslo", "Bonn", "", "ri%", "_on%", "o", "5", "a\"b\\\\", "%", "Ann", "won",
            "lost",
        ])
    };
    let numbers = || prop_oneof![0..6_i64, Just(3_000_000_000), Just(-1)];
    let ids = || select(vec![ACME, 2, ANN, BOB, 99]).prop_map(id);
    let of = |path: &'static [&'static str],
              ty: &'static str,
              operators: &'static [&'static str],
              value: BoxedStrategy<Json>| {
        (select(operators), value.clone(), value).prop_map(move |(operator, before, now)| {
            let values = Values { ty, before, now };
            Wanted::Compare {
                path,
                operator,
                values,
            }
        })
    };
    let list = |one: BoxedStrategy<Json>| {
        prop::collection::vec(one, 1..4)
            .prop_map(Json::from)
            .boxed()
    };
    let stages = || {
        select(vec!["new", "won", "lost"])
            .prop_map(Json::from)
            .boxed()
    };
    let text = || texts().prop_map(Json::from).boxed();
    prop_oneof![
        of(&["city"], "String", TEXT, text()),
        of(&["last_name"], "String", TEXT, text()),
        of(&["company", "city"], "String", TEXT, text()),
        of(&["city"], "[String!]", &["in", "not_in"], list(text())),
        of(
            &["opportunities", "some", "stage"],
            "String",
            &["eq", "neq"],
            stages()
        ),
        of(&["opportunities", "every", "name"], "String", TEXT, text()),
        of(
            &["opportunities", "none", "stage"],
            "[String!]",
            &["in", "not_in"],
            list(stages())
        ),
        of(
            &["lead_score"],
            "BigInt",
            ORDER,
            numbers().prop_map(Json::from).boxed()
        ),
        of(
            &["lead_score"],
            "[BigInt!]",
            &["in", "not_in"],
            list(numbers().prop_map(Json::from).boxed())
        ),
        of(
            &["lead_score"],
            "[BigInt!]",
            &["between"],
            prop::collection::vec(numbers(), 2)
                .prop_map(Json::from)
                .boxed()
        ),
        of(
            &["birthday"],
            "Date",
            ORDER,
            select(vec!["1990-01-31", "2001-12-01", "2000-02-29"])
                .prop_map(Json::from)
                .boxed()
        ),
        of(
            &["id"],
            "UUID",
            &["eq", "neq"],
            ids().prop_map(Json::from).boxed()
        ),
        of(
            &["company_id"],
            "[UUID!]",
            &["in", "not_in"],
            list(ids().prop_map(Json::from).boxed())
        ),
        of(
            &["tags"],
            "[String!]",
            &["contains_any", "contains_all", "eq"],
            list(select(vec!["vip", "billing"]).prop_map(Json::from).boxed())
        ),
        of(
            &["opportunities", "some", "amount", "amount"],
            "Decimal",
            ORDER,
            select(vec!["12.5", "0.10", "99999"])
                .prop_map(Json::from)
                .boxed()
        ),
        of(
            &["opportunities", "some", "probability"],
            "Float",
            ORDER,
            select(vec![0.5, 99.5, 1.25]).prop_map(Json::from).boxed()
        ),
        of(
            &["city"],
            "Boolean",
            &["is_null"],
            any::<bool>().prop_map(Json::from).boxed()
        ),
    ]
}

fn wanted() -> impl Strategy<Value = Wanted> {
    compare().prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            (
                select(vec!["and", "or"]),
                prop::collection::vec(inner.clone(), 1..4)
            )
                .prop_map(|(word, parts)| Wanted::Several(word, parts)),
            inner.prop_map(|part| Wanted::Not(Box::new(part))),
        ]
    })
}

/// How a filter is written.
#[derive(Clone, Copy, PartialEq)]
enum Written {
    Inline,
    /// Each value is a variable.
    Variables,
}

/// The values of a filter as they come, and the variables that stand for them.
#[derive(Default)]
struct Variables {
    types: Vec<&'static str>,
    before: Map<String, Json>,
    now: Map<String, Json>,
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap().to_owned();
    words.fold(first, |all, word| {
        all + &word[..1].to_uppercase() + &word[1..]
    })
}

impl Wanted {
    fn graphql(&self, written: Written, variables: &mut Variables) -> String {
        match self {
            Self::Compare {
                path,
                operator,
                values,
            } => {
                let name = format!("v{}", variables.types.len());
                variables.types.push(values.ty);
                variables.before.insert(name.clone(), values.before.clone());
                variables.now.insert(name.clone(), values.now.clone());
                let value = match written {
                    Written::Inline => values.now.to_string(),
                    Written::Variables => format!("${name}"),
                };
                let condition = format!("{{{}: {value}}}", camel(operator));
                path.iter().rev().fold(condition, |inner, key| {
                    format!("{{{}: {inner}}}", camel(key))
                })
            }
            Self::Several(word, parts) => {
                let parts: Vec<_> = parts
                    .iter()
                    .map(|part| part.graphql(written, variables))
                    .collect();
                format!("{{{word}: [{}]}}", parts.join(", "))
            }
            Self::Not(part) => format!("{{not: {}}}", part.graphql(written, variables)),
        }
    }

    /// As REST has it, with the values of now or of before; or, spelled in camel case, as one variable of GraphQL.
    fn json(&self, now: bool, spell: fn(&str) -> String) -> Json {
        match self {
            Self::Compare {
                path,
                operator,
                values,
            } => {
                let value = if now { &values.now } else { &values.before };
                let condition = json!({spell(operator): value});
                path.iter()
                    .rev()
                    .fold(condition, |inner, key| json!({spell(key): inner}))
            }
            Self::Several(word, parts) => {
                let parts: Json = parts.iter().map(|part| part.json(now, spell)).collect();
                json!({*word: parts})
            }
            Self::Not(part) => json!({"not": part.json(now, spell)}),
        }
    }
}

#[tokio::test]
async fn a_question_is_answered_the_same_however_it_is_asked() {
    let crm = Crm::new().await;
    let mut runner = TestRunner::default();
    let (mut some, mut hits, mut wrong) = (0, 0, Vec::new());
    for _ in 0..FILTERS {
        let wanted = wanted().new_tree(&mut runner).unwrap().current();
        let inline = wanted.graphql(Written::Inline, &mut Variables::default());
        let inline = format!("{{ contacts(filter: {inline}) {{ nodes {{ id }} }} }}");
        let expected = crm.tenant.data(&inline, json!({})).await["contacts"]["nodes"].take();
        some += usize::from(!expected.as_array().unwrap().is_empty());

        let mut variables = Variables::default();
        let filter = wanted.graphql(Written::Variables, &mut variables);
        let types = variables.types.iter().enumerate();
        let types: Vec<_> = types.map(|(n, ty)| format!("$v{n}: {ty}")).collect();
        let separate = format!(
            "query({}) {{ contacts(filter: {filter}) {{ nodes {{ id }} }} }}",
            types.join(", ")
        );
        let whole = "query($f: ContactFilter) { contacts(filter: $f) { nodes { id } } }";
        for (query, before, now) in [
            (
                separate.as_str(),
                variables.before.into(),
                variables.now.into(),
            ),
            (
                whole,
                json!({"f": wanted.json(false, camel)}),
                json!({"f": wanted.json(true, camel)}),
            ),
        ] {
            crm.tenant.data(query, before).await;
            let (mut found, cost) = crm.costly(crm.tenant.data(query, now)).await;
            hits += usize::from(cost == NOTHING);
            if found["contacts"]["nodes"] != expected {
                wrong.push(format!(
                    "{query} {wanted:?}: {} for {expected}",
                    found["contacts"]["nodes"].take()
                ));
            }
        }

        let list = |now: bool| {
            let filter = wanted.json(now, str::to_owned).to_string();
            with_parameters("/api/v1/contacts", &[("filter", &filter), ("fields", "id")])
        };
        crm.tenant.get(&list(false)).await.ok();
        let (mut found, cost) = crm.costly(crm.tenant.get(&list(true))).await;
        hits += usize::from(cost == NOTHING);
        if found.body["data"] != expected {
            wrong.push(format!(
                "{wanted:?}: {} for {expected}",
                found.body["data"].take()
            ));
        }

        let change = |now: bool| {
            let filter = wanted.json(now, str::to_owned).to_string();
            let path = with_parameters("/api/v1/contacts", &[("filter", &filter)]);
            let request = crm.tenant.request(Method::PATCH, &path);
            let request = request.header("prefer", "tx=rollback");
            Answer::to_any(request.json(&json!({"title": "x"})))
        };
        change(false).await.unwrap().ok();
        let (changed, cost) = crm.costly(change(true)).await;
        hits += usize::from(cost == NOTHING);
        let affected = changed.unwrap().ok()["affected"].take();
        if affected != expected.as_array().unwrap().len() {
            wrong.push(format!("{wanted:?}: {affected} changed for {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(some > FILTERS / 4, "{some} of {FILTERS} find something");
    assert!(hits > 2 * FILTERS, "{hits} were planned before");
}
