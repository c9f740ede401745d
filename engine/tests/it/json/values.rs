//! Values of every type, as texts that Postgres reads: ordinary ones, and whatever might be written wrongly.

use proptest::char::range;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value as Json;
use std::ops::Range;
use uuid::Uuid;

fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(texts).prop_map(str::to_owned)
}

pub(crate) fn text() -> BoxedStrategy<String> {
    prop_oneof![
        12 => text_of(0..40),
        1 => text_of(100..1000),
        // Nothing to escape, up to the last letter perhaps.
        4 => "[a-z]{0,50}[ -~]?",
    ]
    .boxed()
}

fn text_of(length: Range<usize>) -> impl Strategy<Value = String> {
    let character = prop_oneof![
        6 => range(' ', '~'),
        2 => select(&['"', '\\', '/', '\u{7f}', '\u{80}', '\u{2028}', '\u{feff}', 'é', '🦀'][..]),
        1 => range('\u{1}', ' '),
        1 => any::<char>().prop_filter("Postgres has no U+0000", |c| *c != '\0'),
    ];
    prop::collection::vec(character, length).prop_map(String::from_iter)
}

pub(crate) fn integer() -> BoxedStrategy<String> {
    let unsafe_from = 1_i64 << 53;
    prop_oneof![
        any::<i64>(),
        -1000..1000_i64,
        unsafe_from - 3..unsafe_from + 3,
        -unsafe_from - 3..-unsafe_from + 3,
        select(&[i64::MIN, i64::MAX][..]),
        (0..19_u32, -9..9_i64).prop_map(|(zeros, n)| n.saturating_mul(10_i64.pow(zeros))),
    ]
    .prop_map(|n| n.to_string())
    .boxed()
}

pub(crate) fn medium_integer() -> BoxedStrategy<String> {
    any::<i32>().prop_map(|n| n.to_string()).boxed()
}

pub(crate) fn small_integer() -> BoxedStrategy<String> {
    any::<i16>().prop_map(|n| n.to_string()).boxed()
}

pub(crate) fn decimal() -> BoxedStrategy<String> {
    prop_oneof![
        4 => "-?[0-9]{1,9}\\.[0-9]{0,6}",
        4 => "-?[0-9]{1,40}(\\.[0-9]{1,40})?",
        // Many zeros in a row are left out of the binary form.
        4 => "-?0{0,9}[0-9]{0,4}0{0,9}[1-9]0{0,17}(\\.0{0,9}[0-9]{0,5}0{1,13})?",
        2 => "-?[1-9]e-?[0-9]{1,2}",
        1 => "-?[0-9]{200,900}\\.[0-9]{200,900}",
        1 => one_of(&["NaN", "Infinity", "-Infinity", "0", "0.000", "-0.0", "1e-16383", "1e16000"]),
    ]
    .boxed()
}

pub(crate) fn float() -> BoxedStrategy<String> {
    let bits = prop_oneof![
        4 => any::<u64>(),
        // Subnormal ones, and powers of two with what is next to them.
        1 => 0..1_u64 << 52,
        2 => (0..2047_u64, -2..=2_i64).prop_map(|(e, by)| (e << 52).saturating_add_signed(by)),
        // From 2^53 on the middle between two floats is often a round number.
        3 => (1075..1160_u64, any::<u64>()).prop_map(|(e, bits)| e << 52 | bits >> 12),
    ];
    let of_bits = (bits, any::<bool>()).prop_map(|(bits, negative)| {
        let value = f64::from_bits(bits);
        if negative { -value } else { value }
    });
    let round = ("[0-9]{1,17}", -345..310_i32)
        .prop_map(|(digits, e)| format!("{digits}e{e}").parse().unwrap())
        .prop_filter("too large", |value: &f64| value.is_finite());
    let fives = (0..=23_i32, 0..64_i32, 1..100_u64)
        .prop_map(|(fives, twos, n)| 5_f64.powi(fives) * 2_f64.powi(twos) * n as f64);
    let edges = [
        0.0,
        -0.0,
        f64::NAN,
        f64::INFINITY,
        -f64::INFINITY,
        f64::MAX,
        1e15,
        1e-4,
        1e23,
    ];
    prop_oneof![
        6 => of_bits,
        2 => round,
        2 => (-10_000..10_000_i32).prop_map(|n| f64::from(n) / 100.0),
        2 => fives,
        1 => select(edges.to_vec()),
    ]
    .prop_map(|value| format!("{value:e}"))
    .boxed()
}

