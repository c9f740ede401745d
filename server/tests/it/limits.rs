//! What one request may ask of Postgres, in both APIs: bounds that are told, and nothing within them that is too much.

mod dearest;
mod violations;

use serde_json::{Value as Json, json};
use std::fmt::Write;

use crate::support::{Answer, Tenant};

/// `part` so many times, `#` being its number.
fn repeated(part: &str, count: usize) -> String {
    let parts = (0..count).map(|number| part.replace('#', &number.to_string()));
    parts.collect::<Vec<_>>().join(" ")
}

fn of_contacts(part: &str, count: usize) -> String {
    format!(
        "{{contacts(first:1){{nodes{{{}}}}}}}",
        repeated(part, count)
    )
}

fn filtered(condition: &str, count: usize) -> String {
    let conditions = repeated(condition, count);
    format!("{{contacts(first:1,filter:{{and:[{conditions}]}}){{nodes{{id}}}}}}")
}

/// The code of the first thing that is wrong, if any.
fn fault(answer: &Answer) -> Option<String> {
    let json: Json = serde_json::from_str(&answer.text).unwrap();
    let errors = [
        &json["errors"][0],
        &json["errors"][0]["extensions"]["errors"][0],
    ];
    let codes = errors.map(|error| error["code"].as_str().map(str::to_owned));
    codes.into_iter().flatten().next()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_takes_fifty_joins_over_graphql() {
    type Document = fn(usize) -> String;
    let cases: [(&str, usize, Document); 8] = [
        ("counts", 50, |n| {
            of_contacts("a#:opportunities{totalCount}", n)
        }),
        ("aggregates", 50, |n| {
            of_contacts("a#:opportunities{aggregate{count}}", n)
        }),
        ("lists", 50, |n| {
            of_contacts("a#:opportunities(first:1){nodes{id}}", n)
        }),
        ("lists with counts", 25, |n| {
            of_contacts("a#:opportunities(first:1){totalCount nodes{id}}", n)
        }),
        ("relations of lists", 25, |n| {
            of_contacts("a#:opportunities(first:1){nodes{company{id}}}", n)
        }),
        ("some", 25, |n| {
            filtered("{opportunities:{some:{name:{eq:\"#\"}}}}", n)
        }),
        ("to one", 25, |n| filtered("{company:{name:{eq:\"#\"}}}", n)),
        ("beside another root", 50, |n| {
            let contacts = of_contacts("a#:opportunities(first:1){nodes{id}}", n);
            format!("{{companies(first:1){{nodes{{id}}}} {}", &contacts[1..])
        }),
    ];
    let tenant = Tenant::new().await;
    for (name, most, document) in cases {
        let most_asked = tenant.graphql(&document(most), json!({})).await;
        assert_eq!(fault(&most_asked), None, "{name}: {}", most_asked.text);
        let one_more = tenant.graphql(&document(most + 1), json!({})).await;
        let code = fault(&one_more);
        assert_eq!(
            code.as_deref(),
            Some("too_many_joins"),
            "{name}: {}",
            one_more.text
        );
        assert!(one_more.text.contains("50"), "{name}: {}", one_more.text);
    }
}

/// Paths of `fields` for contacts, of which each takes one join more than those before it.
fn paths() -> Vec<String> {
    let mut paths = Vec::new();
    for before in ["", "opportunities.contact."] {
        if !before.is_empty() {
            paths.extend(["opportunities.id", "opportunities.contact.id"].map(str::to_owned));
        }
        let depth = 6 - before.matches('.').count();
        for managers in 0..=depth {
            let at = format!("{before}{}", "reports_to.".repeat(managers));
            if managers > 0 {
                paths.push(format!("{at}id"));
            }
            for parents in 0..=(depth - managers) {
                paths.push(format!("{at}company.{}id", "parent.".repeat(parents)));
            }
        }
    }
    paths
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_takes_fifty_joins_over_rest() {
    let tenant = Tenant::new().await;
    let fields = |count: usize| ("fields", paths()[..count].join(","));
    let filter = |count: usize| {
        let condition = json!({"company": {"name": {"eq": "x"}}});
        ("filter", json!({"and": vec![condition; count]}).to_string())
    };
    for (within, beyond) in [(fields(50), fields(51)), (filter(25), filter(26))] {
        let find = async |(name, value): &(&str, String)| {
            tenant
                .find("/api/v1/contacts", &[(*name, value.as_str())])
                .await
        };
        find(&within).await.ok();
        let refused = find(&beyond).await;
        assert_eq!(
            fault(&refused).as_deref(),
            Some("too_many_joins"),
            "{}",
            refused.text
        );
    }
    // All of a batch together: ten times as many.
    let batch = |joins: usize| {
        let path = format!("/contacts?limit=1&fields={}", paths()[..joins].join(","));
        let operation = json!({"method": "GET", "path": path});
        json!({"operations": vec![operation; 100]})
    };
    tenant.post("/api/v1/batch", batch(5)).await.ok();
    let refused = tenant.post("/api/v1/batch", batch(6)).await;
    assert_eq!(
        fault(&refused).as_deref(),
        Some("too_many_joins"),
        "{}",
        refused.text
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mutation_that_takes_too_many_joins_does_nothing() {
    let tenant = Tenant::new().await;
    let mutation = |fields: usize| {
        let shown = repeated("a#:opportunities{totalCount}", 50);
        let mut text = String::new();
        for number in 0..fields {
            write!(
                text,
                "b{number}:createContact(data:{{lastName:\"x\"}}){{{shown}}} "
            )
            .unwrap();
        }
        format!("mutation {{{text}}}")
    };
    let refused = tenant.graphql(&mutation(11), json!({})).await;
    assert_eq!(
        fault(&refused).as_deref(),
        Some("too_many_joins"),
        "{}",
        refused.text
    );
    assert!(refused.text.contains("500"), "{}", refused.text);
    let list = tenant.get("/api/v1/contacts").await.ok();
    assert_eq!(list["data"], json!([]), "nothing was done");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_answers_of_a_batch_are_bounded_together() {
    let tenant = Tenant::new().await;
    let ask = async |contacts: u32, named: bool, preference: &str| {
        let path = format!("/companies?limit=1000&fields=contacts(limit:{contacts}).id");
        let operation = |number: usize| {
            let mut operation = json!({"method": "GET", "path": path});
            if named {
                operation["ref"] = format!("a{number}").into();
            }
            operation
        };
        let operations: Vec<_> = (0..100).map(operation).collect();
        let request = tenant.request(reqwest::Method::POST, "/api/v1/batch");
        let request = request.header("prefer", preference);
        Answer::to(request.json(&json!({"operations": operations}))).await
    };
    // Of 9,000 and of 11,000 records each.
    ask(8, false, "").await.ok();
    let refused = ask(10, false, "").await;
    assert_eq!(refused.refusal(), "400 /operations/90 too_costly");
    // What nobody will see is not kept.
    ask(10, false, "return=minimal").await.ok();
    let refused = ask(10, true, "return=minimal").await;
    assert_eq!(refused.refusal(), "400 /operations/90 too_costly");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_answers_of_a_mutation_are_bounded_together() {
    let tenant = Tenant::new().await;
    let mutation = |fields: usize| {
        let shown = format!(
            "{{opportunities(first:1000){{nodes{{{}}}}}}}",
            repeated("a#:name", 29)
        );
        let field = format!("b#:createContact(data:{{lastName:\"x\"}}){shown}");
        format!("mutation {{{}}}", repeated(&field, fields))
    };
    // Of 29,000 values each.
    let refused = tenant.graphql(&mutation(49), json!({})).await;
    let code = fault(&refused);
    assert_eq!(code.as_deref(), Some("too_costly"), "{}", refused.text);
    let list = tenant.get("/api/v1/contacts").await.ok();
    assert_eq!(list["data"], json!([]), "nothing was done");
    tenant.data(&mutation(48), json!({})).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn aliases_of_a_relation_are_one_join_and_all_are_answered() {
    let tenant = Tenant::new().await;
    let parent = tenant.id_of("companies", json!({"name": "Parent"})).await;
    let company = json!({"name": "Acme", "city": "Riga", "parent_id": parent});
    let company = tenant.id_of("companies", company).await;
    tenant
        .create("contacts", json!({"last_name": "A", "company_id": company}))
        .await;
    tenant.create("contacts", json!({"last_name": "B"})).await;
    let shown = |count: usize| {
        let part = "a#:company{name b:parent{name} c:parent{id}} d#:company{city}";
        let aliases = repeated(part, count);
        format!("contacts(orderBy:[{{lastName:ASC}}]){{nodes{{lastName {aliases}}}}}")
    };
    let beside = |count: usize| format!("{{{} notes{{nodes{{id}}}}}}", shown(count));
    // Beside another root Postgres makes the JSON, and has a row to plan for each alias.
    let refused = tenant.graphql(&beside(25), json!({})).await;
    let code = fault(&refused);
    assert_eq!(code.as_deref(), Some("too_many_joins"), "{}", refused.text);
    for (count, document) in [(100, format!("{{{}}}", shown(100))), (12, beside(12))] {
        let data = tenant.data(&document, json!({})).await;
        let nodes = &data["contacts"]["nodes"];
        for number in 0..count {
            let (a, d) = (format!("a{number}"), format!("d{number}"));
            let expected = json!({"name": "Acme", "b": {"name": "Parent"}, "c": {"id": parent}});
            assert_eq!(nodes[0][&a], expected);
            assert_eq!(nodes[0][&d], json!({"city": "Riga"}));
            assert_eq!(nodes[1][&a], Json::Null);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rich_requests_are_within_the_limits() {
    let tenant = Tenant::new().await;
    let document =
        "{contacts(first:20, filter:{company:{city:{eq:\"Riga\"}}}, orderBy:[{company:{name:ASC}}]) {
        totalCount nodes { id
            company{name parent{name}} reportsTo{lastName company{name}}
            opportunities(first:20){totalCount nodes{id name company{name} contact{lastName}}}
            tasks(first:20){nodes{id subject company{name}}}
        }}
        companies(first:50){totalCount nodes{id contacts(first:50){nodes{id company{name}}}}}
    }";
    let answer = tenant.graphql(document, json!({})).await;
    assert_eq!(fault(&answer), None, "{}", answer.text);
    let parameters = [
        (
            "fields",
            "*,company.*,company.parent.name,reports_to.*,opportunities.*,tasks.*,notes.title",
        ),
        ("limit", "500"),
        ("count", "exact"),
    ];
    tenant.find("/api/v1/contacts", &parameters).await.ok();
}
