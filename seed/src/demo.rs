//! The demo: a firm in Riga that sells maintenance planning to plants and warehouses, with two years of customers behind it.

mod activities;
mod companies;
mod contacts;
mod notes;
mod opportunities;
mod tasks;

use serde_json::Value as Json;
use tessera_engine::engine::Engine;
use tessera_schema::ident::UserId;

use crate::data::Text;
use crate::error::Result;
use crate::random::Random;
use crate::report::Made;
use crate::store;
use crate::team::Team;

use companies::Company;
use contacts::Contact;
use opportunities::Opportunity;

/// Makes the records of one object after the other, those that others point at first.
pub(crate) async fn fill(engine: &Engine, team: &Team) -> Result<Vec<Made>> {
    let story = Story::new(&team.owners);
    let mut made = Vec::new();
    for (object, bodies) in story.bodies() {
        made.push(store::create(engine, &team.context, object, &bodies).await?);
    }
    Ok(made)
}

/// Everything that later records refer to.
struct Story {
    companies: Vec<Company>,
    contacts: Vec<Contact>,
    opportunities: Vec<Opportunity>,
}

impl Story {
    fn new(owners: &[UserId]) -> Self {
        let companies = companies::make(owners);
        let contacts = contacts::make(&companies);
        let opportunities = opportunities::make(&companies, &contacts);
        Self {
            companies,
            contacts,
            opportunities,
        }
    }

    fn bodies(&self) -> [(&'static str, Vec<Json>); 6] {
        [
            (
                "company",
                self.companies
                    .iter()
                    .map(|company| company.body.clone())
                    .collect(),
            ),
            (
                "contact",
                self.contacts
                    .iter()
                    .map(|contact| contact.body.clone())
                    .collect(),
            ),
            (
                "opportunity",
                self.opportunities
                    .iter()
                    .map(|opportunity| opportunity.body.clone())
                    .collect(),
            ),
            ("task", tasks::make(self)),
            ("note", notes::make(self)),
            ("activity", activities::make(self)),
        ]
    }

    fn company(&self, opportunity: &Opportunity) -> &Company {
        &self.companies[opportunity.company]
    }

    fn contact(&self, opportunity: &Opportunity) -> &Contact {
        &self.contacts[opportunity.contact]
    }

    /// The people at a company, by their place among all.
    fn colleagues(&self, company: usize) -> impl Iterator<Item = &Contact> {
        self.contacts
            .iter()
            .filter(move |contact| contact.company == company)
    }
}

/// Several texts, all different, that are in the contact's language or in everybody's.
fn pick_texts<'t, T: Text>(
    random: &mut Random,
    texts: &'t [T],
    contact: &Contact,
    how_many: usize,
) -> Vec<&'t T> {
    let mut fitting: Vec<&T> = texts
        .iter()
        .filter(|text| {
            text.people()
                .is_none_or(|language| language == contact.person.language)
        })
        .collect();
    let taken =
        (0..how_many.min(fitting.len())).map(|_| fitting.swap_remove(random.index(fitting.len())));
    taken.collect()
}

/// Puts names into a text.
fn tell(text: &str, company: &Company, contact: &Contact) -> String {
    text.replace("{company}", company.name)
        .replace("{contact}", contact.person.first)
}
