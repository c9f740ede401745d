//! Writes of callers with row rules: what is done, what is refused and how, and what is left.

use serde_json::{Value as Json, json};
use std::sync::Arc;
use tessera_compiler::write::{Action, Expected, Write, Written};
use tessera_error::{Error, Result};
use tessera_schema::ident::RecordId;
use tessera_schema::naming::Spelling;
use tessera_schema::record::{self, Change, Upsert};

use super::caller::Limited;
use super::judge::{Judge, Record, Records};
use super::random::{Random, WORDS};
use super::shapes::{plain, record as whole_record};
use super::{cases, rules, seed, users, world};

/// What becomes of a write.
#[derive(Debug, Clone, PartialEq)]
enum Outcome {
    /// The records as they will be, and how many were written.
    Done(Records, usize),
    /// With one of these statuses: where a write is wrong in two ways, it is not said which is told.
    Refused(Vec<u16>),
}

/// A write in few words.
#[derive(Debug, Clone)]
enum Try {
    Create(Vec<Json>),
    Update(String, Json, Option<i32>),
    UpdateMany(Vec<(String, Json)>),
    UpdateWhere(Json, Json),
    Upsert(Vec<Json>),
    Delete(String),
    DeleteWhere(Json),
    Restore(String),
    Destroy(String),
}

const NOBODY: &str = "01900000-0000-7000-8000-000000000000";

#[tokio::test]
async fn writes_are_as_the_judge_says() {
    let mut random = Random::of(seed());
    let (_world, mut limited) = world(&mut random).await;
    let records = limited.records().await;
    let user = limited.user.to_string();
    let rights = ["create", "update", "delete", "restore", "destroy"];
    for case in 0..cases(40) {
        let rules = rules(&mut random, &rights);
        limited.set(&rules);
        for _ in 0..12 {
            let attempt = attempt(&mut random, &records);
            let judge = Judge {
                records: &records,
                rules: &rules,
                user: &user,
                in_rule: false,
            };
            let expected = judged(judge, &attempt);
            let what = format!("case {case}: {attempt:?}\n{rules:#?}");
            let write = write(&limited, &attempt);
            let (written, left) = limited.attempt(&write).await;
            let outcome = match &written {
                Err(Error::User(error)) => Outcome::Refused(vec![error.status()]),
                Err(Error::Internal(error)) => panic!("{error}: {what}"),
                Ok(done) => {
                    let left = left.as_ref().unwrap();
                    Outcome::Done(
                        left.records.clone(),
                        usize::try_from(done.affected).unwrap(),
                    )
                }
            };
            compare(&expected, &outcome, &what);
            if let (Outcome::Refused(_), Some(left)) = (&outcome, &left) {
                assert_eq!(left.records, records, "nothing is written: {what}");
                assert_eq!(left.events, 0, "{what}");
            }
            answered(judge, &attempt, &expected, written, &what);
            let unknown = unknown_in_place_of_unseen(judge, &attempt);
            let (other, _) = limited.attempt(&self::write(&limited, &unknown)).await;
            if let (Outcome::Refused(status), Err(Error::User(error))) = (&outcome, &other) {
                assert_eq!(status[0], error.status(), "unseen is as unknown: {what}");
            } else {
                let both_done = matches!(outcome, Outcome::Done(..)) && other.is_ok();
                assert!(both_done, "unseen is as unknown: {what}");
            }
        }
    }
    limited.close().await;
}

/// New records have ids of their own.
fn compare(expected: &Outcome, outcome: &Outcome, what: &str) {
    let (wanted, count, left, written) = match (expected, outcome) {
        (Outcome::Done(wanted, count), Outcome::Done(left, written)) => {
            (wanted, count, left, written)
        }
        (Outcome::Refused(expected), Outcome::Refused(status)) => {
            assert!(
                expected.contains(&status[0]),
                "{expected:?} {status:?} {what}"
            );
            return;
        }
        (expected, outcome) => panic!("{} {} {what}", told(expected), told(outcome)),
    };
    let without_ids = |records: &Records| {
        let all = records.values().map(|record| Record {
            id: String::new(),
            ..record.clone()
        });
        let mut all: Vec<String> = all.map(|record| format!("{record:?}")).collect();
        all.sort();
        all
    };
    assert_eq!(without_ids(wanted), without_ids(left), "{what}");
    assert_eq!(count, written, "{what}");
}

