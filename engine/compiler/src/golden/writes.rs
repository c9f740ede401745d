//! Statements of writes.

use serde_json::{Value as Json, json};
use tessera_schema::naming::Spelling;
use tessera_schema::object::Object;
use tessera_schema::record::{Change, Record, Upsert};

use super::print::pretty;
use super::{columns, filter, list, model, model_of, object, record_id, related, view};
use crate::query::tree::Selection;
use crate::snapshot::Snapshot;
use crate::statement::Statement;
use crate::write::{Action, Expected, Write, statement};

fn sql(name: &str, action: impl FnOnce(&Snapshot, &Object) -> Action) -> String {
    write(name, action, |_, object| {
        columns(object, &["id", "version"])
    })
}

fn write(
    name: &str,
    action: impl FnOnce(&Snapshot, &Object) -> Action,
    selection: impl FnOnce(&Snapshot, &Object) -> Selection,
) -> String {
    compiled(name, action, selection, |snapshot, write| {
        statement::compile(snapshot, &view(snapshot), write)
    })
}

fn compiled(
    name: &str,
    action: impl FnOnce(&Snapshot, &Object) -> Action,
    selection: impl FnOnce(&Snapshot, &Object) -> Selection,
    compile: impl FnOnce(&Snapshot, &Write) -> Statement,
) -> String {
    let snapshot = model();
    let object = object(&snapshot, name);
    let write = Write {
        action: action(&snapshot, &object),
        selection: selection(&snapshot, &object),
        object,
        rollback: false,
    };
    let statement = compile(&snapshot, &write);
    without_new_ids(&pretty(&statement, Some(&write)))
}

/// The ids of new records are others each time; here they are `<id>`.
fn without_new_ids(text: &str) -> String {
    let is_new = |word: &str| uuid::Uuid::parse_str(word).is_ok_and(|id| id.get_version_num() == 7);
    let words = text
        .split('"')
        .map(|word| if is_new(word) { "<id>" } else { word });
    words.collect::<Vec<_>>().join("\"")
}

fn new(object: &Object, body: &Json) -> Record {
    Record::create(object, body, Spelling::Snake).unwrap()
}

fn changes(object: &Object, body: &Json) -> Record {
    Record::update(object, body, Spelling::Snake).unwrap()
}

#[test]
fn creating_one() {
    let body = json!({"name": "Ada", "score": 5, "fee": {"amount": "1.5", "currency_code": "EUR"}});
    insta::assert_snapshot!(sql("contact", |_, contact| Action::Create(new(
        contact, &body
    ))));
}

#[test]
fn creating_many() {
    let bodies = [json!({"label": "a"}), json!({}), json!({"label": "c"})];
    insta::assert_snapshot!(sql("tag", |_, tag| {
        Action::CreateMany(bodies.iter().map(|body| new(tag, body)).collect())
    }));
}

#[test]
fn creating_many_with_unique_values() {
    let bodies = [json!({"name": "Zeta"}), json!({"name": "Acme"})];
    insta::assert_snapshot!(sql("company", |_, company| {
        Action::CreateMany(bodies.iter().map(|body| new(company, body)).collect())
    }));
}

#[test]
fn creating_with_links_that_are_shown() {
    let body = json!({"score": 1, "tags_ids": [record_id()]});
    let create = |_: &Snapshot, contact: &Object| Action::Create(new(contact, &body));
    let statement = write("contact", create, |snapshot, contact| {
        let tags = related(snapshot, contact, "tags", |tag| {
            list(snapshot, tag, "", columns(tag, &["label"]))
        });
        Selection(vec![tags])
    });
    insta::assert_snapshot!(statement);
}

fn upsert(object: &Object, body: &Json) -> Upsert {
    Upsert::read(object, body, Spelling::Snake).unwrap()
}

#[test]
fn upserting_one() {
    let body = json!({"name": "Acme", "city": "Riga"});
    insta::assert_snapshot!(sql("company", |_, company| Action::Upsert {
        key: company.unique_keys().next().unwrap(),
        record: upsert(company, &body),
    }));
}

#[test]
fn locking_records_whose_links_an_upsert_replaces() {
    let bodies = [json!({"id": record_id(), "score": 1, "tags_ids": [record_id()]})];
    let upserts = |_: &Snapshot, contact: &Object| Action::UpsertMany {
        key: contact.id_key(),
        records: bodies.iter().map(|body| upsert(contact, body)).collect(),
    };
    let lock = |snapshot: &Snapshot, write: &Write| {
        let lock = statement::compile_lock(snapshot, &view(snapshot), write);
        lock.and_then(|lock| lock.rows).unwrap()
    };
    insta::assert_snapshot!(compiled(
        "contact",
        upserts,
        |_, _| Selection::default(),
        lock
    ));
}

#[test]
fn upserting_many_that_leave_out_one_thing_or_another() {
    let bodies = [
        json!({"id": record_id(), "score": 1, "name": "Ada", "tags_ids": [record_id()]}),
        json!({"score": 2, "company_id": null}),
    ];
    let upserts = |_: &Snapshot, contact: &Object| Action::UpsertMany {
        key: contact.id_key(),
        records: bodies.iter().map(|body| upsert(contact, body)).collect(),
    };
    let statement = write("contact", upserts, |snapshot, contact| {
        let tags = related(snapshot, contact, "tags", |tag| {
            list(snapshot, tag, "", columns(tag, &["label"]))
        });
        Selection(vec![tags])
    });
    insta::assert_snapshot!(statement);
}

