//! Row rules: wherever a statement finds records of an object, its rule is there.

use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use tessera_schema::access::Right;
use tessera_schema::access::row_rules::RowRules;
use tessera_schema::access::view::View;
use tessera_schema::aggregate::Body;
use tessera_schema::ident::UserId;
use tessera_schema::naming::Spelling;
use tessera_schema::object::Attribute;
use tessera_schema::record::{Change, Record, Upsert};
use tessera_schema::search::Search;
use uuid::Uuid;

use super::{columns, filter, list, model, object, record_id, related, view};
use crate::access::left_out;
use crate::bind::{BindContext, Caller, Param};
use crate::query::compile::Estimate;
use crate::query::tree::{
    ConnectionPart, Deleted, GroupItem, GroupShape, HitPart, Item, Query, Root, Selection, Shape,
};
use crate::query::{compile, rows, states, stored};
use crate::snapshot::Snapshot;
use crate::statement::Statement;
use crate::write::{Action, Write, statement};

/// A rule: what it is on, for which right, and the condition that it becomes on the rows of an alias.
struct Rule {
    object: &'static str,
    /// Of the whole record where there is none.
    field: Option<&'static str>,
    right: Right,
    filter: Json,
    sql: &'static str,
}

/// Each has a condition that no request asks for, and no other rule.
fn rules() -> Vec<Rule> {
    let rule = |object, field, right, filter, sql| Rule {
        object,
        field,
        right,
        filter,
        sql,
    };
    let read = Right::Read;
    vec![
        rule(
            "company",
            None,
            read,
            json!({"city": {"like": "R%"}}),
            r#""city" LIKE"#,
        ),
        rule(
            "contact",
            None,
            read,
            json!({"name": {"like": "A%"}}),
            r#""name" LIKE"#,
        ),
        rule(
            "tag",
            None,
            read,
            json!({"label": {"is_null": false}}),
            r#""label" IS NOT NULL"#,
        ),
        rule(
            "company",
            Some("name"),
            read,
            json!({"city": {"is_null": false}}),
            r#""city" IS NOT NULL"#,
        ),
        rule(
            "contact",
            Some("score"),
            read,
            json!({"name": {"is_null": false}}),
            r#""name" IS NOT NULL"#,
        ),
        rule(
            "contact",
            Some("tags"),
            read,
            json!({"name": {"ilike": "A%"}}),
            r#""name" ILIKE"#,
        ),
        rule(
            "contact",
            None,
            Right::Create,
            json!({"score": {"gt": 1}}),
            r#""score" > "#,
        ),
        rule(
            "contact",
            Some("score"),
            Right::Create,
            json!({"score": {"gte": 2}}),
            r#""score" >= "#,
        ),
        rule(
            "contact",
            None,
            Right::Update,
            json!({"score": {"lt": 3}}),
            r#""score" < "#,
        ),
        rule(
            "contact",
            Some("company"),
            Right::Update,
            json!({"score": {"lte": 4}}),
            r#""score" <= "#,
        ),
        rule(
            "contact",
            None,
            Right::Delete,
            json!({"score": {"between": [5, 6]}}),
            r#""score" BETWEEN"#,
        ),
        rule(
            "contact",
            None,
            Right::Restore,
            json!({"score": {"in": [7]}}),
            r#""score" = ANY"#,
        ),
        rule(
            "contact",
            None,
            Right::Destroy,
            json!({"score": {"eq": 8}}),
            r#""score" = CAST"#,
        ),
    ]
}

fn limited(snapshot: &Snapshot) -> View {
    let mut all = RowRules::default();
    for rule in rules() {
        let object = object(snapshot, rule.object);
        let filter = filter(snapshot, &object, &rule.filter);
        let name = object.api_name().clone();
        match rule.field {
            None => all.put(name, rule.right, filter),
            Some(field) => {
                let field = object.fields[field].api_name().clone();
                all.put_on(name, field, rule.right, filter);
            }
        }
    }
    View::clone(&view(snapshot)).with_rules(all)
}

