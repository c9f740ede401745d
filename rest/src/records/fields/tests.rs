use super::*;
use crate::records::test_model::{contact, model};
use proptest::prelude::*;

/// A selection written as `id company{name} tags[name] amount(amount)`.
fn written(selection: &Selection) -> String {
    let items = selection.0.iter().map(|(key, item)| match item {
        Item::Column(_) => key.clone(),
        Item::Composite { parts, .. } => {
            let parts: Vec<&str> = parts.iter().map(|(key, _)| key.as_str()).collect();
            format!("{key}({})", parts.join(" "))
        }
        Item::ToOne(_, _, inner) => format!("{key}{{{}}}", written(inner)),
        Item::ToMany(_, _, connection) => match &connection.shape {
            Shape::Array { records, more } => {
                assert_eq!(more.as_deref(), Some(format!("{key}_more").as_str()));
                let limit = connection.window.limit;
                let limit = if limit == DEFAULT_LIMIT {
                    String::new()
                } else {
                    limit.to_string()
                };
                let sort: String = connection
                    .sort
                    .0
                    .iter()
                    .map(|key| format!("^{}", key.column))
                    .collect();
                format!("{key}[{limit}{sort}{}]", written(records))
            }
            Shape::Object(_) => panic!("not a selection of REST: {key}"),
        },
        Item::GlobalId { .. } | Item::Constant(_) => panic!("not a selection of REST: {key}"),
    });
    items.collect::<Vec<_>>().join(" ")
}

fn shown(names: &str) -> String {
    let model = model();
    written(&read(&model, contact(&model), names).unwrap())
}

fn refused(names: &str) -> Vec<Violation> {
    let model = model();
    read(&model, contact(&model), names).unwrap_err()
}

const PLAIN: &str = "id first_name lead_score amount(amount currency_code) owner_id company_id \
                     created_at updated_at created_by updated_by deleted_at version";

#[test]
fn without_names_every_plain_field_is_shown() {
    let model = model();
    let parameters = Parameters::read(None, &["fields"]).unwrap();
    let selection = asked(&model, contact(&model), &parameters).unwrap();
    assert_eq!(written(&selection), PLAIN);
    assert!(!reaches_further(&selection));
}

#[test]
fn dots_go_through_relations_and_into_composites() {
    assert_eq!(
        shown(
            "id,company.name,tags.name,amount.currency_code,owner.email,company.parent.address.city"
        ),
        "id company{name parent{address(city)}} tags[name] amount(currency_code) owner{email}"
    );
    assert_eq!(
        shown("company.contacts.company_id"),
        "company{contacts[company_id]}"
    );
}

#[test]
fn a_record_alone_means_its_plain_fields() {
    let tag = "id name created_at updated_at created_by updated_by deleted_at version";
    assert_eq!(shown("tags"), format!("tags[{tag}]"));
    assert_eq!(shown("tags.*"), shown("tags"));
    assert!(shown("company").starts_with("company{id name address(street street2 city"));
    assert_eq!(shown("*"), PLAIN);
}

#[test]
fn a_list_says_how_many_and_in_what_order() {
    assert_eq!(shown("tags(limit:5).name"), "tags[5name]");
    assert_eq!(
        shown("tags.id,tags(limit:5,sort:-name,id).name,tags(limit:5,sort:-name,id).version,id"),
        "tags[5^name^idid name version] id"
    );
    assert_eq!(
        shown("company.contacts(limit:2).tags(sort:name).id,tags(limit:1000).id"),
        "company{contacts[2tags[^nameid]]} tags[1000id]"
    );
}

#[test]
fn what_is_named_twice_is_shown_once() {
    assert_eq!(
        shown("id,id,tags.name,amount.amount,tags.name"),
        "id tags[name] amount(amount)"
    );
    assert_eq!(
        shown("amount.currency_code,amount"),
        "amount(currency_code amount)"
    );
    assert!(shown("company.name,company").starts_with("company{name id address("));
    assert_eq!(shown("*,first_name,amount.amount"), PLAIN);
}

#[test]
fn what_reaches_further_is_known() {
    let model = model();
    for (names, further) in [
        ("id,company_id", false),
        ("company.id", true),
        ("tags.id", true),
    ] {
        let selection = read(&model, contact(&model), names).unwrap();
        assert_eq!(reaches_further(&selection), further, "{names}");
    }
}