fn told(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done(..) => "done".to_owned(),
        Outcome::Refused(statuses) => format!("{statuses:?}"),
    }
}

/// What is answered of a record that was written is what the caller sees of it.
fn answered(
    judge: Judge<'_>,
    attempt: &Try,
    expected: &Outcome,
    written: Result<Written>,
    what: &str,
) {
    let (Outcome::Done(records, _), Ok(written)) = (expected, written) else {
        return;
    };
    let (Try::Update(id, ..) | Try::Delete(id) | Try::Restore(id)) = attempt else {
        return;
    };
    let record = &records[id];
    let sees = judge.sees(record);
    let body: Json = serde_json::from_slice(&written.body).unwrap();
    for key in plain("person") {
        let cell = if sees || *key == "id" {
            judge.cell(record, key)
        } else {
            Json::Null
        };
        assert_eq!(body[*key], cell, "{key}: {what}");
    }
}

fn attempt(random: &mut Random, records: &Records) -> Try {
    let of = |object: &str| -> Vec<String> {
        let all = records.values().filter(|record| record.object == object);
        all.map(|record| record.id.clone()).collect()
    };
    let (people, firms, tags) = (of("person"), of("firm"), of("tag"));
    let person = |random: &mut Random| {
        if random.once_in(12) {
            NOBODY.to_owned()
        } else {
            random.pick(&people)
        }
    };
    let (one, other) = (person(random), person(random));
    let values = |random: &mut Random, new: bool| {
        let owners = [json!("me"), json!(uuid::Uuid::nil()), Json::Null];
        let mut ids = firms.clone();
        ids.push(NOBODY.to_owned());
        let all = [
            ("name", json!(random.pick(&WORDS))),
            ("city", random.city()),
            ("owner", random.pick(&owners)),
            ("score", json!(random.below(8))),
            (
                "firm_id",
                if random.once_in(3) {
                    Json::Null
                } else {
                    json!(random.pick(&ids))
                },
            ),
            (
                "tags_ids",
                json!(
                    tags.iter()
                        .filter(|_| random.once_in(4))
                        .collect::<Vec<_>>()
                ),
            ),
        ];
        let mut body = json!({});
        for (key, value) in all {
            if (key == "score" && new) || random.once_in(3) {
                body[key] = value;
            }
        }
        body
    };
    match random.below(13) {
        0 => Try::Create(vec![values(random, true)]),
        1 => Try::Create(vec![values(random, true), values(random, true)]),
        2 => Try::UpdateMany(if one == other {
            vec![(one, values(random, false))]
        } else {
            vec![(one, values(random, false)), (other, values(random, false))]
        }),
        3 => {
            let changes = values(random, false);
            Try::UpdateWhere(random.filter("person", 1, &users()), changes)
        }
        4 | 5 => {
            let mut keyed = |id: &String| {
                let mut body = values(random, true);
                let known = records.get(id).map(|record| record.values["code"].clone());
                body["code"] = known.unwrap_or(json!("new"));
                body
            };
            Try::Upsert(if one == other {
                vec![keyed(&one)]
            } else {
                vec![keyed(&one), keyed(&other)]
            })
        }
        6 => Try::Delete(one),
        7 => Try::DeleteWhere(random.filter("person", 1, &users())),
        8 => Try::Restore(if random.once_in(2) {
            let mut people = records.values().filter(|record| record.object == "person");
            people.find(|record| record.binned).unwrap().id.clone()
        } else {
            one
        }),
        9 => Try::Destroy(one),
        _ => {
            let version = random.once_in(6).then_some(7);
            Try::Update(one, values(random, false), version)
        }
    }
}