/// The aliases under which a statement reads an object's table.
fn aliases(snapshot: &Snapshot, text: &str, name: &str) -> BTreeSet<String> {
    let table = object(snapshot, name).table.clone();
    let schema = snapshot.tenant.schema.as_str();
    let from = format!("\"{schema}\".\"{table}\" AS \"");
    let found = text.split(&from).skip(1);
    let found = found.map(|rest| rest.split('"').next().unwrap_or_default());
    found.map(ToOwned::to_owned).collect()
}

/// Whether a rule is asked of the rows of an alias.
fn is_asked(text: &str, alias: &str, rule: &Rule) -> bool {
    text.contains(&format!("\"{alias}\".{}", rule.sql))
}

/// Whether the rows of an alias are known from a guarded part of the statement: by their places, or as hits.
fn is_found(text: &str, alias: &str) -> bool {
    // The rows of a table that hides values go by another alias outside.
    let outer = text.split(&format!("AS \"{alias}\") AS \"")).nth(1);
    let outer = outer.and_then(|rest| rest.split('"').next());
    std::iter::once(alias).chain(outer).any(|alias| {
        let places = format!("\"{alias}\".\"ctid\" = ANY");
        let hit = format!("\"{alias}\".\"id\" = \"h#");
        text.contains(&places) || text.contains(&hit)
    })
}

/// Whether the rows of an alias are those of a record that the statement has already, to ask a rule of it.
fn is_by_record(text: &str, alias: &str) -> bool {
    let same = format!("\"{alias}\".\"id\" = \"");
    let after = text.split(&same).nth(1);
    let column = after.and_then(|rest| rest.split('"').nth(2));
    alias.starts_with("r#") && column == Some("id")
}

/// The rules that a statement lacks: on the rows that it reads, on their values, and on the rows that it writes.
fn lacks(snapshot: &Snapshot, text: &str, (before, after): Asked) -> Vec<String> {
    let mut lacks = Vec::new();
    for rule in &rules() {
        for (alias, rights) in [("t", before), ("a", after)] {
            if rights.contains(&rule.right) && !is_asked(text, alias, rule) {
                lacks.push(format!("{alias}: {}", rule.sql));
            }
        }
        if rule.right != Right::Read {
            continue;
        }
        for alias in aliases(snapshot, text, rule.object) {
            // Rows that a write changes keep their values, and of targets and keys only the ids are read.
            let is_masked = text.contains(&format!("SELECT \"{alias}\".\"ctid\" AS"));
            let needed = match rule.field {
                None => !is_found(text, &alias) && !is_by_record(text, &alias),
                Some(_) => is_masked,
            };
            if needed && !is_asked(text, &alias, rule) {
                lacks.push(format!("{alias}: {}", rule.sql));
            }
        }
        if rule.object != "contact" {
            continue;
        }
        // Rows that are written are shown with masks on each value.
        let once = text.contains("json_populate_recordset");
        for rows in ["n", "t"] {
            let shown = text.contains(&format!("LATERAL (SELECT \"{rows}\"."));
            if shown && !once && !is_asked(text, rows, rule) {
                lacks.push(format!("{rows}: {}", rule.sql));
            }
        }
        // Of what rows were once, the record as it is now decides.
        let mut now = aliases(snapshot, text, "contact").into_iter();
        let is_now = |alias: String| is_by_record(text, &alias) && is_asked(text, &alias, rule);
        if once && rule.field.is_some() && !now.any(is_now) {
            lacks.push(format!("the record now: {}", rule.sql));
        }
    }
    // The company of a contact is asked for wherever its id is masked, and a rule wherever its tags are looked for.
    let ids = text.matches("END AS \"company_id\"").count();
    let is_seen = text.matches("\"company_id\" AND (\"r#").count();
    if is_seen < 2 * ids {
        lacks.push(format!("{ids} masks on company_id, {is_seen} rules"));
    }
    let links = text.split("_link__contact__tags\" AS \"").skip(1);
    let links: BTreeSet<&str> = links.filter_map(|rest| rest.split('"').next()).collect();
    let tags = rules()
        .into_iter()
        .find(|rule| rule.field == Some("tags"))
        .unwrap();
    let contacts = aliases(snapshot, text, "contact").into_iter();
    let by_record =
        contacts.filter(|alias| is_by_record(text, alias) && is_asked(text, alias, &tags));
    let shown = text.matches(".\"linked#").count() + by_record.count();
    if shown < links.len() {
        lacks.push(format!("{} lists of links, {shown} rules", links.len()));
    }
    lacks
}

