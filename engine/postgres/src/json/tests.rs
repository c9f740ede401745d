//! Bytes whose JSON is known; that Postgres says the same of any value is tested against it.

use proptest::prelude::*;
use serde_json::value::RawValue;
use tessera_schema::column::ColumnType;
use tessera_schema::scalar::Scalar;

use super::{Malformed, Writer, write_text};

fn written(column_type: &ColumnType, raw: &[u8]) -> Result<String, Malformed> {
    let mut out = Vec::new();
    Writer::of(column_type).write(Some(raw), &mut out)?;
    Ok(String::from_utf8(out).expect("what is written is text"))
}

fn list_of(scalar: Scalar) -> ColumnType {
    ColumnType {
        list: true,
        ..ColumnType::of(scalar)
    }
}

/// Bytes given as groups of hexadecimal digits.
fn bytes(hex: &str) -> Vec<u8> {
    let digits: String = hex.split_whitespace().collect();
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect()
}

#[track_caller]
fn check(column_type: &ColumnType, cases: &[(&str, &str)]) {
    for (hex, json) in cases {
        let found = written(column_type, &bytes(hex));
        assert_eq!(found.as_deref(), Ok(*json), "{column_type:?} {hex}");
    }
}

#[test]
fn null_is_null() {
    for scalar in Scalar::ALL {
        let mut out = b"[".to_vec();
        Writer::of(&list_of(scalar)).write(None, &mut out).unwrap();
        out.push(b',');
        Writer::of(&ColumnType::of(scalar))
            .write(None, &mut out)
            .unwrap();
        assert_eq!(out, b"[null,null");
    }
}