/// The same write, with ids of records that are not there in place of those that are not seen.
fn unknown_in_place_of_unseen(judge: Judge<'_>, attempt: &Try) -> Try {
    let id = |id: &mut Json| {
        let unseen = id
            .as_str()
            .is_some_and(|id| links_to_nothing(judge, &json!({"firm_id": id})));
        if unseen {
            *id = json!(NOBODY);
        }
    };
    let body = |body: &mut Json| {
        if let Some(firm) = body.get_mut("firm_id") {
            id(firm);
        }
        if let Some(tags) = body.get_mut("tags_ids").and_then(Json::as_array_mut) {
            tags.iter_mut().for_each(id);
            // A list names each record once.
            tags.dedup();
            let mut nobody = tags.iter().filter(|tag| **tag == json!(NOBODY));
            if nobody.nth(1).is_some() {
                tags.retain(|tag| *tag != json!(NOBODY));
                tags.push(json!(NOBODY));
            }
        }
    };
    let mut other = attempt.clone();
    match &mut other {
        Try::Create(bodies) | Try::Upsert(bodies) => bodies.iter_mut().for_each(body),
        Try::Update(_, values, _) | Try::UpdateWhere(_, values) => body(values),
        Try::UpdateMany(changes) => changes.iter_mut().for_each(|(_, values)| body(values)),
        Try::Delete(_) | Try::DeleteWhere(_) | Try::Restore(_) | Try::Destroy(_) => {}
    }
    other
}

fn write(limited: &Limited, attempt: &Try) -> Write {
    let object = limited.object("person");
    let me = limited.user.to_string();
    let body = |body: &Json| {
        let mut body = body.clone();
        if body.get("owner") == Some(&json!("me")) {
            body["owner"] = json!(me);
        }
        body
    };
    let id = |id: &str| RecordId(id.parse().unwrap());
    let new =
        |values: &Json| record::Record::create(&object, &body(values), Spelling::Snake).unwrap();
    let change =
        |values: &Json| record::Record::update(&object, &body(values), Spelling::Snake).unwrap();
    let action = match attempt {
        Try::Create(bodies) if bodies.len() == 1 => Action::Create(new(&bodies[0])),
        Try::Create(bodies) => Action::CreateMany(bodies.iter().map(new).collect()),
        Try::Update(of, values, version) => Action::Update {
            id: id(of),
            changes: change(values),
            expected: version.map(|version| Expected::IfMatch(vec![version])),
        },
        Try::UpdateMany(changes) => {
            let changes = changes.iter().map(|(of, values)| Change {
                id: id(of),
                version: None,
                values: change(values),
            });
            Action::UpdateMany(changes.collect())
        }
        Try::UpdateWhere(filter, values) => Action::UpdateWhere {
            filter: limited.filter(&object, filter),
            changes: change(values),
            at_most: None,
        },
        Try::Upsert(bodies) => {
            let read =
                |values: &Json| Upsert::read(&object, &body(values), Spelling::Snake).unwrap();
            let key = object.unique_keys().find(|key| key.name == "code").unwrap();
            Action::UpsertMany {
                key,
                records: bodies.iter().map(read).collect(),
            }
        }
        Try::Delete(of) => Action::Delete {
            id: id(of),
            expected: None,
        },
        Try::DeleteWhere(filter) => Action::DeleteWhere {
            filter: limited.filter(&object, filter),
            at_most: None,
        },
        Try::Restore(of) => Action::Restore { id: id(of) },
        Try::Destroy(of) => Action::Destroy {
            id: id(of),
            expected: None,
        },
    };
    Write {
        selection: whole_record(limited, "person"),
        object: Arc::clone(&object),
        action,
        rollback: false,
    }
}