fn all_guarded(snapshot: &Snapshot, what: &str, asked: Asked, compile: impl Fn() -> Statement) {
    let (statement, count) = left_out::without(None, &compile);
    let lacking = lacks(snapshot, &statement.text, asked);
    assert!(
        lacking.is_empty(),
        "{what}: {lacking:?}: {}",
        statement.text
    );
    for number in 0..count {
        let (statement, _) = left_out::without(Some(number), &compile);
        let lacking = lacks(snapshot, &statement.text, asked);
        assert!(
            !lacking.is_empty(),
            "{what}: rule {number} is not missed: {}",
            statement.text
        );
    }
}

/// What is shown of a contact: values that may be hidden, and other records.
fn everything(snapshot: &Snapshot) -> Selection {
    let [company, contact] = ["company", "contact"].map(|name| object(snapshot, name));
    let mut of_contact = columns(&contact, &["id", "score", "company_id"]);
    let Some(Attribute::ToOne(to_one)) = contact.attribute("company") else {
        panic!("a contact has a company")
    };
    let named = Item::ToOne(to_one, Arc::clone(&company), columns(&company, &["name"]));
    of_contact.0.push(("company".to_owned(), named));
    let tags = related(snapshot, &contact, "tags", |tag| {
        list(snapshot, tag, "label", columns(tag, &["label"]))
    });
    of_contact.0.push(tags);
    of_contact
}

fn roots(snapshot: &Snapshot) -> Vec<(&'static str, Vec<Root>)> {
    let [company, contact] = ["company", "contact"].map(|name| object(snapshot, name));
    let of_contact = everything(snapshot);
    let one = |deleted| Root::One {
        object: Arc::clone(&contact),
        id: record_id().into(),
        deleted,
        selection: of_contact.clone(),
    };
    let many = |object: &Arc<_>, connection| Root::Many {
        object: Arc::clone(object),
        connection,
    };
    let plain = |sort| list(snapshot, &contact, sort, of_contact.clone());
    let mut filtered = plain("company.name,-score");
    filtered.filter = filter(
        snapshot,
        &contact,
        &json!({"tags": {"every": {"contacts": {"some": {"company": {"city": {"eq": "Riga"}}}}}}}),
    );
    let mut total = plain("");
    total.shape = Shape::Object(vec![("total".to_owned(), ConnectionPart::Total)]);
    let mut of_company = columns(&company, &["name"]);
    let contacts = related(snapshot, &company, "contacts", |_| plain("name"));
    of_company.0.push(contacts);
    let mut searched = list(snapshot, &company, "", of_company.clone());
    searched.search = Some(Search::in_object(&company, "ada").unwrap());
    let mut by_pattern = list(snapshot, &company, "-created_at", of_company.clone());
    by_pattern.filter = filter(snapshot, &company, &json!({"name": {"contains": "ada"}}));
    let body = json!({"group_by": ["company.city"], "aggregates": {"n": {"count": "*"}, "fees": {"sum": "fee"}}});
    let body = Body::parse(snapshot.whole(), &contact, &body).unwrap();
    let groups = Root::Groups {
        object: Arc::clone(&contact),
        shape: GroupShape(vec![
            ("city".to_owned(), GroupItem::Key(0)),
            ("n".to_owned(), GroupItem::Aggregate(0)),
            ("fees".to_owned(), GroupItem::Aggregate(1)),
        ]),
        aggregation: body.aggregation,
    };
    let hits = Root::Search {
        objects: vec![("company".to_owned(), Arc::clone(&company))],
        search: Search::in_object(&company, "ada").unwrap(),
        limit: 3,
        parts: vec![("id".to_owned(), HitPart::Id)],
    };
    vec![
        ("one", vec![one(Deleted::Exclude)]),
        ("one of the bin", vec![one(Deleted::Only)]),
        ("one, in the bin or not", vec![one(Deleted::Include)]),
        ("a list", vec![many(&contact, filtered.clone())]),
        ("a total", vec![many(&contact, total)]),
        (
            "a nested list",
            vec![many(&company, list(snapshot, &company, "name", of_company))],
        ),
        ("a search", vec![many(&company, searched.clone())]),
        ("a pattern", vec![many(&company, by_pattern.clone())]),
        ("groups", vec![groups.clone()]),
        ("hits", vec![hits.clone()]),
        (
            "all of it",
            vec![
                one(Deleted::Exclude),
                many(&contact, filtered),
                many(&company, searched),
                many(&company, by_pattern),
                groups,
                hits,
            ],
        ),
    ]
}

