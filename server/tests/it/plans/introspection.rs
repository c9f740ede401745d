//! What was said about a schema is said again, as long as it is true.

use serde_json::{Value as Json, json};
use tokio::task::JoinSet;

use super::{Crm, NOTHING, told};

const TYPE: &str = "query($n: String!) { __type(name: $n) { fields { name } } }";
const WRITES: &str = "{ __schema { mutationType { fields { name } } } }";

fn contact() -> Json {
    json!({"n": "Contact"})
}

#[tokio::test]
async fn it_is_made_once_for_each_question() {
    let crm = Crm::new().await;
    let first = told(&crm.tenant, TYPE, &contact()).await;
    let (again, cost) = crm.costly(told(&crm.tenant, TYPE, &contact())).await;
    assert_eq!((again, cost), (first.clone(), NOTHING));
    let other = told(&crm.tenant, TYPE, &json!({"n": "Company"})).await;
    assert!(other.contains("employees") && other != first, "{other}");
    assert_eq!(
        crm.as_if_first(&crm.tenant, TYPE, &json!({"n": "Nonsense"}))
            .await,
        None
    );
    let beside = "{ __type(name: \"Contact\") { name } contacts(filter: {city: {eq: \"Riga\"}}) { totalCount } }";
    let found = async || crm.tenant.data(beside, json!({})).await["contacts"]["totalCount"].take();
    assert_eq!(found().await, 2);
    let new = json!({"last_name": "Fay", "city": "Riga"});
    crm.tenant.create("contacts", new).await;
    assert_eq!(found().await, 3, "records are never said again");
}

#[tokio::test]
async fn after_a_change_of_the_model_it_is_made_anew() {
    let crm = Crm::new().await;
    assert!(!told(&crm.tenant, TYPE, &contact()).await.contains("nick"));
    let fields = "/api/v1/metadata/objects/contact/fields";
    let field = json!({"api_name": "nick", "type": "text"});
    crm.tenant.post(fields, field).await.created();
    assert!(told(&crm.tenant, TYPE, &contact()).await.contains("nick"));
}

#[tokio::test]
async fn it_is_for_those_who_may_do_the_same() {
    let crm = Crm::new().await;
    let member = crm.reader().await;
    for _ in 0..2 {
        let admins = told(&crm.tenant, WRITES, &json!({})).await;
        assert!(admins.contains("\"createContact\""), "{admins}");
        let members = told(&member, WRITES, &json!({})).await;
        assert!(!members.contains("\"createContact\""), "{members}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn however_many_ask_at_once() {
    let crm = Crm::new().await;
    let ((), cost) = crm
        .costly(async {
            let mut asking = JoinSet::new();
            for _ in 0..8 {
                let client = (*crm.tenant).clone();
                asking.spawn(async move { told(&client, TYPE, &contact()).await });
            }
            let told = asking.join_all().await;
            assert!(told.iter().all(|each| *each == told[0]));
        })
        .await;
    assert_eq!(cost.validated, 1);
}
