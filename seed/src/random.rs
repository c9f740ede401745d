//! Chance that falls the same way on every machine and in every version of this program.

/// `SplitMix64`: small, fast, and good enough to spread values. Never for secrets.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 up to but without 1.
    #[allow(clippy::cast_precision_loss, reason = "53 bits fit a float exactly")]
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Below `bound`, which is not 0.
    pub(crate) const fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// Both ends included.
    pub(crate) const fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below(low.abs_diff(high) + 1).cast_signed()
    }

    pub(crate) const fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.index(all.len())]
    }

    /// A place in something of that length, which is not 0.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).expect("below a length in memory")
    }

    /// One of them, each as often as its weight says.
    pub(crate) fn weighted<T: Copy>(&mut self, all: &[(T, u64)]) -> T {
        let mut at = self.below(all.iter().map(|(_, weight)| weight).sum());
        for (one, weight) in all {
            match at.checked_sub(*weight) {
                Some(rest) => at = rest,
                None => return *one,
            }
        }
        unreachable!("a number below the sum falls into one of the weights")
    }

    /// Below `bound`, low numbers more often: the share of number k falls with the root of k.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "numbers of records, rounded down"
    )]
    pub(crate) fn power_law(&mut self, bound: u64) -> u64 {
        (bound as f64 * self.unit().powi(2)) as u64
    }

    /// Replaces each `#` by a digit; none is 0, so that a number may begin with one.
    pub(crate) fn digits(&mut self, pattern: &str) -> String {
        let digit =
            |random: &mut Self| char::from(b'1' + u8::try_from(random.below(9)).expect("below 9"));
        pattern
            .chars()
            .map(|c| if c == '#' { digit(self) } else { c })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn the_numbers_are_those_of_the_published_algorithm() {
        let mut random = Random::new(1_234_567);
        assert_eq!(
            [random.next(), random.next()],
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]
        );
    }

    #[test]
    fn weights_and_the_power_law_shape_what_comes() {
        let mut random = Random::new(1);
        let heavy = (0..10_000)
            .filter(|_| random.weighted(&[(true, 9), (false, 1)]))
            .count();
        assert!((8_800..9_200).contains(&heavy), "{heavy}");
        let low = (0..10_000).filter(|_| random.power_law(100) == 0).count();
        assert!((900..1_100).contains(&low), "{low}");
    }
}