#[test]
fn every_read_has_the_rules() {
    let snapshot = model();
    let view = limited(&snapshot);
    for (what, roots) in roots(&snapshot) {
        if let [root] = roots.as_slice()
            && rows::suits(root)
        {
            all_guarded(&snapshot, what, (&[], &[]), || {
                rows::compile(&snapshot, &view, root).0
            });
        }
        let query = Query { roots };
        all_guarded(&snapshot, what, (&[], &[]), || {
            compile::query(&snapshot, &view, &query)
        });
    }
    let contact = object(&snapshot, "contact");
    let all = filter(&snapshot, &contact, &json!({}));
    all_guarded(&snapshot, "an estimate", (&[], &[]), || {
        let estimate = compile::estimate(&snapshot, &view, &contact, &all, None, Deleted::Exclude);
        let Estimate::Counted(statement) = estimate else {
            panic!("the planner knows of hidden records")
        };
        statement
    });
    all_guarded(&snapshot, "stored rows", (&[], &[]), || {
        let ids = std::iter::once(record_id());
        stored::statement(&snapshot, &view, &contact, ids, stored::Next::Change)
    });
    let shown = everything(&snapshot);
    all_guarded(&snapshot, "states of records", (&[], &[]), || {
        states::statement(&snapshot, &view, &contact, &shown)
    });
}

/// The rows that are read before they are changed, those that links lead to, and what is answered.
#[test]
fn every_write_has_the_rules() {
    let snapshot = model();
    let view = limited(&snapshot);
    let contact = object(&snapshot, "contact");
    for selection in [Selection::default(), everything(&snapshot)] {
        for (action, rights) in actions(&snapshot) {
            let what = format!("{action:?}");
            let write = Write {
                object: Arc::clone(&contact),
                action,
                selection: selection.clone(),
                rollback: false,
            };
            all_guarded(&snapshot, &what, rights, || {
                statement::compile(&snapshot, &view, &write)
            });
            own_rules(
                &what,
                || statement::compile(&snapshot, &view, &write),
                rights,
            );
        }
    }
}

/// The rows before, and those after, where the rules of these rights are asked.
type Asked = (&'static [Right], &'static [Right]);

fn own_rules(what: &str, compile: impl Fn() -> Statement, (before, after): Asked) {
    let text = compile().text;
    for rule in rules().iter().filter(|rule| rule.right != Right::Read) {
        for (alias, rights) in [("t", before), ("a", after)] {
            let is_asked = is_asked(&text, alias, rule);
            assert_eq!(
                is_asked,
                rights.contains(&rule.right),
                "{what}: {alias} {}: {text}",
                rule.sql
            );
        }
    }
}

