//! Ids that can be told from a record's number, so that relations and load generators need no look-up.

use tessera_schema::ident::RecordId;
use uuid::Builder;

use crate::random::Random;

/// 2024-01-01T00:00:00Z, in milliseconds.
const START: u64 = 1_704_067_200_000;
const MINUTE: u64 = 60_000;

/// A row of records, counted from 0. Record `n` has the UUID v7 of the time 2024-01-01 plus `n` steps, then the number of the
/// series and `n` itself: `018cc251-f400-7011-8000-000000000000` begins series 0x11.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Series {
    number: u8,
    step: u64,
}

impl Series {
    pub(crate) const fn every_minutes(minutes: u64, number: u8) -> Self {
        Self {
            number,
            step: minutes * MINUTE,
        }
    }

    pub(crate) fn id(self, n: u64) -> RecordId {
        let mut tail = [0; 10];
        tail[1] = self.number;
        tail[2..].copy_from_slice(&n.to_be_bytes());
        RecordId(Builder::from_unix_timestamp_millis(START + n * self.step, &tail).into_uuid())
    }

    /// The chance that decides how many records there are, apart from what is in them.
    pub(crate) fn plan(self) -> Random {
        self.random(u64::MAX)
    }

    /// The chance that makes record `n`, whatever was made before it.
    pub(crate) fn random(self, n: u64) -> Random {
        let mut mix = Random::new((u64::from(self.number) << 56) ^ n);
        Random::new(mix.next())
    }
}

#[cfg(test)]
mod tests {
    use super::Series;

    #[test]
    fn ids_are_of_version_7_and_sort_as_they_are_counted() {
        let series = Series::every_minutes(3, 0x11);
        assert_eq!(
            series.id(0).to_string(),
            "018cc251-f400-7011-8000-000000000000"
        );
        assert_eq!(series.id(255).0.get_version_num(), 7);
        assert!(series.id(255) < series.id(256));
    }
}
