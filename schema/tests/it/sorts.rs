//! Orders, as REST writes them.

use tessera_schema::sort::{Direction, Sort};

use crate::support::{crm, object};

#[test]
fn keys_are_values_of_the_record_or_of_one_it_points_at() {
    let model = crm();
    let contact = object(&model, "contact");
    let sort = Sort::parse(
        &model,
        &contact,
        "-score,company.name,fee.amount,company_id,",
    )
    .unwrap();
    let keys: Vec<(&str, usize, bool)> = sort
        .0
        .iter()
        .map(|key| (key.column.as_str(), key.path.len(), key.nullable))
        .collect();
    let expected = [
        ("score", 0, false),
        ("name", 1, true),
        ("fee__amount", 0, true),
        ("company_id", 0, false),
    ];
    assert_eq!(keys, expected);
    assert_eq!(sort.0[0].direction, Direction::Descending);
    assert_eq!(Sort::parse(&model, &contact, "").unwrap(), Sort::default());
}

#[test]
fn what_has_no_order_is_told() {
    let model = crm();
    let contact = object(&model, "contact");
    for (sort, code) in [
        ("nothing", "unknown"),
        ("company.nothing", "unknown"),
        ("firstName", "unknown"),
        ("fee", "unknown"),
        ("fee.rate", "unknown"),
        ("score.x", "unknown"),
        ("--score", "unknown"),
        ("notes", "not_sortable"),
        ("marks", "not_sortable"),
        ("company", "not_sortable"),
        ("tags", "not_sortable"),
        ("tags.label", "not_sortable"),
        ("tags_ids", "not_sortable"),
        ("company.contacts", "not_sortable"),
        (&["score"; 17].join(","), "too_many"),
    ] {
        let violations = Sort::parse(&model, &contact, sort).unwrap_err();
        assert_eq!(violations[0].code, code, "{sort}");
    }
    let both = Sort::parse(&model, &contact, "a,score,b").unwrap_err();
    assert_eq!(both.len(), 2);
    assert!(
        both[0].message.contains("first_name"),
        "{}",
        both[0].message
    );
}