/// What the judge says of a write.
fn judged(judge: Judge<'_>, attempt: &Try) -> Outcome {
    let mut left = judge.records.clone();
    let seen = |id: &str, in_bin: bool| {
        let record = judge.records.get(id)?;
        (judge.sees(record) && (in_bin || !record.binned)).then_some(record)
    };
    match attempt {
        Try::Create(bodies) => {
            let made: Vec<(Record, &Json)> = bodies
                .iter()
                .enumerate()
                .map(|(number, body)| (with(judge, &empty(number), body), body))
                .collect();
            let becoming = made.iter().map(|(record, body)| (None, record, *body));
            if let Some(statuses) = refusal(judge, becoming) {
                return Outcome::Refused(statuses);
            }
            let count = made.len();
            left.extend(
                made.into_iter()
                    .map(|(record, _)| (record.id.clone(), record)),
            );
            Outcome::Done(left, count)
        }
        Try::Update(id, body, version) => {
            let Some(record) = seen(id, false) else {
                return Outcome::Refused(vec![404]);
            };
            let after = with(judge, record, body);
            let refused = refusal(judge, std::iter::once((Some(record), &after, body)));
            if version.is_some() {
                // No record has this version.
                return Outcome::Refused(match refused.as_deref() {
                    Some([403]) => vec![403],
                    refused => [refused.unwrap_or_default(), &[412]].concat(),
                });
            }
            if let Some(statuses) = refused {
                return Outcome::Refused(statuses);
            }
            left.insert(id.clone(), after);
            Outcome::Done(left, 1)
        }
        Try::UpdateMany(changes) => {
            let mut becoming = Vec::new();
            for (id, body) in changes {
                let Some(record) = seen(id, false) else {
                    return Outcome::Refused(vec![422]);
                };
                becoming.push((record, with(judge, record, body), body));
            }
            let each = becoming
                .iter()
                .map(|(record, after, body)| (Some(*record), after, *body));
            if let Some(statuses) = refusal(judge, each) {
                return Outcome::Refused(statuses);
            }
            let count = becoming.len();
            left.extend(
                becoming
                    .into_iter()
                    .map(|(_, after, _)| (after.id.clone(), after)),
            );
            Outcome::Done(left, count)
        }
        Try::UpdateWhere(filter, body) => {
            let found = judge.list("person", filter, "").into_iter();
            let found: Vec<_> = found
                .filter(|record| may_change(judge, record, body, "update"))
                .map(|record| (record, with(judge, record, body)))
                .collect();
            let each = found
                .iter()
                .map(|(record, after)| (Some(*record), after, body));
            if let Some(statuses) = refusal(judge, each) {
                return Outcome::Refused(statuses);
            }
            let count = found.len();
            left.extend(
                found
                    .into_iter()
                    .map(|(_, after)| (after.id.clone(), after)),
            );
            Outcome::Done(left, count)
        }
        Try::Upsert(bodies) => upserted(judge, left, bodies),
        Try::Delete(id) => match seen(id, false) {
            None => Outcome::Refused(vec![404]),
            Some(record) if !judge.may(record, "delete") => Outcome::Refused(vec![403]),
            Some(record) => binned(left, [record], true),
        },
        Try::DeleteWhere(filter) => {
            let found = judge.list("person", filter, "").into_iter();
            binned(
                left,
                found.filter(|record| judge.may(record, "delete")),
                true,
            )
        }
        Try::Restore(id) => match seen(id, true) {
            None => Outcome::Refused(vec![404]),
            Some(record) if !judge.may(record, "restore") => Outcome::Refused(vec![403]),
            Some(record) if !record.binned => Outcome::Refused(vec![409]),
            Some(record) => binned(left, [record], false),
        },
        Try::Destroy(id) => match seen(id, true) {
            None => Outcome::Refused(vec![404]),
            Some(record) if !judge.may(record, "destroy") => Outcome::Refused(vec![403]),
            Some(record) => {
                left.remove(&record.id);
                Outcome::Done(left, 1)
            }
        },
    }
}