#[test]
fn unknown_names_are_told_with_what_there_is() {
    for (names, code, words) in [
        (
            "nope",
            "unknown",
            "`contact` has no `nope`; there are id, first_name",
        ),
        ("", "unknown", "`contact` has no ``"),
        ("company.nope", "unknown", "`company` has no `nope`"),
        (
            "amount.nope",
            "unknown",
            "`amount` has no `nope`; there are amount, currency_code",
        ),
        ("first_name.nope", "unknown", "`first_name` has no parts"),
        ("amount.amount.nope", "unknown", "`amount` has no parts"),
        ("*.id", "unknown", "`*` has no parts"),
        (
            "tags_ids",
            "unknown",
            "`tags_ids` is only for writing: ask for `tags`",
        ),
        ("firstName", "unknown", "`contact` has no `firstName`"),
        (
            "tags(limit:0)",
            "range",
            "`0` is no whole number from 1 to 1000",
        ),
        (
            "tags(limit:1001).name",
            "range",
            "`1001` is no whole number from 1",
        ),
        ("tags(limit:-1)", "range", "`-1` is no whole number"),
        ("tags(limit:)", "range", "`` is no whole number"),
        ("tags(limit)", "range", "`` is no whole number"),
        ("tags(limit:1,limit:2)", "clash", "`limit` stands twice"),
        (
            "tags(limit:1).name,tags(limit:2).id",
            "clash",
            "`tags` is asked for as one list",
        ),
        ("tags()", "unknown", "takes `limit` and `sort`"),
        ("tags(offset:5)", "unknown", "and no `offset`"),
        ("tags(sort:nope)", "unknown", "`tag` has no `nope`"),
        ("tags(limit:5", "syntax", "has to end"),
        ("tags(limit:5.name,id", "syntax", "has to end"),
        ("tags(limit:5)name", "syntax", "has to end"),
        ("tags((limit:5))", "syntax", "has to end"),
        (
            "company(limit:5)",
            "unknown",
            "`company` is no list of records",
        ),
        (
            "first_name(limit:5)",
            "unknown",
            "`first_name` is no list of records",
        ),
        (
            "amount.amount(limit:5)",
            "unknown",
            "`amount` is no list of records",
        ),
        ("nope(limit:5)", "unknown", "`contact` has no `nope`"),
        (
            "tags_ids(limit:5)",
            "unknown",
            "`tags_ids` is only for writing",
        ),
        ("*(limit:5)", "unknown", "`*` is no list of records"),
        (
            "company.parent.parent.parent.parent.parent.parent.parent.name",
            "too_deep",
            "joins more than 8",
        ),
    ] {
        let violations = refused(names);
        assert_eq!(violations[0].code, code, "{names}");
        assert!(
            violations[0].message.contains(words),
            "{names}: {}",
            violations[0].message
        );
    }
    assert_eq!(refused("a,b").len(), 2);
    let model = model();
    let parameters = Parameters::read(Some("fields=a"), &["fields"]).unwrap();
    let violations = asked(&model, contact(&model), &parameters).unwrap_err();
    assert_eq!(violations[0].pointer.as_str(), "/fields");
}

#[test]
fn a_selection_has_an_end() {
    assert_eq!(refused(&vec!["id"; 501].join(","))[0].code, "too_many");
    // Few names, but all fields of 126 records: each way along `parent` and `children`, six steps deep.
    let mut paths = vec!["company".to_owned()];
    let mut names = Vec::new();
    for _ in 0..6 {
        let further = |path: &String| [format!("{path}.parent"), format!("{path}.children")];
        paths = paths.iter().flat_map(further).collect();
        names.extend(paths.iter().map(|path| format!("{path}.*")));
    }
    assert!(names.len() < MOST_NAMES);
    assert_eq!(refused(&names.join(","))[0].code, "too_many");
}

proptest! {
    #[test]
    fn any_names_are_read_or_refused(
        names in "((id|first_name|company|parent|children|contacts|tags|amount|address|city|\\*|x|\\(|\\(limit:2\\)|sort:|)[.,]?){0,12}|\\PC{0,30}",
    ) {
        let model = model();
        if let Ok(selection) = read(&model, contact(&model), &names) {
            prop_assert!(!selection.0.is_empty());
        }
    }
}
