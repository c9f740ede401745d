//! Companies in bulk. Those with low numbers are the large ones.

use serde_json::{Value as Json, json};
use tessera_schema::ident::UserId;

use crate::data::COMPANIES;
use crate::people::ascii;
use crate::places::PLACES;
use crate::places::Place;
use crate::random::Random;
use crate::series::Series;

use super::Plan;

pub(super) const SERIES: Series = Series::every_minutes(10, 0x11);

/// What others need to know of a company, told from its number.
pub(super) struct Profile {
    pub(super) place: &'static Place,
    pub(super) domain: String,
    name: String,
    industry: &'static str,
}

impl Profile {
    pub(super) fn of(n: u64) -> Self {
        Self::draw(&mut SERIES.random(n), n)
    }

    fn draw(random: &mut Random, n: u64) -> Self {
        let place = random.pick(&PLACES);
        let trades = &COMPANIES.trades;
        let industry = random.below(trades.len() as u64);
        let (industry, trades) = trades
            .iter()
            .zip(0..)
            .find(|(_, at)| *at == industry)
            .map(|(trade, _)| trade)
            .expect("below their number");
        let (root, trade) = (random.pick(&COMPANIES.roots), random.pick(trades));
        let form = COMPANIES
            .forms
            .get(&place.country)
            .map_or("", String::as_str);
        Self {
            place,
            domain: format!("{}{}{n}.example", ascii(root), ascii(trade)),
            name: format!("{root} {trade} {form}"),
            industry,
        }
    }
}

pub(super) fn body(n: u64, plan: Plan, owners: &[UserId]) -> Json {
    let mut random = SERIES.random(n);
    let Profile {
        place,
        domain,
        name,
        industry,
    } = Profile::draw(&mut random, n);
    let employees = employees(&mut random, n, plan.companies);
    let kind = random.weighted(&[
        ("prospect", 46),
        ("customer", 34),
        ("partner", 7),
        ("supplier", 7),
        ("competitor", 2),
        ("other", 4),
    ]);
    json!({
        "id": SERIES.id(n),
        "name": name,
        "domain": domain,
        "kind": kind,
        "industry": industry,
        "employees": employees,
        "annual_revenue": place.price(employees * random.between(60, 180) * 1_000),
        "website": format!("https://www.{domain}"),
        "phone": random.digits(&place.landline),
        "city": place.city,
        "address": place.address(&mut random),
        "tags": if kind == "customer" && random.chance(20) { vec!["key_account"] } else { Vec::new() },
        "owner_id": random.pick(owners),
    })
}

/// Falls with the company's number, from thousands to a handful, each within half and twice of its share.
fn employees(random: &mut Random, n: u64, companies: u64) -> i64 {
    let share = (companies / (n + 1)).isqrt().cast_signed();
    random.between(4, 16) * share * 2 + random.between(2, 40)
}