fn actions(snapshot: &Snapshot) -> Vec<(Action, Asked)> {
    use Right::{Create, Delete, Destroy, Restore, Update};
    let contact = object(snapshot, "contact");
    let id = record_id();
    let links = json!({"company_id": id, "tags_ids": [id], "score": 1});
    let new = || Record::create(&contact, &links, Spelling::Snake).unwrap();
    let changes = || Record::update(&contact, &links, Spelling::Snake).unwrap();
    let upsert = || Upsert::read(&contact, &links, Spelling::Snake).unwrap();
    let every = || filter(snapshot, &contact, &json!({}));
    let key = contact.id_key();
    let change = Change {
        id,
        version: None,
        values: changes(),
    };
    vec![
        (Action::Create(new()), (&[], &[Create])),
        (Action::CreateMany(vec![new(), new()]), (&[], &[Create])),
        (
            Action::Upsert {
                key: key.clone(),
                record: upsert(),
            },
            (&[Update], &[Create, Update]),
        ),
        (
            Action::UpsertMany {
                key,
                records: vec![upsert()],
            },
            (&[Update], &[Create, Update]),
        ),
        (
            Action::Update {
                id,
                changes: changes(),
                expected: None,
            },
            (&[Update], &[Update]),
        ),
        (Action::UpdateMany(vec![change]), (&[Update], &[Update])),
        (
            Action::UpdateWhere {
                filter: every(),
                changes: changes(),
                at_most: None,
            },
            (&[Update], &[Update]),
        ),
        (Action::Delete { id, expected: None }, (&[Delete], &[])),
        (
            Action::DeleteWhere {
                filter: every(),
                at_most: None,
            },
            (&[Delete], &[]),
        ),
        (Action::Restore { id }, (&[Restore], &[])),
        (Action::RestoreWhere { filter: every() }, (&[Restore], &[])),
        (Action::Destroy { id, expected: None }, (&[Destroy], &[])),
    ]
}

#[test]
fn a_rule_on_a_joined_record_stands_in_its_join() {
    let snapshot = model();
    let view = limited(&snapshot);
    let contact = object(&snapshot, "contact");
    let root = Root::Many {
        connection: list(
            &snapshot,
            &contact,
            "company.name",
            columns(&contact, &["id"]),
        ),
        object: contact,
    };
    let (statement, _) = rows::compile(&snapshot, &view, &root);
    let (_, join) = statement.text.split_once("LEFT JOIN (SELECT \"r#").unwrap();
    let (joined, _) = join.split_once(") AS \"s#").unwrap();
    assert!(joined.contains("\"city\" LIKE"), "{}", statement.text);
}

/// However often a rule names a variable, and wherever it stands: one parameter, so that one text serves all callers.
#[test]
fn variables_are_one_parameter_each() {
    let snapshot = model();
    let contact = object(&snapshot, "contact");
    let company = object(&snapshot, "company");
    let mut all = RowRules::default();
    let mine = json!({"or": [{"created_by": {"eq": "$user.id"}}, {"updated_by": {"in": "$user.team_ids"}},
                             {"contacts": {"some": {"created_by": {"eq": "$user.id"}}}}]});
    let mine = filter(&snapshot, &company, &mine);
    all.put(company.api_name().clone(), Right::Read, mine);
    let mine = json!({"or": [{"created_by": {"eq": "$user.id"}}, {"company": {"updated_by": {"in": "$user.team_ids"}}}]});
    let mine = filter(&snapshot, &contact, &mine);
    for right in [Right::Read, Right::Create, Right::Update] {
        all.put(contact.api_name().clone(), right, mine.clone());
    }
    let view = View::clone(&view(&snapshot)).with_rules(all);
    let selection = everything(&snapshot);
    let root = Root::Many {
        connection: list(&snapshot, &contact, "-created_at", selection.clone()),
        object: Arc::clone(&contact),
    };
    let mut statements = vec![rows::compile(&snapshot, &view, &root).0];
    for (action, _) in actions(&snapshot) {
        let write = Write {
            object: Arc::clone(&contact),
            action,
            selection: selection.clone(),
            rollback: false,
        };
        statements.push(statement::compile(&snapshot, &view, &write));
    }
    let inputs = serde_json::Map::new();
    let [user, team] = [0xada, 0x7ea].map(Uuid::from_u128);
    let caller = Caller {
        user: UserId(user),
        team_ids: &[team],
    };
    let given = BindContext::of_read(&inputs, caller);
    for statement in statements {
        let params: Vec<Param> = statement
            .slots
            .iter()
            .filter_map(|slot| slot.read(&given))
            .collect();
        for variable in [
            Param::Text(Some(user.to_string())),
            Param::List(vec![Some(team.to_string())]),
        ] {
            let count = params.iter().filter(|param| **param == variable).count();
            assert_eq!(count, 1, "{variable:?}: {}", statement.text);
        }
        // As one that Postgres may turn around, a rule is never asked.
        let rule = statement.text.matches("EXISTS(SELECT true").count();
        assert_eq!(rule, 0, "{}", statement.text);
    }
}
