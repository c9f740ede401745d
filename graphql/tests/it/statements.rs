//! How many statements an operation takes.

use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::json;

use crate::client::Client;

/// The statements on records that are run meanwhile, all on this thread.
async fn statements(work: impl Future) -> u64 {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let guard = metrics::set_default_local_recorder(&recorder);
    work.await;
    drop(guard);
    let text = handle.render();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("tessera_statements_total "));
    line.map_or(0, |count| count.parse().unwrap())
}

#[tokio::test]
async fn one_for_all_fields_of_a_query_and_one_for_each_of_a_mutation() {
    let client = Client::new().await;
    for (operation, expected) in [
        ("{ __typename __schema { queryType { name } } }", 0),
        (
            "{ a: firms { totalCount nodes { people { nodes { deals { nodes { firm { name } } } } } } } \
             b: people(filter: {firm: {deals: {some: {name: {eq: \"x\"}}}}}) { pageInfo { hasNextPage } } \
             c: deal(id: \"01939f8e-0000-7000-8000-000000000001\") { name } __typename }",
            1,
        ),
        (
            "mutation { a: createFirm(data: {name: \"a\"}) { id people { totalCount } } \
             b: createFirms(data: [{name: \"b\"}, {name: \"c\"}]) { id } \
             c: updateFirms(filter: {name: {eq: \"a\"}}, data: {city: \"x\"}) { affected } }",
            3,
        ),
    ] {
        let count = statements(client.data(operation, json!({}))).await;
        assert_eq!(count, expected, "{operation}");
    }
}
