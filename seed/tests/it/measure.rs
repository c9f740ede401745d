use crate::support::TestDatabase;
use crate::support::world::engine;
use crate::rows::Rows;
#[tokio::test(flavor = "multi_thread")]
async fn measure() {
    let Ok(k) = std::env::var("MEASURE") else { return };
    let k: u64 = k.parse().unwrap();
    let database = TestDatabase::create().await;
    let engine = engine(&database);
    crate::seed_demo(&engine).await;
    let mut rows = Rows::of(&database, "demo").await;
    for q in ["select concat_ws(' | ', name, domain, kind, industry, city, employees, annual_revenue__amount, phone, tax_id, tags) from company limit 12",
      "select concat_ws(' | ', first_name, last_name, email, phone, title, status, lead_score, tags, address__street, address__postcode) from contact order by id limit 25 offset 40",
      "select concat_ws(' | ', o.name, stage, amount__amount, amount__currency_code, close_date, probability, o.kind, next_step, c.name) from opportunity o join company c on c.id=o.company_id order by o.id limit 25",
      "select concat_ws(' | ', subject, status, due_at, done_at, description) from task order by id limit 15",
      "select concat_ws(' | ', subject, happened_at, duration, direction, outcome, location, summary) from activity order by id limit 15",
      "select concat_ws(' | ', stage, count(*)) from opportunity group by stage",
      "select 'company '||count(*) from company union all select 'contact '||count(*) from contact union all select 'opp '||count(*) from opportunity union all select 'task '||count(*) from task union all select 'note '||count(*) from note union all select 'act '||count(*) from activity"] {
        for t in rows.texts(q).await { println!("{t}"); }
        println!();
    }
    let start = std::time::Instant::now();
    let options = tessera_seed::Options { tenant: "bench".into(), companies: Some(50 * k), contacts: Some(300 * k), opportunities: Some(150 * k) };
    let report = tessera_seed::run(&engine, &options).await.unwrap();
    println!("{report}\n{:?}", start.elapsed());
    let mut rows = Rows::of(&database, "bench").await;
    for q in ["select concat_ws(' | ', name, domain, city, employees, annual_revenue__amount) from company order by id limit 5",
      "select concat_ws(' | ', first_name, last_name, email, phone, title, status, lead_score) from contact order by id limit 8",
      "select concat_ws(' | ', name, stage, amount__amount, amount__currency_code, close_date) from opportunity order by id limit 8",
      "select concat_ws(' | ', status, count(*), avg(lead_score)) from contact group by status",
      "select string_agg(n::text, ' ') from (select count(*) n from contact group by company_id order by 1 desc limit 10) x",
      "select indexdef from pg_indexes where tablename='contact' and schemaname like 'tenant%' limit 30",
      "select min(employees) || ' ' || percentile_disc(0.5) within group (order by employees) || ' ' || max(employees) from company"] {
        for t in rows.texts(q).await { println!("{t}"); }
        println!();
    }
}
