//! Values of every field type: what is taken, in which normal form, and what is refused with which code.

use serde_json::{Value as Json, json};
use tessera_schema::field_types::FieldTypes;

use crate::support::{field, places};

/// A type, its settings, values with their columns, and values with what is wrong.
type Case = (
    &'static str,
    Json,
    Vec<(Json, Json)>,
    Vec<(Json, &'static str)>,
);

const ID: &str = "01900000-0000-7000-8000-00000000000a";

fn same(values: &[Json]) -> Vec<(Json, Json)> {
    values
        .iter()
        .map(|value| (value.clone(), json!([value])))
        .collect()
}

// A table, one case a line.
#[rustfmt::skip]
fn cases() -> Vec<Case> {
    let options = json!({"options": [{"value": "a"}, {"value": "b"}]});
    let text_faults = || vec![(json!(1), " type"), (json!(["a"]), " type"), (json!("a\u{0}b"), " pattern")];
    let long = |length: usize| json!("😀".repeat(length));
    let with = |mut faults: Vec<(Json, &'static str)>, more: Vec<(Json, &'static str)>| {
        faults.extend(more);
        faults
    };
    vec![
        ("text", json!({}), [same(&[json!(""), json!(" a "), json!("'; drop table x --"), long(1000)]), vec![(json!("e\u{301}"), json!(["é"]))]].concat(), with(text_faults(), vec![(long(1001), " too_long")])),
        ("text", json!({"max_length": 3, "pattern": "^[a-z]+$"}), same(&[json!("abc"), json!("z")]), vec![(json!("abcd"), " too_long"), (json!("A"), " pattern"), (json!(""), " pattern")]),
        ("long_text", json!({}), same(&[json!("a\r\n\tb"), json!("שלום 👨‍👩‍👧")]), text_faults()),
        (
            "integer",
            json!({}),
            vec![
                (json!(0), json!([0])),
                (json!(-0.0), json!([0])),
                (json!(5.0), json!([5])),
                (json!("-7"), json!([-7])),
                (json!(i32::MAX), json!([i32::MAX])),
                (json!(i32::MIN), json!([i32::MIN])),
                (json!("2147483647"), json!([i32::MAX])),
            ],
            vec![
                (json!(1.5), " type"),
                (json!("1.5"), " pattern"),
                (json!(2_147_483_648_i64), " maximum"),
                (json!("2147483648"), " maximum"),
                (json!(-2_147_483_649_i64), " minimum"),
                (json!(i64::MAX), " maximum"),
                (json!("9223372036854775808"), " type"),
                (json!(u64::MAX), " type"),
                (json!(1e300), " type"),
                (json!(true), " type"),
                (json!(""), " pattern"),
                (json!("0x10"), " pattern"),
            ],
        ),
        (
            "integer",
            json!({"max": i64::MAX}),
            vec![
                (json!("9007199254740993"), json!([9_007_199_254_740_993_i64])),
                (json!(i64::MAX), json!([i64::MAX])),
                (json!(i64::MIN), json!([i64::MIN])),
            ],
            vec![(json!(u64::MAX), " maximum"), (json!("9223372036854775808"), " maximum")],
        ),
        ("integer", json!({"min": -2_147_483_649_i64}), same(&[json!(2_147_483_648_i64)]), vec![]),
        ("integer", json!({"min": i32::MIN, "max": i32::MAX}), same(&[json!(7)]), vec![(json!(i64::MAX), " maximum")]),
        ("integer", json!({"min": 1, "max": 9}), same(&[json!(1), json!(9)]), vec![(json!(0), " minimum"), (json!(10), " maximum"), (json!("10"), " maximum")]),
        (
            "decimal",
            json!({}),
            vec![
                (json!("12.50"), json!(["12.50"])),
                (json!(1.5), json!(["1.5"])),
                (json!(-0.0), json!(["-0.0"])),
                (json!(1e21), json!(["1000000000000000000000"])),
                (json!(1.5e-7), json!(["0.00000015"])),
                (json!("123456789012345678901234567890.000000001"), json!(["123456789012345678901234567890.000000001"])),
            ],
            vec![(json!("1,5"), " pattern"), (json!("1e5"), " pattern"), (json!(".5"), " pattern"), (json!("NaN"), " pattern"), (json!([1]), " type"), (json!(f64::MAX), " type")],
        ),
        (
            "decimal",
            json!({"precision": 5, "scale": 2, "min": -1}),
            vec![(json!("999.99"), json!(["999.99"])), (json!("0001.500"), json!(["0001.500"]))],
            vec![(json!("1000"), " precision"), (json!("1.005"), " scale"), (json!("-2"), " minimum"), (json!(-2), " minimum")],
        ),
        ("float", json!({}), same(&[json!(1.5), json!(-0.0), json!(5e-324), json!(f64::MAX)]), vec![(json!("1.5"), " type"), (json!(null), " type"), (json!({}), " type")]),
        (
            "currency",
            json!({}),
            vec![(json!({"amount": "12.50", "currency_code": "EUR"}), json!(["12.50", "EUR"])), (json!({"amount": 5, "currency_code": "JPY"}), json!(["5", "JPY"]))],
            vec![
                (json!({"amount": 5}), "/currency_code required"),
                (json!({"currency_code": "EUR"}), "/amount required"),
                (json!({"amount": "5", "currency_code": "eur"}), "/currency_code pattern"),
                (json!({"amount": "5.00001", "currency_code": "EUR"}), "/amount scale"),
                (json!({"amount": "12345678901234567", "currency_code": "EUR"}), "/amount precision"),
                (json!({"amount": 5, "currency_code": "EUR", "rate": 1}), "/rate unknown"),
                (json!(5), " type"),
            ],
        ),
        ("currency", json!({"currency_code": "USD"}), vec![(json!({"amount": 1}), json!(["1", "USD"])), (json!({"amount": 1, "currency_code": "EUR"}), json!(["1", "EUR"]))], vec![(json!({}), "/amount required"), (json!({"amount": null}), "/amount type"), (json!("1 USD"), " type")]),
        ("percent", json!({"max": 100}), same(&[json!(0), json!(99.5)]), vec![(json!(101), " maximum"), (json!("50%"), " type"), (json!(false), " type")]),
        ("boolean", json!({}), same(&[json!(true), json!(false)]), vec![(json!("true"), " type"), (json!(0), " type"), (json!([]), " type")]),
        ("date", json!({}), same(&[json!("0001-01-01"), json!("2024-02-29"), json!("9999-12-31")]), vec![(json!("0000-01-01"), " format"), (json!("2026-02-30"), " format"), (json!("2026-2-3"), " format"), (json!("2026-11-22T00:00:00Z"), " format"), (json!("10000-01-01"), " format"), (json!(20_261_122), " type")]),
        (
            "datetime",
            json!({}),
            vec![
                (json!("2026-11-22T10:30:00Z"), json!(["2026-11-22T10:30:00Z"])),
                (json!("2026-11-22T10:30:00.5+02:00"), json!(["2026-11-22T08:30:00.500Z"])),
                (json!("9999-12-31T23:59:59.9999999Z"), json!(["9999-12-31T23:59:59.999999Z"])),
            ],
            vec![(json!("2016-12-31T23:59:60Z"), " format"), (json!("2026-11-22T10:30:60.5Z"), " format"), (json!("9999-12-31T23:59:60Z"), " format"), (json!("2026-11-22T10:30:00"), " format"), (json!("2026-11-22"), " format"), (json!("0000-01-01T00:00:00Z"), " format"), (json!("9999-12-31T23:59:59-01:00"), " format"), (json!("now"), " format")],
        ),
        ("time", json!({}), vec![(json!("14:30"), json!(["14:30:00"])), (json!("14:30:00.5"), json!(["14:30:00.500"])), (json!("00:00:00"), json!(["00:00:00"])), (json!("23:59:59.9999999"), json!(["23:59:59.999999"]))], vec![(json!("24:00:00"), " pattern"), (json!("14:30:00Z"), " pattern"), (json!("2 pm"), " pattern"), (json!("23:59:60"), " pattern")]),
        ("duration", json!({}), vec![(json!("P1Y2M10DT2H30M"), json!(["P1Y2M10DT2H30M"])), (json!("PT0.5S"), json!(["PT0.5S"])), (json!("-P1D"), json!(["P-1D"])), (json!("PT59.9999999S"), json!(["PT59.999999S"]))], vec![(json!("1 day"), " pattern"), (json!("P"), " pattern"), (json!("PT1D"), " format"), (json!("P1.5D"), " format"), (json!(60), " type")]),
        ("select", options.clone(), same(&[json!("a"), json!("b")]), vec![(json!("c"), " option"), (json!("A"), " option"), (json!(""), " option"), (json!(["a"]), " type")]),
        ("multi_select", options, same(&[json!([]), json!(["b", "a"])]), vec![(json!(["a", "a"]), " unique"), (json!(["a", "c"]), "/1 option"), (json!("a"), " type"), (json!([null]), "/0 type")]),
        ("email", json!({}), vec![(json!("ADA@Example.COM"), json!(["ada@example.com"])), (json!("a+b@x.test"), json!(["a+b@x.test"])), (json!("Ivan@почта.рф"), json!(["ivan@почта.рф"])), (json!("info@xn--mller-kva.test"), json!(["info@müller.test"]))], vec![(json!("\"John <j@x.test>\""), " format"), (json!("John <j@x.test>"), " format"), (json!("a@x.test, b@x.test"), " format"), (json!("ada"), " format"), (json!("a@b@c"), " format"), (json!("a b@c.test"), " format"), (json!(""), " format"), (json!(5), " type")]),
        ("phone", json!({}), vec![(json!("+371 2000-0000"), json!(["+37120000000"])), (json!("0044 20 7946 0958"), json!(["+442079460958"])), (json!("+49 (0) 209 22334455"), json!(["+4920922334455"])), (json!("+7 800 555-35-35"), json!(["+78005553535"]))], vec![(json!("+49 209 22334455 ext. 5"), " format"), (json!("20000000"), " format"), (json!("+1"), " format"), (json!("call me"), " format"), (json!(37_120_000_000_i64), " type"), (json!("+371 2000 0000\u{0}"), " format")]),
        ("url", json!({}), [same(&[json!("https://example.com/a?b=c#d"), json!("http://[::1]:8080/"), json!("https://пример.рф/страница")]), vec![(json!("https://xn--e1afmkfd.xn--p1ai/страница"), json!(["https://пример.рф/страница"]))]].concat(), vec![(json!("https://a b.test"), " format"), (json!("javascript:alert(1)"), " format"), (json!("data:text/html,x"), " format"), (json!("ftp://x.test"), " format"), (json!("/a"), " format"), (json!("https://x.test/\u{0}"), " format"), (json!(1), " type")]),
        ("uuid", json!({}), vec![(json!(ID), json!([ID])), (json!(ID.to_uppercase()), json!([ID]))], vec![(json!("{01900000-0000-7000-8000-00000000000a}"), " format"), (json!("01900000000070008000"), " format"), (json!(1), " type")]),
        (
            "json",
            json!({"schema": {"type": "array", "items": {"$ref": "#/$defs/at"}, "$defs": {"at": {"required": ["x"], "properties": {"x": {"type": "number"}}}}}}),
            same(&[json!([]), json!([{"x": 1.5, "y": null}])]),
            vec![(json!({}), " type"), (json!([{"x": "1"}]), "/0/x type"), (json!([{}]), "/0/x required")],
        ),
        ("json", json!({}), same(&[json!({"a": [1, null, {"b": "😀"}]}), json!("text"), json!(false)]), vec![(json!({"a": ["\u{0}"]}), " pattern"), (json!({"\u{0}": 1}), " pattern"), (json!("\u{0}"), " pattern")]),
        (
            "address",
            json!({}),
            vec![
                (json!({"city": "Riga", "latitude": 56.9}), json!([null, null, "Riga", null, null, null, 56.9, null])),
                (json!({"street": null, "postcode": "LV-1010"}), json!([null, null, null, null, "LV-1010", null, null, null])),
            ],
            vec![(json!({"town": "Riga"}), "/town unknown"), (json!({"latitude": 91}), "/latitude maximum"), (json!({"city": "\u{0}"}), "/city pattern"), (json!({"city": 1}), "/city type"), (json!("Riga"), " type")],
        ),
        ("full_name", json!({}), vec![(json!({"first": "Ada", "last": "L"}), json!(["Ada", "L"])), (json!({"last": "L"}), json!([null, "L"]))], vec![(json!({"middle": "x"}), "/middle unknown"), (json!({"first": 1}), "/first type"), (json!("Ada L"), " type")]),
        ("rating", json!({}), same(&[json!(0), json!(5)]), vec![(json!(6), " maximum"), (json!(-1), " minimum"), (json!(2.5), " type"), (json!("5"), " type")]),
        ("user", json!({}), same(&[json!(ID), json!("00000000-0000-0000-0000-000000000000")]), vec![(json!("ada"), " format"), (json!({"id": ID}), " type"), (json!(1), " type")]),
        ("relation", json!({"to": "contact"}), same(&[json!(ID), json!("00000000-0000-0000-0000-000000000000")]), vec![(json!("7"), " format"), (json!([ID]), " type"), (json!(1), " type")]),
        ("many_to_many", json!({"to": "contact"}), same(&[json!([]), json!([ID])]), vec![(json!([ID, ID]), " unique"), (json!(["x"]), "/0 format"), (json!(ID), " type"), (json!([null]), "/0 type")]),
        ("auto_number", json!({}), vec![], vec![(json!("1"), " read_only"), (json!(1), " type"), (json!([]), " type")]),
    ]
}

#[test]
fn every_type_takes_what_fits_and_says_what_does_not() {
    let mut wrong = Vec::new();
    for (name, settings, good, bad) in cases() {
        let field = field(name, &settings);
        for (value, columns) in good {
            match field.store(&value) {
                Ok(stored) if json!(stored) == columns => {}
                other => wrong.push(format!(
                    "{name} {settings} {value}: {other:?} for {columns}"
                )),
            }
        }
        for (value, place) in bad {
            match field.store(&value) {
                Err(violations) if places(&violations).iter().any(|found| found == place) => {}
                other => wrong.push(format!("{name} {settings} {value}: {other:?} for {place}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_type_is_in_the_table() {
    let cases = cases();
    for name in FieldTypes::builtin().names() {
        let good: usize = cases
            .iter()
            .filter(|case| case.0 == name)
            .map(|case| case.2.len())
            .sum();
        let bad: usize = cases
            .iter()
            .filter(|case| case.0 == name)
            .map(|case| case.3.len())
            .sum();
        assert!(
            bad >= 3 && (good >= 2 || name == "auto_number"),
            "{name}: {good} good, {bad} bad"
        );
    }
}

#[test]
fn a_normal_form_is_its_own_normal_form() {
    for (name, settings, good, _) in cases() {
        let field = field(name, &settings);
        for (_, columns) in good {
            let columns = columns.as_array().unwrap();
            if let [column] = columns.as_slice() {
                assert_eq!(
                    field.store(column).unwrap(),
                    std::slice::from_ref(column),
                    "{name} {column}"
                );
            }
        }
    }
}
