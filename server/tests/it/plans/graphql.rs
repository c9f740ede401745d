//! Operations: what differs in their variables.

use serde_json::{Value as Json, json};

use super::{ACME, ANN, BOB, Crm, DAN, NOTHING, id};

const NAMES: &str = "nodes { lastName }";

/// Queries with variables of one shape, of which the first two find different things.
fn reads() -> Vec<(String, Vec<Json>)> {
    let list = |args: &str, filter: &str| {
        format!("query({args}) {{ contacts(filter: {filter}) {{ {NAMES} }} }}")
    };
    let of = |name: &str, values: Vec<Json>| values.into_iter().map(|v| json!({name: v})).collect();
    let strings = |name: &str, values: &[&str]| of(name, values.iter().map(|v| json!(v)).collect());
    vec![
        (list("$c: String", "{city: {eq: $c}}"), strings("c", &["Riga", "Oslo", "nowhere", ""])),
        (list("$c: String!", "{city: {neq: $c}}"), strings("c", &["Riga", "Oslo"])),
        (list("$c: String", "{city: {ilike: $c}}"), strings("c", &["ri%", "%O", "_onn"])),
        (list("$c: String", "{lastName: {startsWith: $c}}"), strings("c", &["A", "B", "%"])),
        (list("$n: BigInt", "{leadScore: {gte: $n}}"), of("n", vec![json!(2), json!(5), json!(-1)])),
        (list("$n: BigInt", "{leadScore: {eq: $n}}"), of("n", vec![json!("9007199254740993"), json!("9007199254740994")])),
        (list("$d: Date", "{birthday: {lt: $d}}"), strings("d", &["1999-01-01", "2020-02-29"])),
        (list("$s: String", "{status: {eq: $s}}"), strings("s", &["lead", "lost"])),
        (list("$l: [String!]", "{city: {in: $l}}"), of("l", vec![json!(["Riga"]), json!(["Oslo", "Bonn"]), json!(["a", "b", "Riga"])])),
        (list("$l: [String!]", "{city: {in: $l}}"), strings("l", &["Riga", "Oslo"])),
        (list("$l: [BigInt!]", "{leadScore: {between: $l}}"), of("l", vec![json!([0, 1]), json!([2, 5])])),
        (list("$l: [String!]", "{tags: {containsAny: $l}}"), of("l", vec![json!(["vip"]), json!(["billing"])])),
        (list("$f: ContactFilter", "$f"), of("f", vec![json!({"city": {"eq": "Riga"}}), json!({"city": {"eq": "Oslo"}})])),
        (
            list("$f: ContactFilter!", "{and: [$f, {lastName: {neq: \"Cid\"}}]}"),
            of("f", vec![json!({"city": {"eq": "Riga"}}), json!({"city": {"eq": "Oslo"}})]),
        ),
        (
            list("$f: [ContactFilter!]", "{or: $f}"),
            of("f", vec![
                json!([{"city": {"eq": "Riga"}}, {"leadScore": {"in": [2]}}]),
                json!([{"city": {"eq": "Bonn"}}, {"leadScore": {"in": [3, 1]}}]),
            ]),
        ),
        (
            list("$f: [ContactFilter!]", "{or: $f}"),
            of("f", vec![json!({"city": {"eq": "Riga"}}), json!({"city": {"eq": "Oslo"}})]),
        ),
        (
            list("$f: ContactFilter", "$f"),
            of("f", vec![json!({"city": {"in": "Riga"}}), json!({"city": {"in": "Oslo"}})]),
        ),
        (
            list("$f: ContactFilter", "$f"),
            of("f", vec![json!({"and": {"city": {"eq": "Riga"}}}), json!({"and": {"city": {"eq": "Oslo"}}})]),
        ),
        (list("$c: String", "{company: {city: {eq: $c}}}"), strings("c", &["Riga", "Bonn"])),
        (list("$s: String", "{opportunities: {some: {stage: {eq: $s}}}}"), strings("s", &["lost", "new"])),
        (list("$s: StringFilter", "{city: $s}"), of("s", vec![json!({"eq": "Riga"}), json!({"eq": "Oslo"})])),
        (list("$c: String = \"Bonn\"", "{city: {eq: $c}}"), strings("c", &["Riga", "Oslo"])),
        ("query($id: UUID!) { contact(id: $id) { lastName company { name } } }".into(), strings("id", &[&id(ANN), &id(DAN), &id(99)])),
        (
            "query($c: String, $s: String) { contacts(filter: {company: {city: {eq: $c}}}) { totalCount nodes { lastName opportunities(filter: {stage: {eq: $s}}) { nodes { name } } } } }".into(),
            vec![json!({"c": "Riga", "s": "won"}), json!({"c": "Bonn", "s": "new"}), json!({"c": "Riga", "s": "lost"})],
        ),
        (
            "query($x: String, $y: String, $id: UUID!) { a: contacts(filter: {city: {eq: $x}}) { ...names } b: contacts(filter: {city: {eq: $y}}) { ...names } contact(id: $id) { is: lastName } __typename } fragment names on ContactConnection { nodes { lastName } }".into(),
            vec![json!({"x": "Riga", "y": "Oslo", "id": id(ANN)}), json!({"x": "Bonn", "y": "Riga", "id": id(BOB)})],
        ),
        (
            "query($c: String, $on: Boolean!) { contacts(filter: {city: {eq: $c}}) { nodes { lastName city @include(if: $on) ... @skip(if: $on) { leadScore } } } }".into(),
            vec![json!({"c": "Riga", "on": true}), json!({"c": "Oslo", "on": true})],
        ),
        (
            "query($s: String) { contacts { nodes { ...deals } } } fragment deals on Contact { opportunities(filter: {stage: {eq: $s}}) { totalCount } }".into(),
            strings("s", &["won", "new"]),
        ),
        (
            "query($s: String) { opportunitiesGroupBy(groupBy: [{contact: {lastName: true}}], filter: {stage: {eq: $s}}) { keys { contact { lastName } } count sum { amount { currencyCode amount } } } }".into(),
            strings("s", &["won", "lost"]),
        ),
        (
            "query($s: String) { opportunities(filter: {stage: {eq: $s}}) { aggregate { count sum { amount { currencyCode amount } } } } }".into(),
            strings("s", &["won", "lost"]),
        ),
        (
            "query($a: Decimal) { opportunities(filter: {amount: {amount: {gt: $a}}}) { nodes { name } } }".into(),
            strings("a", &["1", "12.5", "0.0000001"]),
        ),
        (
            "query($p: Float) { opportunities(filter: {probability: {gte: $p}}) { nodes { name } } }".into(),
            of("p", vec![json!(0.5), json!(50.25)]),
        ),
    ]
}

