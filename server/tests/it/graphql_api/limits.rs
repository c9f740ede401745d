//! How much one operation may ask; each refusal names the limit.

use serde_json::json;

use crate::support::Tenant;

#[tokio::test]
async fn each_limit_is_named() {
    let tenant = Tenant::new().await;
    let nested = |levels: usize| {
        let level = "company { contacts(first: 1) { nodes { ";
        let open = level.repeat(levels);
        format!(
            "{{ contacts(first: 1) {{ nodes {{ {open} id {} }} }} }}",
            "} } }".repeat(levels)
        )
    };
    let dear = "company { contacts(first: 1000) { nodes { company { contacts(first: 1000) { nodes { id } } } } } }";
    let roots: String = (0..60)
        .map(|n| format!("a{n}: contacts {{ totalCount }} "))
        .collect();
    let bomb: String = (0..25)
        .map(|n| format!("fragment f{n} on Query {{ ...f{0} ...f{0} }} ", n + 1))
        .collect();
    for (query, limit) in [
        (nested(4), "12 deep"),
        (nested(20), "32"),
        (
            format!("{{ contacts(first: 1000) {{ nodes {{ {dear} }} }} }}"),
            "1000000",
        ),
        (format!("{{ {roots} }}"), "50 fields"),
        (
            format!("{{ ...f0 }} {bomb} fragment f25 on Query {{ __typename }}"),
            "10000 fields",
        ),
        (
            format!("{{ contacts {{ totalCount }} }} #{}", "x".repeat(200_000)),
            "100000 bytes",
        ),
        (
            "{ contacts(first: 1001) { totalCount } }".to_owned(),
            "1000",
        ),
        (
            format!(
                "{{ contacts(filter: {}{{}}{}) {{ totalCount }} }}",
                "{not: ".repeat(90),
                "}".repeat(90)
            ),
            "",
        ),
        (format!("{{ a {} }}", "{ a ".repeat(50_000)), "100"),
    ] {
        let answer = tenant.graphql(&query, json!({})).await;
        let shown: String = query.chars().take(80).collect();
        let message = answer.body["errors"][0]["message"]
            .as_str()
            .unwrap_or_default();
        assert!(
            !message.is_empty() && message.contains(limit),
            "{shown}: {:.300}",
            answer.text
        );
        assert_eq!(
            answer.body["errors"][0]["extensions"]["code"], "malformed",
            "{shown}"
        );
    }
    tenant
        .data("{ contacts(first: 1000) { totalCount } }", json!({}))
        .await;
}