fn upserted(judge: Judge<'_>, mut left: Records, bodies: &[Json]) -> Outcome {
    let mut becoming = Vec::new();
    let mut hidden = false;
    for (number, body) in bodies.iter().enumerate() {
        let mut all = judge.records.values();
        let known =
            all.find(|record| !record.binned && record.values.get("code") == Some(&body["code"]));
        let seen = known.filter(|record| judge.sees(record));
        hidden |= known.is_some() && seen.is_none();
        let new = empty(number);
        becoming.push((seen, with(judge, seen.unwrap_or(&new), body), body));
    }
    let codes: Vec<&Json> = bodies.iter().map(|body| &body["code"]).collect();
    if codes.len() == 2 && codes[0] == codes[1] {
        return Outcome::Refused(vec![409]);
    }
    let each = || {
        becoming
            .iter()
            .map(|(record, after, body)| (*record, after, *body))
    };
    let refused = refusal(judge, each());
    if hidden {
        return Outcome::Refused([refused.unwrap_or_default(), vec![409]].concat());
    }
    if let Some(statuses) = refused {
        return Outcome::Refused(statuses);
    }
    let count = becoming.len();
    left.extend(
        becoming
            .into_iter()
            .map(|(_, after, _)| (after.id.clone(), after)),
    );
    Outcome::Done(left, count)
}

fn binned<'r>(
    mut left: Records,
    found: impl IntoIterator<Item = &'r Record>,
    binned: bool,
) -> Outcome {
    let mut count = 0;
    for record in found {
        left.get_mut(&record.id).unwrap().binned = binned;
        count += 1;
    }
    Outcome::Done(left, count)
}

fn empty(number: usize) -> Record {
    let keys = ["name", "city", "code", "score", "owner", "firm_id"];
    Record {
        object: "person",
        id: format!("new{number}"),
        values: keys.map(|key| (key.to_owned(), Json::Null)).into(),
        tags: Vec::new(),
        binned: false,
    }
}

/// A record with some values changed.
fn with(judge: Judge<'_>, record: &Record, body: &Json) -> Record {
    let mut after = record.clone();
    for (key, value) in body.as_object().unwrap() {
        if key == "tags_ids" {
            after.tags = serde_json::from_value(value.clone()).unwrap();
            after.tags.sort();
            continue;
        }
        let me = key == "owner" && *value == json!("me");
        let value = if me { json!(judge.user) } else { value.clone() };
        after.values.insert(key.clone(), value);
    }
    after
}

fn fields(body: &Json) -> impl Iterator<Item = &str> {
    let keys = body.as_object().unwrap().keys();
    keys.map(|key| {
        key.strip_suffix("_ids")
            .or(key.strip_suffix("_id"))
            .unwrap_or(key)
    })
}

fn may_change(judge: Judge<'_>, record: &Record, body: &Json, right: &'static str) -> bool {
    let mut fields = fields(body).filter(|field| right == "create" || *field != "code");
    judge.may(record, right) && fields.all(|field| judge.may_on(record, field, right))
}

fn links_to_nothing(judge: Judge<'_>, body: &Json) -> bool {
    let firm = body.get("firm_id").and_then(Json::as_str);
    let tags = body.get("tags_ids").and_then(Json::as_array);
    let tags = tags.into_iter().flatten().filter_map(Json::as_str);
    let mut ids = firm.into_iter().chain(tags);
    ids.any(|id| {
        let record = judge.records.get(id);
        record.is_none_or(|record| record.binned || !judge.sees(record))
    })
}

/// Why records may not become what they would.
fn refusal<'r>(
    judge: Judge<'_>,
    becoming: impl Iterator<Item = (Option<&'r Record>, &'r Record, &'r Json)>,
) -> Option<Vec<u16>> {
    let becoming: Vec<_> = becoming.collect();
    let (mut missing, mut forbidden) = (false, false);
    for (before, after, body) in becoming {
        let right = before.map_or("create", |_| "update");
        if before.is_some_and(|before| !may_change(judge, before, body, right)) {
            forbidden = true;
            continue;
        }
        missing |= links_to_nothing(judge, body);
        forbidden |= !may_change(judge, after, body, right);
    }
    let statuses = [(missing, 422), (forbidden, 403)];
    let statuses = statuses.into_iter().filter(|(is, _)| *is);
    let statuses: Vec<u16> = statuses.map(|(_, status)| status).collect();
    (!statuses.is_empty()).then_some(statuses)
}
