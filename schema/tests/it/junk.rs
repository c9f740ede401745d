//! Whatever comes in, nothing panics, and every refusal says where.

use proptest::prelude::*;
use serde_json::{Map, Value as Json};
use tessera_schema::aggregate::{Body, MOST_GROUPS};
use tessera_schema::definition::{FieldDefinition, ObjectDefinition};
use tessera_schema::field_types::FieldTypes;
use tessera_schema::filter::Filter;
use tessera_schema::naming::Spelling;
use tessera_schema::record::Record;
use tessera_schema::rules;
use tessera_schema::sort::Sort;
use tessera_schema::violation::Violation;

use crate::support::{crm, object};

/// Words that mean something somewhere, and some that do not.
fn words() -> impl Strategy<Value = String> {
    let known = vec![
        "api_name",
        "plural_api_name",
        "name",
        "type",
        "fields",
        "settings",
        "required",
        "default_value",
        "options",
        "value",
        "to",
        "inverse",
        "on_delete",
        "translations",
        "pattern",
        "max_length",
        "precision",
        "scale",
        "format",
        "relation",
        "text",
        "integer",
        "decimal",
        "select",
        "currency",
        "auto_number",
        "contact",
        "first_name",
        "firstName",
        "score",
        "fee",
        "amount",
        "company",
        "company_id",
        "tags",
        "tags_ids",
        "marks",
        "and",
        "or",
        "not",
        "some",
        "every",
        "eq",
        "in",
        "between",
        "is_null",
        "like",
        "contains",
        "id",
        "version",
        "group_by",
        "aggregates",
        "having",
        "sort",
        "limit",
        "time_zone",
        "Europe/Riga",
        "field",
        "by",
        "as",
        "month",
        "hour",
        "count",
        "sum",
        "avg",
        "min",
        "empty_share",
        "*",
        "fee.amount",
        "company.name",
        "created_at",
        "{00}",
        "x",
    ];
    prop_oneof![8 => prop::sample::select(known).prop_map(str::to_owned), 1 => any::<String>()]
}

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        words().prop_map(Json::from),
    ];
    leaf.prop_recursive(5, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
            prop::collection::vec((words(), inner), 0..6)
                .prop_map(|pairs| Json::Object(pairs.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn well_told(violations: &[Violation]) -> bool {
    let sound = |v: &Violation| {
        (v.pointer.as_str().is_empty() || v.pointer.as_str().starts_with('/'))
            && !v.message.is_empty()
    };
    !violations.is_empty() && violations.iter().all(sound)
}

fn type_names() -> Vec<String> {
    let types = FieldTypes::builtin();
    types
        .iter()
        .map(|field_type| field_type.name().to_owned())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn definitions(body in json()) {
        match FieldDefinition::parse(body.clone()) {
            Ok(field) => drop(rules::check_field(&FieldTypes::builtin(), &field)),
            Err(violations) => prop_assert!(well_told(&violations)),
        }
        match ObjectDefinition::parse(body) {
            Ok(object) => drop(rules::check_fields(&FieldTypes::builtin(), &object)),
            Err(violations) => prop_assert!(well_told(&violations)),
        }
    }

    #[test]
    fn settings(field_type in prop::sample::select(type_names()), settings in json(), default in json()) {
        let body = serde_json::json!({"api_name": "it", "type": field_type, "settings": settings, "default_value": default});
        if let Ok(field) = FieldDefinition::parse(body) {
            drop(rules::check_field(&FieldTypes::builtin(), &field));
        }
    }

    #[test]
    fn filters_records_and_orders(body in json(), sort in "[a-z_.,-]{0,20}") {
        let model = crm();
        let contact = object(&model, "contact");
        for spelling in [Spelling::Snake, Spelling::Camel] {
            if let Err(violations) = Filter::parse(&model, &contact, &body, spelling) {
                prop_assert!(well_told(&violations));
            }
            if let Err(violations) = Record::create(&contact, &body, spelling) {
                prop_assert!(well_told(&violations));
            }
            if let Err(violations) = Record::update(&contact, &body, spelling) {
                prop_assert!(well_told(&violations));
            }
        }
        if let Err(violations) = Sort::parse(&model, &contact, &sort) {
            prop_assert!(well_told(&violations));
        }
    }

    #[test]
    fn groups(body in json(), member in prop::sample::select(vec!["group_by", "aggregates", "having", "sort", "limit"])) {
        let model = crm();
        let contact = object(&model, "contact");
        // Alone, and within a body that is sound.
        let mut sound = serde_json::json!({"group_by": ["score", "fee.amount"], "aggregates": {"x": {"sum": "fee"}}});
        sound[member] = body.clone();
        for body in [body, sound] {
            match Body::parse(&model, &contact, &body) {
                Ok(read) => {
                    prop_assert_eq!(read.keys.len(), read.aggregation.keys.len());
                    prop_assert!(read.aggregates.iter().all(|(_, place)| *place < read.aggregation.aggregates.len()));
                    prop_assert!((1..=MOST_GROUPS).contains(&read.aggregation.limit));
                }
                Err(violations) => prop_assert!(well_told(&violations)),
            }
        }
    }

    #[test]
    fn values_of_every_type(field_type in prop::sample::select(type_names()), value in json()) {
        let settings = serde_json::json!({"to": "contact", "options": [{"value": "x"}]});
        let known = FieldTypes::builtin().get(&field_type).unwrap().settings();
        let settings = settings.as_object().unwrap().iter().filter(|(key, _)| known.iter().any(|setting| setting.name == **key));
        let settings = Json::Object(settings.map(|(key, value)| (key.clone(), value.clone())).collect());
        let field = crate::support::field(&field_type, &settings);
        match field.store(&value) {
            Ok(columns) => prop_assert_eq!(columns.len(), field.columns.len().max(1)),
            Err(violations) => prop_assert!(well_told(&violations)),
        }
    }
}