#[test]
fn updating_one_of_a_known_version() {
    insta::assert_snapshot!(sql("contact", |_, contact| Action::Update {
        id: record_id(),
        changes: changes(contact, &json!({"name": null, "tags_ids": [record_id()]})),
        expected: Some(Expected::IfMatch(vec![3])),
    }));
}

#[test]
fn updating_what_a_filter_finds() {
    insta::assert_snapshot!(sql("contact", |snapshot, contact| Action::UpdateWhere {
        filter: filter(
            snapshot,
            contact,
            &json!({"company": {"city": {"eq": "Riga"}}})
        ),
        changes: changes(contact, &json!({"score": 9})),
        at_most: None,
    }));
}

#[test]
fn updating_many_each_in_a_way_of_its_own() {
    let bodies = [
        json!({"id": record_id(), "version": 3, "score": 1, "company_id": null, "tags_ids": [record_id()]}),
        json!({"id": uuid::Uuid::nil(), "fee": {"currency_code": "EUR"}}),
    ];
    let changes = |contact: &Object| {
        let read = |body| Change::read(contact, body, Spelling::Snake).unwrap();
        Action::UpdateMany(bodies.iter().map(read).collect())
    };
    insta::assert_snapshot!(sql("contact", |_, contact| changes(contact)));
    let lock = |snapshot: &Snapshot, write: &Write| {
        let lock = statement::compile_lock(snapshot, &view(snapshot), write);
        lock.and_then(|lock| lock.rows).unwrap()
    };
    insta::assert_snapshot!(
        "locking_many_whose_links_are_replaced",
        compiled(
            "contact",
            |_, contact| changes(contact),
            |_, _| Selection::default(),
            lock
        )
    );
}

#[test]
fn deleting_what_a_filter_finds_unless_it_is_too_much() {
    insta::assert_snapshot!(sql("tag", |snapshot, tag| Action::DeleteWhere {
        filter: filter(snapshot, tag, &json!({"label": {"eq": "old"}})),
        at_most: Some(100),
    }));
}

#[test]
fn deleting_and_restoring() {
    let id = record_id();
    let delete = sql("tag", |_, _| Action::Delete { id, expected: None });
    insta::assert_snapshot!("delete", delete);
    insta::assert_snapshot!("restore", sql("tag", |_, _| Action::Restore { id }));
}

#[test]
fn destroying_one_of_a_known_version() {
    insta::assert_snapshot!(sql("tag", |_, _| Action::Destroy {
        id: record_id(),
        expected: Some(Expected::Version(3)),
    }));
    let destroy = |object| {
        sql(object, |_, _| Action::Destroy {
            id: record_id(),
            expected: None,
        })
    };
    insta::assert_snapshot!("destroying_what_relations_refer_to", destroy("company"));
    assert!(
        !destroy("contact").contains("_linked"),
        "nothing refers to a contact"
    );
}

/// Tasks go to the bin with their project and with their parent, and invoices keep it.
fn projects() -> Snapshot {
    model_of([
        json!({"api_name": "project", "fields": [{"api_name": "name", "type": "text"}]}),
        json!({"api_name": "task", "fields": [
            {"api_name": "project", "type": "relation", "settings": {"to": "project", "on_delete": "cascade"}},
            {"api_name": "parent", "type": "relation", "settings": {"to": "task", "on_delete": "cascade"}},
        ]}),
        json!({"api_name": "invoice", "fields": [
            {"api_name": "project", "type": "relation", "settings": {"to": "project", "on_delete": "restrict"}},
        ]}),
    ])
}

#[test]
fn deleting_and_restoring_with_all_that_goes_along() {
    let snapshot = projects();
    let id = record_id();
    let write = |action| {
        let object = object(&snapshot, "project");
        let selection = Selection::default();
        Write {
            object,
            action,
            selection,
            rollback: false,
        }
    };
    let delete = write(Action::Delete { id, expected: None });
    let statement = statement::compile(&snapshot, &view(&snapshot), &delete);
    insta::assert_snapshot!("delete_all", pretty(&statement, Some(&delete)));
    let lock = statement::compile_lock(&snapshot, &view(&snapshot), &delete).unwrap();
    assert!(lock.grows);
    insta::assert_snapshot!(
        "delete_all_lock",
        pretty(&lock.rows.unwrap(), Some(&delete))
    );
    let restore = write(Action::Restore { id });
    let statement = statement::compile(&snapshot, &view(&snapshot), &restore);
    insta::assert_snapshot!("restore_all", pretty(&statement, Some(&restore)));
    let destroy = write(Action::Destroy { id, expected: None });
    let statement = statement::compile(&snapshot, &view(&snapshot), &destroy);
    insta::assert_snapshot!("destroy_all", pretty(&statement, Some(&destroy)));
    assert!(
        statement::compile_lock(&snapshot, &view(&snapshot), &destroy)
            .unwrap()
            .grows
    );
}
