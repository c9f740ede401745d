//! From a document to groups, and to what is reckoned over a connection.

use serde_json::{Value as Json, json};
use tessera_compiler::query::tree::{GroupShape, Root};
use tessera_schema::aggregate::Aggregation;
use tessera_schema::sort::Nulls;

use super::support::{compiled, connection, errors, of_key, outline, plan_on, roots, shape_of};

fn groups(text: &str, variables: &Json) -> (Aggregation, GroupShape) {
    match roots(text, variables).swap_remove(0) {
        Root::Groups {
            aggregation, shape, ..
        } => (aggregation, shape),
        other => panic!("{other:?}"),
    }
}

fn shown(text: &str, variables: &Json) -> String {
    let (aggregation, shape) = groups(text, variables);
    shape_of(&shape, &aggregation.keys, &aggregation.aggregates)
}

#[test]
fn keys_and_aggregates_stand_where_they_are_asked_for() {
    let query = "query($zone: String) {
        contactsGroupBy(groupBy: [{status: true, born: VALUE}, {createdAt: MONTH}, {company: {city: true}}, {companyId: false}], timeZone: $zone) {
            __typename n: count
            keys { createdAt state: status company { city __typename } born }
            countDistinct { lastName companyId } sum { total: leadScore } avg { leadScore } min { lastName } max { lastName createdAt }
            emptyShare { extra }
        }
    }";
    assert_eq!(
        shown(query, &json!({"zone": "Europe/Riga"})),
        "{__typename: 'ContactGroup', n: count(*), \
         keys: {createdAt: month(created_at), state: (status), company: {city: (company.city), __typename: 'CompanyGroupKeys'}, born: (born)}, \
         countDistinct: {lastName: count_distinct(last_name), companyId: count_distinct(company_id)}, \
         sum: {total: sum(lead_score)}, avg: {leadScore: avg(lead_score)}, min: {lastName: min(last_name)}, \
         max: {lastName: max(last_name), createdAt: max(created_at)}, emptyShare: {extra: empty_share(extra)}}"
    );
    let (read, _) = groups(query, &json!({"zone": "Europe/Riga"}));
    assert_eq!(read.time_zone.unwrap().name(), "Europe/Riga");
    assert_eq!(groups(query, &json!({})).0.time_zone, None);
}

#[test]
fn composites_have_parts_as_keys_and_an_amount_as_value() {
    let query = "{ opportunitiesGroupBy(groupBy: [{amount: {currencyCode: true}}, {company: {address: {city: true}}}]) {
        keys { amount { currencyCode } company { address { city } } } sum { amount { c: currencyCode } } min { amount { amount } } emptyShare { amount } } }";
    assert_eq!(
        shown(query, &json!({})),
        "{keys: {amount: {currencyCode: (amount__currency_code)}, company: {address: {city: (company.address__city)}}}, \
         sum: {amount: sum(amount__amount) each [(\"c\", Unit(0))]}, min: {amount: min(amount__amount) each [(\"amount\", Amount)]}, emptyShare: {amount: empty_share(amount__amount)}}"
    );
    let whole = "{ companiesGroupBy(groupBy: []) { emptyShare { address } } }";
    assert!(shown(whole, &json!({})).contains("empty_share(address__street+address__street2+"));
}

#[test]
fn conditions_and_orders_name_what_need_not_be_shown() {
    let query = "query($having: ContactGroupHaving, $by: [ContactGroupBy!]!) {
        contactsGroupBy(groupBy: $by, first: 5, having: $having, filter: {leadScore: {gt: 1}},
            orderBy: [{count: DESC_NULLS_LAST}, {sum: {leadScore: ASC}}, {keys: {company: {name: DESC}}}]) { count }
    }";
    let having = json!({"count": {"gt": 1}, "or": [{"max": {"born": {"lt": "2000-01-01"}}}, {"not": {"avg": {"leadScore": {"isNull": true}}}}]});
    let by = json!([{"status": true}, {"company": {"name": true}}]);
    let (read, _) = groups(query, &json!({"having": having, "by": by}));
    let aggregates: Vec<_> = read
        .aggregates
        .iter()
        .map(super::support::of_aggregate)
        .collect();
    assert_eq!(
        aggregates,
        [
            "count(*)",
            "max(born)",
            "avg(lead_score)",
            "sum(lead_score)"
        ]
    );
    let keys: Vec<_> = read.keys.iter().map(of_key).collect();
    assert_eq!(keys, ["(status)", "(company.name)"]);
    let order: Vec<_> = read
        .order
        .iter()
        .map(|order| order.column.as_str())
        .collect();
    assert_eq!(order, ["a__0", "a__3", "k__1", "k__0"]);
    assert_eq!(read.order[0].nulls, Nulls::Last);
    assert_eq!(
        (read.limit, read.filter.is_all(), read.having.is_all()),
        (5, false, false)
    );
}

