//! Records as callers write them: absent, null and given kept apart.

use serde_json::{Value as Json, json};
use tessera_schema::naming::Spelling;
use tessera_schema::record::{Record, Upsert};

use crate::support::{crm, model, object, places};

const ID: &str = "01900000-0000-7000-8000-00000000000a";

fn contact(body: &Json, spelling: Spelling, creating: bool) -> Result<Record, Vec<String>> {
    let model = crm();
    let contact = object(&model, "contact");
    let read = if creating {
        Record::create
    } else {
        Record::update
    };
    read(&contact, body, spelling).map_err(|violations| places(&violations))
}

/// What a record holds, by column.
fn values(record: &Record) -> Json {
    let columns = record.columns.iter();
    let values = columns.map(|(name, value)| (name.to_string(), value.clone()));
    Json::Object(values.collect())
}

#[test]
fn absent_null_and_given_are_three_things() {
    for (creating, body, expected) in [
        (
            true,
            json!({"company_id": ID}),
            json!({"company_id": ID, "score": 5}),
        ),
        (
            true,
            json!({"company_id": ID, "score": 0, "fee": null}),
            json!({"company_id": ID, "score": 0, "fee__amount": null, "fee__currency_code": null}),
        ),
        (false, json!({}), json!({})),
        (
            false,
            json!({"first_name": null}),
            json!({"first_name": null}),
        ),
        (false, json!({"score": 7}), json!({"score": 7})),
    ] {
        let record = contact(&body, Spelling::Snake, creating).unwrap();
        assert_eq!(values(&record), expected, "{body}");
    }
    for (creating, body, expected) in [
        (true, json!({}), vec!["/company_id required"]),
        (
            true,
            json!({"company_id": null, "score": null}),
            vec!["/company_id required", "/score required"],
        ),
        (
            false,
            json!({"company_id": null}),
            vec!["/company_id required"],
        ),
        (true, json!({"company_id": "x"}), vec!["/company_id format"]),
        (false, json!({"id": ID}), vec!["/id read_only"]),
        (
            true,
            json!({"company_id": ID, "number": "7"}),
            vec!["/number read_only"],
        ),
        (
            false,
            json!({"version": 3, "deleted_at": null}),
            vec!["/version read_only", "/deleted_at read_only"],
        ),
        (
            false,
            json!({"tags": [], "company": {}}),
            vec!["/tags unknown", "/company unknown"],
        ),
        (false, json!({"contacts": []}), vec!["/contacts unknown"]),
        (false, json!([]), vec![" type"]),
    ] {
        assert_eq!(
            contact(&body, Spelling::Snake, creating).unwrap_err(),
            expected,
            "{body}"
        );
    }
}

#[test]
fn links_are_whole_lists() {
    let ids = |body: Json| {
        contact(&body, Spelling::Snake, false).map(|record| {
            record
                .links
                .into_iter()
                .map(|(_, ids)| ids)
                .collect::<Vec<_>>()
        })
    };
    assert_eq!(ids(json!({})).unwrap(), Vec::<Vec<Json>>::new());
    assert_eq!(
        ids(json!({"tags_ids": null})).unwrap(),
        [Vec::<Json>::new()]
    );
    assert_eq!(ids(json!({"tags_ids": [ID]})).unwrap(), [vec![json!(ID)]]);
    assert_eq!(
        ids(json!({"tags_ids": [ID, "x"]})).unwrap_err(),
        ["/tags_ids/1 format"]
    );
}

#[test]
fn graphql_spells_names_its_own_way_in_errors_too() {
    let body = json!({"firstName": "Ada", "companyId": ID, "fee": {"amount": 1, "currencyCode": "EUR"}, "tagsIds": []});
    let record = contact(&body, Spelling::Camel, true).unwrap();
    assert_eq!(record.columns["fee__currency_code"], "EUR");
    let bad = json!({"first_name": "Ada", "companyId": null, "fee": {"amount": 1, "currencyCode": "x", "a": 1}});
    let mut found = contact(&bad, Spelling::Camel, true).unwrap_err();
    found.sort();
    assert_eq!(
        found,
        [
            "/companyId required",
            "/fee/a unknown",
            "/fee/currencyCode pattern",
            "/first_name unknown"
        ]
    );
    let missing = contact(&json!({"fee": {"amount": 1}}), Spelling::Camel, true).unwrap_err();
    assert_eq!(
        missing,
        ["/fee/currencyCode required", "/companyId required"]
    );
}

#[test]
fn of_an_upsert_what_was_given_stays_apart_from_what_defaults_would_fill() {
    let model = crm();
    let contact = object(&model, "contact");
    let read = |body: &Json| Upsert::read(&contact, body, Spelling::Snake);
    let upsert = read(&json!({"id": ID, "company_id": ID, "fee": null})).unwrap();
    assert_eq!(
        values(&upsert.given),
        json!({"company_id": ID, "fee__amount": null, "fee__currency_code": null})
    );
    assert_eq!(values(&upsert.defaults), json!({"score": 5}));
    let created = upsert.created();
    assert_eq!(created.id, upsert.given.id);
    assert_eq!(created.columns.len(), 4);
    assert_eq!(
        read(&json!({"company_id": ID, "score": 6}))
            .unwrap()
            .defaults,
        Record::default()
    );
    let refused = places(&read(&json!({"email": "no", "nonsense": 1})).unwrap_err());
    assert_eq!(
        refused,
        ["/email format", "/nonsense unknown", "/company_id required"]
    );
}

#[test]
fn records_are_matched_on_unique_fields_that_callers_write() {
    let model = model([
        json!({"api_name": "company"}),
        json!({"api_name": "contact", "fields": [
            {"api_name": "name", "type": "text"},
            {"api_name": "email", "type": "email", "unique": true},
            {"api_name": "company", "type": "relation", "unique": true, "settings": {"to": "company"}},
            {"api_name": "number", "type": "auto_number", "unique": true},
        ]}),
    ]);
    let contact = object(&model, "contact");
    let names: Vec<_> = contact.unique_keys().map(|key| key.name).collect();
    assert_eq!(names, ["email", "company_id"]);
    assert_eq!(contact.id_key().name, "id");
}
