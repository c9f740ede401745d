//! Groups and their aggregates, as both APIs ask for them.

use serde_json::{Value as Json, json};
use tessera_schema::aggregate::{Body, MOST_GROUPS, Names, Operand, Reader};
use tessera_schema::date_part::DatePart;
use tessera_schema::field_types::FieldTypes;
use tessera_schema::filter::Filter;
use tessera_schema::function::Function;
use tessera_schema::naming::Spelling;
use tessera_schema::object::Field;
use tessera_schema::scalar::Scalar;
use tessera_schema::violation::{Pointer, Violation};

use crate::support::{crm, field, model, object, places};

fn read(body: &Json) -> Result<Body, Vec<Violation>> {
    let model = crm();
    Body::parse(&model, &object(&model, "contact"), body)
}

fn refused(body: &Json) -> Vec<String> {
    places(&read(body).unwrap_err())
}

#[test]
fn what_is_not_said_is_everything() {
    let read =
        read(&json!({"aggregates": {"n": {"count": "*"}}, "filter": null, "sort": null})).unwrap();
    let whole = read.aggregation;
    assert_eq!(
        (whole.keys.len(), whole.order.len(), whole.limit),
        (0, 0, MOST_GROUPS)
    );
    assert!(whole.filter.is_all() && whole.having.is_all() && whole.time_zone.is_none());
    assert_eq!(whole.aggregates[0].operand, Operand::Records);
}

#[test]
fn keys_come_last_in_every_order() {
    let body = json!({"group_by": ["score", "company.name", {"field": "created_at", "by": "week"}],
                      "aggregates": {"n": {"count": "*"}}, "sort": "-company.name,n"});
    let read = read(&body).unwrap();
    let order: Vec<_> = read
        .aggregation
        .order
        .iter()
        .map(|order| order.column.as_str())
        .collect();
    assert_eq!(order, ["k__1", "a__0", "k__0", "k__2"]);
    assert_eq!(read.aggregation.keys[2].part, Some(DatePart::Week));
    assert_eq!(read.aggregation.keys[2].column_type.scalar, Scalar::Date);
    assert_eq!(read.keys[1], ["company", "name"]);
}

#[test]
fn the_same_aggregate_is_computed_once() {
    let aggregates =
        json!({"a": {"count": "fee"}, "b": {"count": "fee.amount"}, "c": {"sum": "score"}});
    let read = read(&json!({"aggregates": aggregates})).unwrap();
    assert_eq!(read.aggregation.aggregates.len(), 2);
    let places: Vec<_> = read.aggregates.iter().map(|(_, place)| *place).collect();
    assert_eq!(places, [0, 0, 1]);
}

#[test]
fn results_have_types_of_their_own() {
    for (aggregate, expected) in [
        (json!({"count": "fee"}), Scalar::Integer),
        (json!({"sum": "score"}), Scalar::BigInteger),
        (json!({"avg": "score"}), Scalar::Float),
        (json!({"avg": "fee"}), Scalar::Decimal),
        (json!({"max": "fee.currency_code"}), Scalar::Text),
        (json!({"min": "created_at"}), Scalar::DateTime),
        (json!({"empty_share": "company.name"}), Scalar::Float),
        (json!({"count": "notes"}), Scalar::Integer),
    ] {
        let read = read(&json!({"aggregates": {"it": aggregate}})).unwrap();
        let found = &read.aggregation.aggregates[0].column_type;
        assert_eq!(found.scalar, expected, "{aggregate}");
    }
}

#[test]
fn one_wrong_thing_is_told_once() {
    // What sorts and conditions say of an aggregate that is wrong is not wrong as well.
    let body = json!({"group_by": ["nope"], "aggregates": {"t": {"sum": "email"}},
                      "having": {"t": {"like": "x"}}, "sort": "-t,nope"});
    assert_eq!(
        refused(&body),
        ["/group_by/0 unknown", "/aggregates/t/sum not_possible"]
    );
}

