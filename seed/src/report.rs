//! What a run did, to be shown.

use std::fmt;

use crate::{DEMO_EMAIL, DEMO_PASSWORD};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The tenant's slug.
    pub tenant: String,
    /// Whether this run made the tenant.
    pub is_new: bool,
    /// How many people this run made members.
    pub people: usize,
    pub has_demo_user: bool,
    pub made: Vec<Made>,
}

/// What became of the records of one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// The object's api name.
    pub object: &'static str,
    /// 0 where an earlier run had made them.
    pub records: u64,
}

impl Report {
    /// Whether everything was there before.
    #[must_use]
    pub fn nothing_new(&self) -> bool {
        !self.is_new && self.people == 0 && self.made.iter().all(|made| made.records == 0)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenant = &self.tenant;
        if self.nothing_new() {
            writeln!(
                f,
                "Tenant `{tenant}` has been seeded before; nothing was changed."
            )?;
        } else {
            let is_new = if self.is_new { ", which is new" } else { "" };
            writeln!(f, "Filled tenant `{tenant}`{is_new}:")?;
            if self.people > 0 {
                writeln!(f, "  {:<12} {}", "people", self.people)?;
            }
            for Made { object, records } in &self.made {
                match records {
                    0 => writeln!(f, "  {object:<12} there before")?,
                    _ => writeln!(f, "  {object:<12} {records}")?,
                }
            }
        }
        if self.has_demo_user {
            write!(
                f,
                "Sign in to the tenant `{tenant}` as {DEMO_EMAIL} with the password `{DEMO_PASSWORD}`."
            )
        } else {
            write!(
                f,
                "No demo account was added: the tenant has members of its own."
            )
        }
    }
}