#[tokio::test]
async fn the_second_query_of_a_shape_costs_nothing_and_finds_its_own() {
    let crm = Crm::new().await;
    let mut wrong = Vec::new();
    for (query, variables) in reads() {
        let mut found: Vec<String> = Vec::new();
        for (n, variables) in variables.iter().enumerate() {
            // What stands twice in the list is sent as another document.
            let query = format!("{query} # {}", variables_shape(variables));
            let (told, cost) = crm
                .costly(super::told(&crm.tenant, &query, variables))
                .await;
            if n == 0 && cost.compiled == 0 {
                wrong.push(format!(
                    "{query} {variables}: the first costs {cost:?}: {told}"
                ));
            }
            if n > 0 && cost != NOTHING {
                wrong.push(format!(
                    "{query} {variables}: the next costs {cost:?}: {told}"
                ));
            }
            if !told.starts_with("200 {\"data\"") {
                wrong.push(format!("{query} {variables}: {told}"));
            }
            let difference = crm.as_if_first(&crm.tenant, &query, variables).await;
            wrong.extend(difference);
            found.push(told);
        }
        if found[0] == found[1] {
            wrong.push(format!("{query} finds the same twice: {}", found[0]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A page of a connection has the plan of each other page in that direction, whatever position its cursor holds.
#[tokio::test]
async fn a_page_from_another_cursor_costs_nothing_and_finds_its_own() {
    let crm = Crm::new().await;
    let order = "orderBy: [{birthday: DESC}, {lastName: ASC}]";
    let all = format!("{{ contacts({order}) {{ edges {{ cursor node {{ lastName }} }} }} }}");
    let all = crm.tenant.data(&all, json!({})).await;
    let edges = all["contacts"]["edges"].as_array().unwrap();
    let names: Vec<&Json> = edges.iter().map(|edge| &edge["node"]["lastName"]).collect();
    assert_eq!(names, ["Dan", "Ann", "Bob", "Cid", "Eve"]);
    for (arguments, page_info) in [
        ("first: 2, after: $c", "hasNextPage"),
        ("last: 2, before: $c", "hasPreviousPage"),
    ] {
        let query = format!(
            "query($c: String) {{ contacts({order}, {arguments}) {{ {NAMES} pageInfo {{ {page_info} }} }} }}"
        );
        for (n, edge) in edges.iter().enumerate() {
            let variables = json!({"c": edge["cursor"]});
            let (told, cost) = crm
                .costly(super::told(&crm.tenant, &query, &variables))
                .await;
            assert_eq!(cost == NOTHING, n > 0, "{query} {n}: {cost:?} {told}");
            let (page, more) = if page_info == "hasNextPage" {
                (&names[(n + 1)..names.len().min(n + 3)], n + 3 < names.len())
            } else {
                (&names[n.saturating_sub(2)..n], n > 2)
            };
            let nodes: Vec<Json> = page.iter().map(|name| json!({"lastName": name})).collect();
            let contacts = json!({"nodes": nodes, "pageInfo": {page_info: more}});
            let expected = json!({"data": {"contacts": contacts}});
            let told = told.replace(", \n ", ",");
            assert_eq!(told, format!("200 {expected}"), "{query} {n}");
            let difference = crm.as_if_first(&crm.tenant, &query, &variables).await;
            assert_eq!(difference, None);
        }
    }
}

/// Something that differs where queries of the list look the same but are meant apart.
fn variables_shape(variables: &Json) -> String {
    let mut key = Vec::new();
    tessera_compiler::plan::shape::write(variables, &mut key);
    String::from_utf8_lossy(&key).replace(char::is_control, "")
}

#[tokio::test]
async fn another_shape_and_what_does_not_fit_are_answered_as_if_they_were_first() {
    let crm = Crm::new().await;
    let long: Vec<_> = (0..10_001).map(|n| n.to_string()).collect();
    let cases = [
        (
            "query($f: ContactFilter, $n: Int, $o: [ContactOrderBy!], $d: Deleted) { contacts(filter: $f, first: $n, orderBy: $o, deleted: $d) { nodes { lastName } } }",
            vec![
                json!({}),
                json!({"f": {"city": {"eq": "Riga"}}}),
                json!({"f": {"city": {"eq": "Oslo"}}}),
                json!({"f": null}),
                json!({"f": {}}),
                json!({"f": {"city": {}}}),
                json!({"f": {"city": {"eq": null}}}),
                json!({"f": {"city": {"neq": "Riga"}}}),
                json!({"f": {"city": {"isNull": true}}}),
                json!({"f": {"city": {"isNull": false}}}),
                json!({"f": {"lastName": {"eq": "Bob"}}}),
                json!({"f": {"not": {"city": {"eq": "Riga"}}}}),
                json!({"f": {"or": []}}),
                json!({"f": {"and": []}}),
                json!({"f": {"or": [{"city": {"eq": "Riga"}}]}}),
                json!({"f": {"or": [{"city": {"eq": "Riga"}}, {"city": {"eq": "Oslo"}}]}}),
                json!({"f": {"or": [{"city": {"eq": "Riga"}}, {"lastName": {"eq": "Bob"}}]}}),
                json!({"f": {"or": {"city": {"eq": "Oslo"}}}}),
                json!({"f": {"city": {"in": []}}}),
                json!({"f": {"city": {"in": ["Riga", "Oslo"]}}}),
                json!({"f": {"city": {"in": "Oslo"}}}),
                json!({"f": {"city": {"in": null}}}),
                json!({"f": {"city": {"in": ["Riga", null]}}}),
                json!({"f": {"city": {"in": ["Riga", 5]}}}),
                json!({"f": {"city": {"in": long}}}),
                json!({"f": {"city": {"eq": "a\u{0}b"}}}),
                json!({"f": {"city": {"like": "Rig_"}}}),
                json!({"f": {"city": {"like": "Rig\\"}}}),
                json!({"f": {"city": {"eq": 5}}}),
                json!({"f": {"city": {"eq": ["Riga"]}}}),
                json!({"f": {"city": {"up": "Riga"}}}),
                json!({"f": {"town": {"eq": "Riga"}}}),
                json!({"f": {"company": {"name": {"eq": "Acme"}}}}),
                json!({"f": {"company": {"name": {"eq": "Beta"}}}}),
                json!({"f": {"company": {}}}),
                json!({"f": {"opportunities": {"none": {}}}}),
                json!({"f": {"opportunities": {"every": {"stage": {"eq": "won"}}}}}),
                json!({"f": {"opportunities": {"every": {"stage": {"eq": "new"}}}}}),
                json!({"f": {"opportunities": {"some": {"stage": {"eq": "no such"}}}}}),
                json!({"f": {"id": {"eq": id(ANN)}}}),
                json!({"f": {"id": {"eq": "no id"}}}),
                json!({"f": {"id": {"in": [id(BOB), id(DAN)]}}}),
                json!({"f": {"id": {"in": [id(BOB), "x"]}}}),
                json!({"f": {"birthday": {"lt": "2000-01-01"}}}),
                json!({"f": {"birthday": {"lt": "2000-02-30"}}}),
                json!({"f": {"birthday": {"lt": "soon"}}}),
                json!({"f": {"birthday": {"between": ["1980-01-01", "1999-01-01"]}}}),
                json!({"f": {"birthday": {"between": ["1980-01-01"]}}}),
                json!({"f": {"birthday": {"between": ["1980-01-01", "1999-01-01", "2000-01-01"]}}}),
                json!({"f": {"status": {"eq": "lead"}}}),
                json!({"f": {"status": {"eq": "no such"}}}),
                json!({"n": 1}),
                json!({"n": 2}),
                json!({"n": 0}),
                json!({"n": -1}),
                json!({"n": 1001}),
                json!({"n": null}),
                json!({"o": [{"lastName": "DESC"}]}),
                json!({"o": [{"lastName": "ASC"}]}),
                json!({"o": [{"lastName": "UP"}]}),
                json!({"o": {"company": {"name": "DESC"}}}),
                json!({"d": "ONLY"}),
                json!({"d": "INCLUDE"}),
                json!({"d": "NONE"}),
                json!({"f": {"city": {"eq": "Riga"}}, "n": 1, "unknown": 5}),
            ],
        ),
        (
            "query($n: BigInt) { contacts(filter: {leadScore: {eq: $n}}) { nodes { lastName } } }",
            vec![
                json!({"n": 1}),
                json!({"n": 2}),
                json!({"n": "9007199254740993"}),
                json!({"n": "2"}),
                json!({"n": "2.5"}),
                json!({"n": "x"}),
                json!({"n": 3_000_000_000_i64}),
                json!({"n": 9_007_199_254_740_993_i64}),
                json!({"n": 2.0}),
                json!({"n": 1.5}),
                json!({"n": 1e300}),
                json!({"n": 18_446_744_073_709_551_615_u64}),
                json!({"n": true}),
                json!({"n": null}),
                json!({"n": [1]}),
                json!({}),
            ],
        ),
        (
            "query($n: [BigInt!]) { contacts(filter: {leadScore: {in: $n}}) { nodes { lastName } } }",
            vec![
                json!({"n": [1, 2]}),
                json!({"n": [2]}),
                json!({"n": [1, 3_000_000_000_i64]}),
                json!({"n": [1, 2.0]}),
                json!({"n": [1, 2.5]}),
                json!({"n": [1, "9007199254740993"]}),
                json!({"n": [1, "2"]}),
                json!({"n": [1, null]}),
                json!({"n": 2}),
                json!({"n": []}),
                json!({"n": null}),
                json!({}),
            ],
        ),
        (
            "query($p: Float, $a: Decimal) { opportunities(filter: {probability: {gte: $p}, amount: {amount: {gte: $a}}}) { nodes { name } } }",
            vec![
                json!({"p": 0.5, "a": "1.5"}),
                json!({"p": 99.5, "a": "12.5"}),
                json!({"p": 50, "a": 12}),
                json!({"p": 3_000_000_000_i64, "a": 1.25}),
                json!({"p": "50", "a": "x"}),
                json!({"p": 0.5, "a": "NaN"}),
                json!({"p": 0.5, "a": "inf"}),
                json!({"p": 0.5, "a": "1e400"}),
                json!({"p": 0.5, "a": "1e2"}),
            ],
        ),
        (
            "query($id: UUID!, $on: Boolean = true) { contact(id: $id) { lastName city @include(if: $on) } }",
            vec![
                json!({"id": id(ANN)}),
                json!({"id": id(BOB)}),
                json!({"id": id(BOB).replace('-', "")}),
                json!({"id": format!("{{{}}}", id(BOB))}),
                json!({"id": format!("urn:uuid:{}", id(BOB))}),
                json!({"id": id(99)}),
                json!({"id": "x"}),
                json!({"id": "5"}),
                json!({"id": ""}),
                json!({"id": 5}),
                json!({"id": null}),
                json!({}),
                json!({"id": id(ANN), "on": false}),
                json!({"id": id(ANN), "on": true}),
                json!({"id": id(BOB), "on": null}),
                json!({"id": id(BOB), "on": "true"}),
            ],
        ),
        (
            "query($a: String, $b: String, $c: String = \"Riga\") { contacts(first: 2, after: $a, before: $b, filter: {city: {eq: $c}}) { nodes { lastName } pageInfo { hasNextPage hasPreviousPage } } }",
            vec![
                json!({"a": id(ANN)}),
                json!({"a": id(BOB)}),
                json!({"a": id(99)}),
                json!({"a": "x"}),
                json!({"a": ""}),
                json!({"a": null}),
                json!({}),
                json!({"b": id(DAN)}),
                json!({"a": id(ANN), "b": id(DAN)}),
                json!({"c": "Oslo"}),
                json!({"c": "Bonn"}),
                json!({"c": null}),
            ],
        ),
        (
            "query($x: String, $y: String) { contacts(filter: {city: {in: [$x, $y]}}) { nodes { lastName } } }",
            vec![
                json!({"x": "Riga", "y": "Oslo"}),
                json!({"x": "Bonn", "y": "Oslo"}),
                json!({"x": "Bonn"}),
                json!({"x": "Bonn", "y": null}),
            ],
        ),
        (
            "query($x: String!) { contacts(filter: {city: {in: [$x]}, company: {city: {in: [\"Riga\", $x]}}}) { nodes { lastName } } }",
            vec![
                json!({"x": "Riga"}),
                json!({"x": "Oslo"}),
                json!({"x": "Bonn"}),
            ],
        ),
        (
            "query($id: UUID!, $x: String, $y: String) { contact(id: $id) { opportunities(filter: {stage: {eq: $x}}) { totalCount } } contact(id: $id) { opportunities(filter: {stage: {eq: $y}}) { totalCount } } }",
            vec![
                json!({"id": id(ANN), "x": "won", "y": "won"}),
                json!({"id": id(ANN), "x": "won", "y": "lost"}),
                json!({"id": id(ANN), "x": "new", "y": "won"}),
            ],
        ),
        (
            "query($v: BigInt!) { contacts(first: $v, filter: {leadScore: {gte: $v}}) { nodes { lastName } } }",
            vec![
                json!({"v": 1}),
                json!({"v": 2}),
                json!({"v": 0}),
                json!({"v": -1}),
            ],
        ),
        (
            "query($g: [OpportunityGroupBy!]!, $s: String) { opportunitiesGroupBy(groupBy: $g, filter: {stage: {eq: $s}}) { keys { stage } count } }",
            vec![
                json!({"g": [{"stage": true}], "s": "won"}),
                json!({"g": [{"stage": true}], "s": "lost"}),
                json!({"g": [{"stage": true}], "s": "no such"}),
                json!({"g": [{"stage": true}], "s": null}),
                json!({"g": [{"stage": true}]}),
                json!({"g": [], "s": "won"}),
            ],
        ),
    ];
    let mut wrong = Vec::new();
    for (query, variables) in cases {
        // In both orders, so that each has been before and after each other.
        for variables in variables.iter().chain(variables.iter().rev()) {
            let difference = crm.as_if_first(&crm.tenant, query, variables).await;
            wrong.extend(difference);
            let told = super::told(&crm.tenant, query, variables).await;
            if told.starts_with('5') {
                wrong.push(format!("{query} {variables}: {told}"));
            }
        }
    }
    for told in &mut wrong {
        *told = told.chars().take(1500).collect();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a mutation is answered, and what is then stored, by the operation and its variables.
#[tokio::test]
async fn the_second_mutation_of_a_shape_costs_nothing_and_writes_its_own() {
    let crm = Crm::new().await;
    let contact = "{ lastName city leadScore status }";
    let shown = |name: &str, city: &str, score: i64| json!({"lastName": name, "city": city, "leadScore": score, "status": "new"});
    let data = |name: &str, city: &str, score: i64| json!({"lastName": name, "city": city, "leadScore": score});
    let cases = [
        (
            format!("mutation($d: ContactCreateInput!) {{ createContact(data: $d) {contact} }}"),
            vec![
                (json!({"d": data("m1", "A", 1)}), json!({"createContact": shown("m1", "A", 1)})),
                (json!({"d": data("m2", "B", -5)}), json!({"createContact": shown("m2", "B", -5)})),
            ],
        ),
        (
            format!("mutation($n: String, $c: String, $s: BigInt) {{ createContact(data: {{lastName: $n, city: $c, leadScore: $s, tags: [\"vip\"]}}) {contact} }}"),
            vec![
                (json!({"n": "m3", "c": "C", "s": 3}), json!({"createContact": shown("m3", "C", 3)})),
                (json!({"n": "m4", "c": "D", "s": 4}), json!({"createContact": shown("m4", "D", 4)})),
            ],
        ),
        (
            format!("mutation($d: [ContactCreateInput!]!) {{ createContacts(data: $d) {contact} }}"),
            vec![
                (json!({"d": [data("m5", "E", 5)]}), json!({"createContacts": [shown("m5", "E", 5)]})),
                (
                    json!({"d": [data("m6", "F", 6), data("m7", "G", 7)]}),
                    json!({"createContacts": [shown("m6", "F", 6), shown("m7", "G", 7)]}),
                ),
            ],
        ),
        (
            format!("mutation($x: ContactCreateInput!, $y: String) {{ a: createContact(data: $x) {contact} __typename b: createContact(data: {{lastName: $y}}) {{ lastName }} }}"),
            vec![
                (json!({"x": data("m8", "H", 8), "y": "m9"}), json!({"a": shown("m8", "H", 8), "__typename": "Mutation", "b": {"lastName": "m9"}})),
                (json!({"x": data("m10", "I", 9), "y": "m11"}), json!({"a": shown("m10", "I", 9), "__typename": "Mutation", "b": {"lastName": "m11"}})),
            ],
        ),
        (
            "mutation($id: UUID!, $d: ContactUpdateInput!) { updateContact(id: $id, data: $d) { lastName title } }".to_owned(),
            vec![
                (json!({"id": id(ANN), "d": {"title": "t1"}}), json!({"updateContact": {"lastName": "Ann", "title": "t1"}})),
                (json!({"id": id(BOB), "d": {"title": "t2"}}), json!({"updateContact": {"lastName": "Bob", "title": "t2"}})),
            ],
        ),
        (
            "mutation($s: String, $d: ContactUpdateInput!) { updateContacts(filter: {title: {eq: $s}}, data: $d) { affected } }".to_owned(),
            vec![
                (json!({"s": "t1", "d": {"department": "d1"}}), json!({"updateContacts": {"affected": 1}})),
                (json!({"s": "t9", "d": {"department": "d2"}}), json!({"updateContacts": {"affected": 0}})),
                (json!({"s": "t2", "d": {"department": "d3"}}), json!({"updateContacts": {"affected": 1}})),
            ],
        ),
        (
            format!("mutation($d: [ContactCreateInput!]!) {{ upsertContacts(data: $d, on: email) {contact} }}"),
            vec![
                (
                    json!({"d": [{"email": "ann@x.test", "city": "U"}]}),
                    json!({"upsertContacts": [{"lastName": "Ann", "city": "U", "leadScore": 1, "status": "lead"}]}),
                ),
                (
                    json!({"d": [{"email": "new@x.test", "city": "W"}, {"email": "bob@x.test", "city": "V"}]}),
                    json!({"upsertContacts": [
                        {"lastName": null, "city": "W", "leadScore": null, "status": "new"},
                        {"lastName": "Bob", "city": "V", "leadScore": 2, "status": "new"},
                    ]}),
                ),
            ],
        ),
        (
            "mutation($id: UUID!) { deleteContact(id: $id) { lastName deletedAt @skip(if: true) } }".to_owned(),
            vec![
                (json!({"id": id(ANN)}), json!({"deleteContact": {"lastName": "Ann"}})),
                (json!({"id": id(BOB)}), json!({"deleteContact": {"lastName": "Bob"}})),
            ],
        ),
        (
            "mutation($id: UUID!) { restoreContact(id: $id) { lastName deletedAt department } }".to_owned(),
            vec![
                (json!({"id": id(ANN)}), json!({"restoreContact": {"lastName": "Ann", "deletedAt": null, "department": "d1"}})),
                (json!({"id": id(BOB)}), json!({"restoreContact": {"lastName": "Bob", "deletedAt": null, "department": "d3"}})),
            ],
        ),
        (
            "mutation($s: String!) { deleteContacts(filter: {lastName: {eq: $s}}) { affected } }".to_owned(),
            vec![
                (json!({"s": "m1"}), json!({"deleteContacts": {"affected": 1}})),
                (json!({"s": "m2"}), json!({"deleteContacts": {"affected": 1}})),
                (json!({"s": "m2"}), json!({"deleteContacts": {"affected": 0}})),
            ],
        ),
        (
            "mutation($id: UUID!) { destroyContact(id: $id) { lastName } }".to_owned(),
            vec![
                (json!({"id": id(ANN)}), json!({"destroyContact": {"lastName": "Ann"}})),
                (json!({"id": id(BOB)}), json!({"destroyContact": {"lastName": "Bob"}})),
            ],
        ),
    ];
    for (query, sent) in cases {
        for (n, (variables, expected)) in sent.into_iter().enumerate() {
            let ask = crm.tenant.data(&query, variables.clone());
            let (found, cost) = crm.costly(ask).await;
            assert_eq!(found, expected, "{query} {variables}");
            assert_eq!(cost == NOTHING, n > 0, "{query} {variables}: {cost:?}");
        }
    }
    // What was written is there, and nothing else.
    let left = crm
        .tenant
        .find(
            "/api/v1/contacts",
            &[("sort", "last_name"), ("fields", "last_name,city")],
        )
        .await
        .ok();
    let left = left["data"].as_array().unwrap().iter();
    let left: Vec<_> = left
        .map(|one| format!("{} {}", one["last_name"], one["city"]).replace('"', ""))
        .collect();
    assert_eq!(
        left.join(", "),
        "Cid Riga, Dan Bonn, Eve null, m10 I, m11 null, m3 C, m4 D, m5 E, m6 F, m7 G, m8 H, m9 null, null W"
    );
}

/// Nothing of an operation is done if one of its fields cannot be, whether or not it was planned before.
#[tokio::test]
async fn a_mutation_is_checked_as_a_whole_before_it_is_begun() {
    let crm = Crm::new().await;
    let two = "mutation($a: ContactCreateInput!, $b: ContactCreateInput!) { a: createContact(data: $a) { id } b: createContact(data: $b) { id } }";
    let filtered = "mutation($a: ContactCreateInput!, $n: UUID) { a: createContact(data: $a) { id } b: deleteContacts(filter: {id: {eq: $n}}) { affected } }";
    let named = "mutation($a: ContactCreateInput!, $n: UUID!) { a: createContact(data: $a) { id } b: deleteContact(id: $n) { id } }";
    let total = async || {
        let all = crm
            .tenant
            .find("/api/v1/contacts", &[("count", "exact")])
            .await
            .ok();
        all["total"].as_u64().unwrap()
    };
    for (query, good, bad) in [
        (
            two,
            json!({"a": {"lastName": "x"}, "b": {"email": "c1@x.test"}}),
            json!({"a": {"lastName": "x"}, "b": {"email": "no address"}}),
        ),
        (
            filtered,
            json!({"a": {"lastName": "x"}, "n": id(99)}),
            json!({"a": {"lastName": "x"}, "n": "no id"}),
        ),
        (
            named,
            json!({"a": {"lastName": "x"}, "n": id(DAN)}),
            json!({"a": {"lastName": "x"}, "n": "no id"}),
        ),
    ] {
        let fresh = super::told(&crm.tenant, &crm.fresh(query), &bad).await;
        crm.tenant.data(query, good).await;
        let before = total().await;
        let told = super::told(&crm.tenant, query, &bad).await;
        assert_eq!(told, fresh, "{query}");
        assert_eq!(total().await, before, "{query} did a part of it");
    }
}

/// Data that does not fit, or that has another shape.
#[tokio::test]
async fn data_of_another_shape_and_what_does_not_fit_are_answered_as_if_they_were_first() {
    let crm = Crm::new().await;
    let whole = "mutation($d: ContactUpdateInput!, $id: UUID!) { updateContact(id: $id, data: $d) { lastName leadScore city tags address { city street } company { name } birthday doNotCall } }";
    let inline = "mutation($s: BigInt, $c: String, $t: [String!], $b: Boolean, $id: UUID!) { updateContact(id: $id, data: {leadScore: $s, city: $c, tags: $t, doNotCall: $b}) { lastName leadScore city tags doNotCall } }";
    let wholes = vec![
        json!({"leadScore": 5}),
        json!({"leadScore": 6}),
        json!({"leadScore": "9007199254740993"}),
        json!({"leadScore": "5"}),
        json!({"leadScore": 3_000_000_000_i64}),
        json!({"leadScore": 5.0}),
        json!({"leadScore": 5.5}),
        json!({"leadScore": null}),
        json!({"leadScore": true}),
        json!({}),
        json!({"tags": ["vip"]}),
        json!({"tags": ["vip", "billing"]}),
        json!({"tags": []}),
        json!({"tags": "vip"}),
        json!({"tags": ["no such"]}),
        json!({"tags": [null]}),
        json!({"tags": null}),
        json!({"address": {"city": "X", "street": "Y"}}),
        json!({"address": {"city": "Z"}}),
        json!({"address": {"street": "Q"}}),
        json!({"address": {}}),
        json!({"address": null}),
        json!({"address": {"town": "Z"}}),
        json!({"companyId": id(2)}),
        json!({"companyId": id(ACME)}),
        json!({"companyId": id(98)}),
        json!({"companyId": "x"}),
        json!({"companyId": null}),
        json!({"birthday": "2000-01-01"}),
        json!({"birthday": "2000-02-30"}),
        json!({"birthday": 5}),
        json!({"doNotCall": true}),
        json!({"doNotCall": false}),
        json!({"doNotCall": "true"}),
        json!({"city": "x".repeat(121)}),
        json!({"city": "12"}),
        json!({"city": 12}),
        json!({"status": "lead"}),
        json!({"status": "no such"}),
        json!({"email": "no address"}),
        json!({"nme": "x"}),
    ];
    let inlines = vec![
        json!({"s": 1, "c": "A", "t": ["vip"], "b": true}),
        json!({"s": 2, "c": "B", "t": ["billing", "vip"], "b": false}),
        json!({"s": 2, "c": "B", "t": "vip", "b": false}),
        json!({"s": 2, "c": "B", "t": ["no such"], "b": false}),
        json!({"s": "2", "c": "B"}),
        json!({"s": "9007199254740993", "c": "B"}),
        json!({"s": 3_000_000_000_i64, "c": "B"}),
        json!({"s": 2.0, "c": "B"}),
        json!({"s": null, "c": null, "t": null, "b": null}),
        json!({"c": "C"}),
        json!({"t": []}),
        json!({}),
    ];
    let mut wrong = Vec::new();
    let wholes = wholes
        .into_iter()
        .map(|data| (whole, json!({"d": data, "id": id(ANN)})));
    let inlines = inlines.into_iter().map(|mut variables| {
        variables["id"] = json!(id(BOB));
        (inline, variables)
    });
    let cases: Vec<_> = wholes.chain(inlines).collect();
    for (query, variables) in cases.iter().chain(cases.iter().rev()) {
        wrong.extend(crm.as_if_first(&crm.tenant, query, variables).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A variable that is left out leaves its default, each time, wherever in the data it stands.
#[tokio::test]
async fn defaults_of_variables_stand_in_the_data_each_time() {
    let crm = Crm::new().await;
    let record = "{lastName: $n, city: $c, leadScore: $s, tags: $t}";
    let shown = "{ lastName city leadScore tags }";
    let arguments = "$n: String, $c: String = \"Home\", $s: BigInt = 7, $t: [String!] = [\"vip\"]";
    let create = format!("mutation({arguments}) {{ one: createContact(data: {record}) {shown} }}");
    let create_many =
        format!("mutation({arguments}) {{ one: createContacts(data: [{record}]) {shown} }}");
    let update = format!(
        "mutation({arguments}) {{ one: updateContact(id: \"{}\", data: {record}) {shown} }}",
        id(ANN)
    );
    let upsert = format!(
        "mutation({arguments}) {{ one: upsertContacts(on: email, data: [{{email: \"u@x.test\", lastName: $n, city: $c, leadScore: $s, tags: $t}}]) {shown} }}"
    );
    for query in [create, create_many, update, upsert] {
        for (variables, expected) in [
            (json!({"n": "a"}), json!(["a", "Home", 7, ["vip"]])),
            (json!({"n": "b"}), json!(["b", "Home", 7, ["vip"]])),
            (json!({"n": "c", "c": "X"}), json!(["c", "X", 7, ["vip"]])),
            (json!({"n": "d", "c": "Y"}), json!(["d", "Y", 7, ["vip"]])),
            (
                json!({"n": "e", "c": null, "t": []}),
                json!(["e", null, 7, []]),
            ),
            (
                json!({"n": "f", "c": null, "t": []}),
                json!(["f", null, 7, []]),
            ),
            (
                json!({"n": "g", "s": 1, "t": ["billing"]}),
                json!(["g", "Home", 1, ["billing"]]),
            ),
            (
                json!({"n": "h", "s": 2, "t": ["vip"]}),
                json!(["h", "Home", 2, ["vip"]]),
            ),
        ] {
            let done = crm.tenant.data(&query, variables.clone()).await["one"].take();
            let one = done.get(0).unwrap_or(&done);
            let found = ["lastName", "city", "leadScore", "tags"].map(|key| one[key].clone());
            assert_eq!(json!(found), expected, "{query} {variables}");
        }
    }
}