#[test]
fn text() {
    for (text, json) in [
        ("", r#""""#),
        ("Ada", r#""Ada""#),
        ("a \"b\" \\c /d", r#""a \"b\" \\c /d""#),
        ("\u{8}\t\n\u{c}\r", r#""\b\t\n\f\r""#),
        ("\u{1}\u{1f}\u{7f}", "\"\\u0001\\u001f\u{7f}\""),
        ("é\u{2028}🦀", "\"é\u{2028}🦀\""),
        (
            "a line as long as two chunks, and then\na break",
            r#""a line as long as two chunks, and then\na break""#,
        ),
    ] {
        let mut out = Vec::new();
        write_text(text, &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), json);
        let read: String = serde_json::from_str(json).unwrap();
        assert_eq!(read, text);
    }
}

#[test]
fn integers() {
    let cases = [
        ("00000000 00000000", "0"),
        ("ffffffff ffffffff", "-1"),
        ("001fffff ffffffff", "9007199254740991"),
        ("ffe00000 00000001", "-9007199254740991"),
        ("ffffffff", "-1"),
        ("7fffffff", "2147483647"),
        ("8000", "-32768"),
    ];
    let scalar = ColumnType::of(Scalar::Integer);
    check(&scalar, &cases);
    check(
        &scalar,
        &[
            ("00200000 00000000", r#""9007199254740992""#),
            ("ffe00000 00000000", r#""-9007199254740992""#),
            ("7fffffff ffffffff", r#""9223372036854775807""#),
            ("80000000 00000000", r#""-9223372036854775808""#),
        ],
    );
}

#[test]
fn decimals() {
    check(
        &ColumnType::of(Scalar::Decimal),
        &[
            ("0000 0000 0000 0000", r#""0""#),
            ("0000 0000 0000 0002", r#""0.00""#),
            // 12.50 is 12 and 5000/10000.
            ("0002 0000 0000 0002 000c 1388", r#""12.50""#),
            ("0002 0000 4000 0001 000c 1388", r#""-12.5""#),
            // 10000 has one digit, whose weight is 1.
            ("0001 0001 0000 0000 0001", r#""10000""#),
            ("0001 ffff 0000 0004 0001", r#""0.0001""#),
            ("0001 fffe 0000 0009 03e8", r#""0.000010000""#),
            ("0000 0000 c000 0000", r#""NaN""#),
            ("0000 0000 d000 0000", r#""Infinity""#),
            ("0000 0000 f000 0000", r#""-Infinity""#),
        ],
    );
}

#[test]
fn floats() {
    let cases = [
        (0.0, "0"),
        (-0.0, "-0"),
        (1.0, "1"),
        (-1.5, "-1.5"),
        (0.1, "0.1"),
        (0.0001, "0.0001"),
        (0.000_123, "0.000123"),
        (0.000_01, "1e-05"),
        (1.5e-7, "1.5e-07"),
        (123_456_789_012_345.0, "123456789012345"),
        (100_000_000_000_000.0, "100000000000000"),
        (1e15, "1e+15"),
        (1_234_567_890_123_456.0, "1.234567890123456e+15"),
        (1e20, "1e+20"),
        // Just in the middle of two floats is 1e23.
        (1e23, "9.999999999999999e+22"),
        (5e-324, "5e-324"),
        (f64::MAX, "1.7976931348623157e+308"),
        (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
        (f64::NAN, r#""NaN""#),
        (f64::INFINITY, r#""Infinity""#),
        (f64::NEG_INFINITY, r#""-Infinity""#),
    ];
    for (value, json) in cases {
        let found = written(&ColumnType::of(Scalar::Float), &value.to_be_bytes());
        assert_eq!(found.as_deref(), Ok(json), "{value:e}");
    }
}

#[test]
fn dates_and_times() {
    check(
        &ColumnType::of(Scalar::Date),
        &[
            ("00000000", r#""2000-01-01""#),
            ("ffffffff", r#""1999-12-31""#),
            ("0000003b", r#""2000-02-29""#),
            ("7fffffff", r#""infinity""#),
            ("80000000", r#""-infinity""#),
        ],
    );
    for (days, json) in [
        (-730_119_i32, r#""0001-01-01""#),
        (-730_120, r#""0001-12-31 BC""#),
        (2_921_939, r#""9999-12-31""#),
        (2_921_940, r#""10000-01-01""#),
    ] {
        let found = written(&ColumnType::of(Scalar::Date), &days.to_be_bytes());
        assert_eq!(found.as_deref(), Ok(json));
    }
    check(
        &ColumnType::of(Scalar::DateTime),
        &[
            ("00000000 00000000", r#""2000-01-01T00:00:00+00:00""#),
            ("ffffffff ffffffff", r#""1999-12-31T23:59:59.999999+00:00""#),
            ("00000000 000186a0", r#""2000-01-01T00:00:00.1+00:00""#),
            ("7fffffff ffffffff", r#""infinity""#),
            ("80000000 00000000", r#""-infinity""#),
        ],
    );
    check(
        &ColumnType::of(Scalar::Time),
        &[
            ("00000000 00000000", r#""00:00:00""#),
            ("00000000 0000000a", r#""00:00:00.00001""#),
            ("00000014 1dd76000", r#""24:00:00""#),
        ],
    );
}

#[test]
fn durations() {
    for (micros, days, months, json) in [
        (0_i64, 0_i32, 0_i32, r#""PT0S""#),
        (5_400_000_000, 3, 14, r#""P1Y2M3DT1H30M""#),
        (-500_000, 0, 0, r#""PT-0.5S""#),
        (-61_000_001, 1, -13, r#""P-1Y-1M1DT-1M-1.000001S""#),
        (i64::MAX, i32::MAX, i32::MAX, r#""infinity""#),
        (i64::MIN, i32::MIN, i32::MIN, r#""-infinity""#),
    ] {
        let raw = [
            &micros.to_be_bytes()[..],
            &days.to_be_bytes(),
            &months.to_be_bytes(),
        ]
        .concat();
        let found = written(&ColumnType::of(Scalar::Duration), &raw);
        assert_eq!(found.as_deref(), Ok(json));
    }
}

#[test]
fn other_scalars() {
    check(
        &ColumnType::of(Scalar::Uuid),
        &[(
            "0193a5b7 0001 7abc 8def 0123456789ab",
            r#""0193a5b7-0001-7abc-8def-0123456789ab""#,
        )],
    );
    check(
        &ColumnType::of(Scalar::Boolean),
        &[("00", "false"), ("01", "true")],
    );
    check(
        &ColumnType::of(Scalar::Json),
        &[("01 7b7d", "{}"), ("7b7d", "{}")],
    );
}

#[test]
fn lists() {
    check(
        &list_of(Scalar::Text),
        &[
            ("00000000 00000000 00000019", "[]"),
            (
                "00000001 00000001 00000019 00000003 00000001 00000001 61 ffffffff 00000001 22",
                r#"["a",null,"\""]"#,
            ),
            (
                "00000002 00000000 00000019 00000002 00000001 00000001 00000001 00000001 61 00000000",
                r#"[["a"],[""]]"#,
            ),
        ],
    );
    // No number in a list is ever a string, but what is no number.
    check(
        &list_of(Scalar::Integer),
        &[(
            "00000001 00000000 00000014 00000001 00000001 00000008 7fffffffffffffff",
            "[9223372036854775807]",
        )],
    );
    check(
        &list_of(Scalar::Decimal),
        &[(
            "00000001 00000000 000006a4 00000002 00000001 \
             0000000c 0002 0000 0000 0002 000c 1388 00000008 0000 0000 c000 0000",
            r#"[12.50,"NaN"]"#,
        )],
    );
}

#[test]
fn bytes_of_another_type_are_told_of() {
    let length = Malformed::Length;
    for (column_type, hex, error) in [
        (ColumnType::of(Scalar::Integer), "000000", length(3)),
        (ColumnType::of(Scalar::Uuid), "", length(0)),
        (ColumnType::of(Scalar::Boolean), "02", Malformed::Boolean(2)),
        (
            ColumnType::of(Scalar::Decimal),
            "0001 0000 0000 0000",
            length(8),
        ),
        (
            ColumnType::of(Scalar::Decimal),
            "0001 0000 0000 0000 2710",
            Malformed::DecimalDigit(10_000),
        ),
        (
            ColumnType::of(Scalar::Decimal),
            "0000 0000 1234 0000",
            Malformed::DecimalSign(0x1234),
        ),
        (
            ColumnType::of(Scalar::Decimal),
            "0000 0000 0000 4000",
            Malformed::DecimalScale(0x4000),
        ),
        (
            ColumnType::of(Scalar::Time),
            "00000014 1dd76001",
            Malformed::TimeOfDay(86_400_000_001),
        ),
        (
            ColumnType::of(Scalar::Json),
            "02 7b7d",
            Malformed::Document(2),
        ),
        (
            list_of(Scalar::Text),
            "00000007 00000000 00000019",
            Malformed::Dimensions(7),
        ),
        (
            list_of(Scalar::Text),
            "00000001 00000000 00000019 00000000 00000001",
            Malformed::DimensionLength(0),
        ),
        (
            list_of(Scalar::Text),
            "00000000 00000000 00000019 00",
            length(13),
        ),
    ] {
        assert_eq!(written(&column_type, &bytes(hex)), Err(error));
    }
    let no_text = written(&ColumnType::of(Scalar::Text), b"\xff");
    assert!(matches!(no_text, Err(Malformed::Text(_))));
}

/// What might be a value: bytes of the sizes that values have, some of them small numbers.
fn raw() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![3 => Just(0), 2 => 0..8_u8, 1 => any::<u8>()];
    let size = prop_oneof![Just(1), Just(4), Just(8), Just(16), 0..64_usize];
    size.prop_flat_map(move |size| prop::collection::vec(byte.clone(), size))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn any_bytes_are_written_or_refused(
        raw in raw(),
        scalar in prop::sample::select(&Scalar::ALL[..]),
        list in any::<bool>(),
    ) {
        let column_type = ColumnType { list, ..ColumnType::of(scalar) };
        if let Ok(json) = written(&column_type, &raw)
            && scalar != Scalar::Json
        {
            let read: Result<&RawValue, _> = serde_json::from_str(&json);
            prop_assert!(read.is_ok(), "{json}");
        }
    }
}