pub(crate) fn boolean() -> BoxedStrategy<String> {
    any::<bool>().prop_map(|b| b.to_string()).boxed()
}

/// Julian days, which Postgres reads: near our time mostly, but from 4714 BC on up to the last it has.
fn julian_day(last: u32) -> impl Strategy<Value = u32> {
    const FIRST_OF_YEAR_1: u32 = 1_721_426;
    const FIRST_OF_YEAR_10000: u32 = 5_373_485;
    prop_oneof![
        6 => 2_400_000..2_500_000_u32,
        3 => 0..6_000_000_u32,
        1 => FIRST_OF_YEAR_1 - 800..FIRST_OF_YEAR_1 + 800,
        1 => FIRST_OF_YEAR_10000 - 800..FIRST_OF_YEAR_10000 + 800,
        2 => 0..=last,
        1 => select(vec![0, last]),
    ]
}

pub(crate) fn date() -> BoxedStrategy<String> {
    prop_oneof![
        20 => julian_day(2_147_483_493).prop_map(|day| format!("J{day}")),
        1 => one_of(&["infinity", "-infinity", "2000-02-29", "1900-02-28", "0001-01-01 BC"]),
    ]
    .boxed()
}

/// A time of day with a fraction of none to six digits.
fn clock() -> impl Strategy<Value = String> {
    let fraction =
        prop_oneof![3 => Just(String::new()), 4 => "\\.[0-9]{1,6}", 1 => "\\.0{1,5}[1-9]"];
    (0..24_u8, 0..60_u8, 0..60_u8, fraction)
        .prop_map(|(h, m, s, fraction)| format!("{h:02}:{m:02}:{s:02}{fraction}"))
}

pub(crate) fn date_time() -> BoxedStrategy<String> {
    let time = (julian_day(109_203_527), clock());
    prop_oneof![
        20 => time.prop_map(|(day, clock)| format!("J{day} {clock} UTC")),
        1 => one_of(&["infinity", "-infinity", "epoch", "4714-11-24 00:00:00+00 BC",
            "294276-12-31 23:59:59.999999+00", "0001-01-01 00:00:00+00", "9999-12-31 23:59:59.9+00"]),
    ]
    .boxed()
}

pub(crate) fn time() -> BoxedStrategy<String> {
    prop_oneof![20 => clock(), 1 => one_of(&["24:00:00", "00:00:00", "23:59:59.999999"])].boxed()
}

pub(crate) fn duration() -> BoxedStrategy<String> {
    fn number<T: std::fmt::Debug + Clone + 'static>(
        small: impl Strategy<Value = T> + 'static,
        any: impl Strategy<Value = T> + 'static,
        zero: T,
    ) -> impl Strategy<Value = T> {
        prop_oneof![3 => Just(zero), 4 => small, 2 => any]
    }
    let months = number(-30..30_i32, any::<i32>(), 0);
    let days = number(-400..400_i32, any::<i32>(), 0);
    let seconds = number(
        -100_000..100_000_i64,
        -9_000_000_000_000..9_000_000_000_000_i64,
        0,
    );
    let micros = number(
        (-9..9_i64).prop_map(|n| n * 100_000),
        -999_999..999_999_i64,
        0,
    );
    (months, days, seconds, micros)
        .prop_map(|(months, days, seconds, micros)| {
            format!("{months} months {days} days {seconds} seconds {micros} microseconds")
        })
        .boxed()
}

pub(crate) fn uuid() -> BoxedStrategy<String> {
    any::<u128>()
        .prop_map(|n| Uuid::from_u128(n).to_string())
        .boxed()
}

pub(crate) fn document() -> BoxedStrategy<String> {
    let number = prop_oneof!["-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,9}0{0,3})?([eE][+-]?[0-9]{1,2})?"];
    let string = text_of(0..20).prop_map(|text| Json::from(text).to_string());
    let leaf = prop_oneof![
        one_of(&["null", "true", "false", "\"\\u0001\\u00e9\\/\""]),
        number,
        string
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        let key = text_of(0..6).prop_map(|text| Json::from(text).to_string());
        let entry = (key, inner.clone()).prop_map(|(key, value)| format!("{key} :{value}"));
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(|items| format!("[{}]", items.join(" , "))),
            prop::collection::vec(entry, 0..4)
                .prop_map(|items| format!("{{\n{}}}", items.join(","))),
        ]
    })
    .boxed()
}