#[test]
fn connections_are_reckoned_at_every_level() {
    let found = connection(
        "{ companies { aggregate { count max { employees } } nodes { contacts(filter: {leadScore: {gt: 1}}) { a: aggregate { sum { leadScore } } totalCount } } } }",
        &json!({}),
    );
    assert_eq!(
        outline(&found),
        "[50] {aggregate: {count: count(*), max: {employees: max(employees)}}, \
         nodes: nodes {contacts: contact [50] {a: {sum: {leadScore: sum(lead_score)}}, totalCount: total}}}"
    );
}

#[test]
fn fragments_are_on_any_of_the_types() {
    let query = "{ contactsGroupBy(groupBy: [{status: true}]) { ...Group } contacts { aggregate { ...All } } }
        fragment Group on ContactGroup { keys { ...Keys } max { ...Least } sum { ... on ContactSumAggregate { leadScore } } }
        fragment Keys on ContactGroupKeys { status }
        fragment Least on ContactMinMaxAggregate { lastName }
        fragment All on ContactAggregate { count avg { ... on ContactAvgAggregate { leadScore } }
            countDistinct { ... on ContactCountDistinctAggregate { leadScore } }
            emptyShare { ... on ContactEmptyShareAggregate { leadScore } } }";
    assert!(
        shown(query, &json!({}))
            .starts_with("{keys: {status: (status)}, max: {lastName: max(last_name)}")
    );
}

#[test]
fn a_connection_has_so_many_aggregates_at_most() {
    let fields: Vec<_> = (0..60)
        .map(|n| json!({"api_name": format!("f{n}"), "type": "integer"}))
        .collect();
    let model = compiled(&[json!({"api_name": "thing", "fields": fields})]);
    let all: Vec<_> = (0..60).map(|n| format!("f{n}")).collect();
    let all = all.join(" ");
    let query = |rest: &str| format!("{{ things {{ aggregate {{ sum {{ {all} }} {rest} }} }} }}");
    let failed = |query: &str| {
        plan_on(&model, None, query, &json!({}))
            .expect("valid")
            .swap_remove(0)
            .step
            .err()
    };
    assert!(failed(&query("")).is_none());
    let error = failed(&query(&format!("max {{ {all} }}"))).expect("too many");
    assert!(
        error.message.contains("at most 100 aggregates"),
        "{}",
        error.message
    );
}

#[test]
fn what_does_not_fit_is_refused() {
    let none = json!({});
    for (query, told) in [
        ("{ contactsGroupBy { count } }", "groupBy"),
        ("{ contactsGroupBy(groupBy: [{x: true}]) { count } }", "x"),
        (
            "{ contactsGroupBy(groupBy: [{extra: true}]) { count } }",
            "extra",
        ),
        (
            "{ contactsGroupBy(groupBy: [{createdAt: true}]) { count } }",
            "createdAt",
        ),
        (
            "{ contactsGroupBy(groupBy: [{born: HOUR}]) { count } }",
            "born",
        ),
        (
            "{ contactsGroupBy(groupBy: [{tags: {name: true}}]) { count } }",
            "tags",
        ),
        (
            "{ contactsGroupBy(groupBy: [{status: true}]) { sum { lastName } } }",
            "lastName",
        ),
        (
            "{ contactsGroupBy(groupBy: [{status: true}]) { keys { lastName } } }",
            "groups are not made by `lastName`",
        ),
        (
            "{ contactsGroupBy(groupBy: [{status: true}]) { keys { company { city } } } }",
            "groups are not made by `company.city`",
        ),
        (
            "{ contactsGroupBy(groupBy: [{status: true}], orderBy: {keys: {lastName: ASC}}) { count } }",
            "groups are not made by `lastName`",
        ),
        (
            "{ contactsGroupBy(groupBy: [{status: true}], orderBy: {sum: {lastName: ASC}}) { count } }",
            "`sum` does not apply to `lastName`",
        ),
        (
            "{ contactsGroupBy(groupBy: [{status: true}], having: {sum: {lastName: {gt: 1}}}) { count } }",
            "lastName",
        ),
        (
            "{ contactsGroupBy(groupBy: [{status: true}], first: 1001) { count } }",
            "0 to 1000",
        ),
        (
            "{ contactsGroupBy(groupBy: [{status: true}], timeZone: \"+02:00\") { count } }",
            "time zone",
        ),
        (
            "{ contactsGroupBy(groupBy: [{born: DAY}, {born: YEAR}]) { count } }",
            "already",
        ),
        ("{ tagsGroupBys(groupBy: []) { count } }", "tagsGroupBys"),
    ] {
        let errors = errors(query, &none);
        assert!(
            errors.iter().any(|error| error.message.contains(told)),
            "{query}: {errors:#?}"
        );
    }
}
