//! Whatever is asked, the statement is one that the audit lets through, with as many parameters as it names.

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use tessera_schema::aggregate::Body;
use tessera_schema::filter::Filter;
use tessera_schema::naming::Spelling;
use tessera_schema::search::Search;

use super::{columns, cursor, list, model, object, view};
use crate::query::compile;
use crate::query::tree::{Connection, GroupItem, GroupShape, HitPart, Query, Root, Window};
use crate::statement::Statement;

/// Filters on contacts: most of them sound.
fn filters() -> impl Strategy<Value = Json> {
    let text = prop_oneof!["[a-z%_\\\\']{0,6}".prop_map(Json::from), Just(json!(null))];
    let compared = prop_oneof![
        (
            prop::sample::select(vec!["eq", "neq", "gt", "like", "contains"]),
            text
        )
            .prop_map(|(operator, value)| json!({"name": {operator: value}})),
        (prop::sample::select(vec!["gte", "lt", "eq"]), any::<i64>())
            .prop_map(|(operator, value)| json!({"score": {operator: value}})),
        prop::collection::vec(any::<i32>(), 0..4)
            .prop_map(|values| json!({"score": {"not_in": values}})),
        any::<bool>().prop_map(|empty| json!({"fee": {"amount": {"is_null": empty}}})),
        Just(json!({})),
    ];
    compared.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|all| json!({"and": all})),
            prop::collection::vec(inner.clone(), 0..4).prop_map(|all| json!({"or": all})),
            inner.clone().prop_map(|one| json!({"not": one})),
            inner
                .clone()
                .prop_map(|one| json!({"company": {"contacts": {"some": one}}})),
            inner.prop_map(|one| json!({"tags": {"every": {"contacts": {"none": one}}}})),
        ]
    })
}

/// Whether the text names as many parameters as there are.
fn names_all_it_binds(statement: &Statement) -> bool {
    let names = |number: usize| statement.text.contains(&format!("${number}"));
    let bound = statement.slots.len();
    (1..=bound).all(names) && !names(bound + 1)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_filter_and_order_becomes_a_sound_statement(
        filter in filters(),
        sort in prop::sample::subsequence(vec!["name", "-score", "company.city", "-company.name", "fee.amount", "-id"], 0..5),
        after in any::<bool>(),
    ) {
        let snapshot = model();
        let contact = object(&snapshot, "contact");
        let Ok(filter) = Filter::parse(snapshot.whole(), &contact, &filter, Spelling::Snake) else {
            return Ok(());
        };
        let window = Window { after: after.then(|| cursor().into()), ..Window::first(3) };
        let connection = Connection {
            filter,
            window,
            ..list(&snapshot, &contact, &sort.join(","), columns(&contact, &["id", "score"]))
        };
        let query = Query { roots: vec![Root::Many { object: contact, connection }] };
        let statement = compile::query(&snapshot, &view(&snapshot), &query);
        prop_assert!(names_all_it_binds(&statement), "{}", statement.text);
    }

    #[test]
    fn every_grouping_becomes_a_sound_statement(
        filter in filters(),
        keys in prop::sample::subsequence(vec![
            json!("name"), json!("company.city"), json!("fee.currency_code"), json!("company_id"),
            json!({"field": "created_at", "by": "week"}), json!({"field": "company.updated_at", "by": "hour", "as": "at"}),
        ], 0..6),
        aggregates in prop::sample::subsequence(vec![
            ("a", json!({"count": "*"})), ("b", json!({"avg": "score"})), ("c", json!({"min": "company.name"})),
            ("d", json!({"empty_share": "score"})), ("e", json!({"count_distinct": "name"})), ("f", json!({"sum": "score"})), ("g", json!({"sum": "fee"})),
        ], 1..6),
        bound in any::<i32>(),
        zone in prop::option::of("[A-Z][a-z]{2,6}/[A-Z][a-z]{2,6}"),
    ) {
        let snapshot = model();
        let contact = object(&snapshot, "contact");
        let name = aggregates[0].0;
        let aggregates: serde_json::Map<_, _> = aggregates.into_iter().map(|(name, what)| (name.to_owned(), what)).collect();
        let body = json!({"group_by": keys, "aggregates": aggregates, "filter": filter, "time_zone": zone,
                          "having": {"or": [{name: {"is_null": true}}, {name: {"neq": bound}}]}, "sort": format!("-{name}")});
        let Ok(body) = Body::parse(snapshot.whole(), &contact, &body) else {
            return Ok(());
        };
        let keys = (0..body.keys.len()).map(|place| (format!("k{place}"), GroupItem::Key(place)));
        let aggregates = body.aggregates.iter().map(|(name, place)| (name.clone(), GroupItem::Aggregate(*place)));
        let shape = GroupShape(keys.chain(aggregates).collect());
        let root = Root::Groups { object: contact, aggregation: body.aggregation, shape };
        let statement = compile::query(&snapshot, &view(&snapshot), &Query { roots: vec![root] });
        prop_assert!(names_all_it_binds(&statement), "{}", statement.text);
    }

    #[test]
    fn every_search_becomes_a_sound_statement(
        text in "\\PC{0,40}|([a-zа-я0-9@.'%_\\\\-]{1,9} ?){1,5}",
        sort in prop::sample::select(vec!["", "-name", "city"]),
        after in any::<bool>(),
    ) {
        let snapshot = model();
        let company = object(&snapshot, "company");
        let Ok(search) = Search::in_object(&company, &text) else {
            return Ok(());
        };
        let window = Window { after: after.then(|| cursor().into()), ..Window::first(3) };
        let connection = Connection {
            search: Some(search.clone()),
            window,
            ..list(&snapshot, &company, sort, columns(&company, &["id", "name"]))
        };
        let hits = Root::Search {
            objects: vec![("company".to_owned(), object(&snapshot, "company"))],
            search,
            limit: 3,
            parts: vec![("id".to_owned(), HitPart::Id)],
        };
        let query = Query { roots: vec![Root::Many { object: company, connection }, hits] };
        let statement = compile::query(&snapshot, &view(&snapshot), &query);
        prop_assert!(names_all_it_binds(&statement), "{}", statement.text);
        // Nothing that was typed is in the text.
        let typed = text.split_whitespace().filter(|word| !word.is_ascii());
        for word in typed {
            prop_assert!(!statement.text.contains(word), "{}", statement.text);
        }
    }
}