#[test]
fn conditions_on_groups_are_bounded() {
    let aggregates = json!({"n": {"count": "*"}});
    let nested = (0..20).fold(json!({}), |inner, _| json!({"not": inner}));
    let many: Vec<Json> = (0..101).map(|_| json!({"n": {"gt": 1}})).collect();
    let refused = |having: Json| refused(&json!({"aggregates": aggregates, "having": having}));
    assert!(refused(nested)[0].ends_with("too_deep"));
    assert!(refused(json!({"and": many}))[0].ends_with("too_many"));
}

#[test]
fn relations_are_bounded() {
    let fields: Vec<Json> = (0..17)
        .map(|n| json!({"api_name": format!("r{n}"), "type": "relation", "settings": {"to": "thing"}}))
        .collect();
    let model = model([json!({"api_name": "thing", "fields": fields})]);
    let thing = object(&model, "thing");
    let body = |count: usize| {
        let aggregates =
            (0..count).map(|n| (format!("a{n}"), json!({"count": format!("r{n}.id")})));
        json!({"aggregates": aggregates.collect::<serde_json::Map<_, _>>()})
    };
    assert!(Body::parse(&model, &thing, &body(16)).is_ok());
    let violations = Body::parse(&model, &thing, &body(17)).unwrap_err();
    assert_eq!(violations[0].code, "too_many");
}

#[test]
fn conditions_are_the_same_in_both_spellings() {
    let model = crm();
    let contact = object(&model, "contact");
    let at = Pointer::root();
    let body = json!({"aggregates": {"n": {"count": "*"}, "least": {"min": "email"}},
                      "having": {"n": {"not_in": [1]}, "or": [{"least": {"starts_with": "a"}}, {"not": {"least": {"eq": "A@X.example"}}}]}});
    let snake = Body::parse(&model, &contact, &body).unwrap().aggregation;
    let mut reader = Reader::new(&model, &contact, Spelling::Camel);
    let having = json!({"count": {"notIn": [1]}, "or": [{"min": {"email": {"startsWith": "a"}}}, {"not": {"min": {"email": {"eq": "A@X.example"}}}}]});
    let camel = reader.having(&having, Names::Functions, &at);
    assert_eq!(reader.finish().unwrap().aggregates, snake.aggregates);
    assert_eq!(flat(&camel), flat(&snake.having));
    assert!(flat(&camel).contains("a@x.example"), "{}", flat(&camel));
}

/// A filter in words, in which a list of one is what is in it.
fn flat(filter: &Filter) -> String {
    let all = |parts: &[Filter], word: &str| match parts {
        [one] => flat(one),
        parts => format!(
            "{word}({})",
            parts.iter().map(flat).collect::<Vec<_>>().join(", ")
        ),
    };
    match filter {
        Filter::All(parts) => all(parts, "all"),
        Filter::Any(parts) => all(parts, "any"),
        Filter::Not(inner) => format!("not({})", flat(inner)),
        other => format!("{other:?}"),
    }
}

#[test]
fn only_one_amount_makes_a_measure() {
    let measure = |field: &Field| field.measure().map(|column| column.name.to_string());
    for (field_type, expected) in [
        ("currency", Some("it__amount")),
        ("address", None),
        ("full_name", None),
        ("integer", None),
    ] {
        let field = field(field_type, &json!({}));
        assert_eq!(measure(&field).as_deref(), expected, "{field_type}");
    }
}

#[test]
fn every_type_lists_its_aggregates() {
    for field_type in FieldTypes::builtin().iter() {
        let described = tessera_schema::describe::field_type(field_type.as_ref());
        for column in described["storage"]["columns"].as_array().unwrap() {
            for word in column["aggregates"].as_array().unwrap() {
                assert!(
                    Function::named(word.as_str().unwrap()).is_some(),
                    "{described}"
                );
            }
        }
    }
}
