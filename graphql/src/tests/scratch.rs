use serde_json::json;
use std::time::Instant;
use super::support::{block_on, compiled, plan_on, MODEL};
use crate::schema::{Built, Scope};
fn rss() -> usize { std::fs::read_to_string("/proc/self/statm").unwrap().split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096 }
#[test]
fn measure() {
    let objects: Vec<_> = (0..1_000).map(|n| {
        let mut fields: Vec<_> = (0..20).map(|f| json!({"api_name": format!("f{f}"), "type": "text"})).collect();
        if n > 0 { fields.push(json!({"api_name":"parent","type":"relation","settings":{"to":format!("object{}",n-1),"inverse":{"api_name":"children"}}})); }
        json!({"api_name": format!("object{n}"), "fields": fields}) }).collect();
    let model = compiled(&objects);
    for q in ["{ object7s { nodes { id f1 parent { f2 } } } }","{ object999s { nodes { id f1 parent { f2 } } } }","{ object500s { nodes { id f1 parent { f2 } children { totalCount } } } }", "mutation { createObject7(data:{f1:\"a\"}) { id } }", "{ object7s(filter:{f1:{eq:\"a\"}}) { nodes { id f1 parent { f2 } } } }"] {
        let s = Instant::now();
        let _ = plan_on(&model, None, q, &json!({})).unwrap();
        eprintln!("partial {:?}", s.elapsed());
    }
    let before = rss(); let s = Instant::now();
    let built = Built::new(&model, true, &Scope::Everything);
    eprintln!("full build {:?} weight {} rss +{}", s.elapsed(), built.weight, rss()-before);
    let s = Instant::now();
    let r = block_on(built.schema.execute("{ __schema { types { name kind fields { name args { name type { name } } type { name kind ofType { name } } } inputFields { name type { name kind } } } } }"));
    eprintln!("introspect {:?} errors {:?}", s.elapsed(), r.errors.len());
    let s = Instant::now();
    let t = serde_json::to_string(&r.data).unwrap();
    eprintln!("serialise {:?} {}", s.elapsed(), t.len());
    let before = rss();
    let doc = crate::document::Document::parse("{ contacts(filter:{lastName:{eq:\"a\"}}) { nodes { id firstName company { name } } } }", None).unwrap();
    let all: Vec<_> = (0..200).map(|_| Built::new(&MODEL, true, &doc.scope(&Default::default()))).collect();
    eprintln!("partial weight {} rss each {}", all[0].weight, (rss()-before)/200);
}
#[test]
fn rig() {
    let t = |n: &str, ty: &str| json!({"api_name": n, "type": ty});
    let model = compiled(&[
      json!({"api_name":"rig_company","plural_api_name":"rig_companies","fields":[t("name","text"),t("city","text")]}),
      json!({"api_name":"rig_contact","fields":[t("first_name","text"),t("last_name","text"),t("email","email"),t("phone","phone"),t("title","text"),t("city","text"),t("lead_score","integer"),t("status","text"),t("made_at","datetime"),t("custom_text","text"),t("custom_number","decimal"),t("custom_date","date"),t("custom_bool","boolean"),
        json!({"api_name":"company","type":"relation","settings":{"to":"rig_company","inverse":{"api_name":"contacts"}}})]}),
      json!({"api_name":"rig_opportunity","plural_api_name":"rig_opportunities","fields":[t("name","text"),t("stage","text"),t("amount","decimal"),t("close_date","date"),t("made_at","datetime"),json!({"api_name":"company","type":"relation","settings":{"to":"rig_company","inverse":{"api_name":"opportunities"}}})]}),
    ]);
    let id = "01939f8e-0000-7000-8000-000000000001";
    for (q, v) in [
      ("query($id:UUID!){rigContact(id:$id){id firstName lastName email phone title city leadScore status madeAt company{id name}}}", json!({"id":id})),
      ("query($s:String!,$n:Int!){rigContacts(first:20,orderBy:[{madeAt:DESC}],filter:{status:{eq:$s},leadScore:{gte:$n}}){nodes{id firstName lastName email phone title city leadScore status madeAt company{id name}}}}", json!({"s":"lead","n":5})),
      ("query($c:String!){rigCompanies(first:20,orderBy:[{name:ASC}],filter:{city:{eq:$c}}){nodes{id name contacts(first:10,orderBy:[{madeAt:DESC}]){nodes{id firstName lastName email title}} opportunities(first:5,orderBy:[{madeAt:DESC}]){nodes{id name stage amount closeDate}}}}}", json!({"c":"x"})),
      ("query($t:DateTime!){rigContacts(first:100,orderBy:[{madeAt:DESC}],filter:{madeAt:{lt:$t}}){nodes{id firstName lastName email phone title city companyId leadScore status customText customNumber customDate customBool madeAt}}}", json!({"t":"2026-01-01T00:00:00Z"})),
      ("query($q:String!){rigContacts(first:20,orderBy:[{madeAt:DESC}],filter:{or:[{email:{ilike:$q}},{lastName:{ilike:$q}}]}){nodes{id firstName lastName email status}}}", json!({"q":"%a%"})),
      ("mutation($c:RigContactCreateInput!){createRigContact(data:$c){id firstName lastName email createdAt}}", json!({"c":{"firstName":"a","email":"a@b.de","companyId":id,"customNumber":1.5}})),
      ("mutation($id:UUID!,$t:String!){updateRigContact(id:$id,data:{title:$t}){id title updatedAt}}", json!({"id":id,"t":"x"})),
      ("mutation($c:[RigContactCreateInput!]!){createRigContacts(data:$c){id}}", json!({"c":[{"firstName":"a"}]})),
    ] {
        let s = Instant::now();
        let p = plan_on(&model, None, q, &v).unwrap();
        assert!(p.iter().all(|p| p.step.is_ok()), "{p:?}");
        eprintln!("{:?}", s.elapsed());
    }
}
