//! A tiny seeded generator (SplitMix64), so that readings scatter as in life and yet are the
//! same on every run.

/// The state of one patient's scatter.
pub(crate) struct Noise {
    state: u64,
}

impl Noise {
    /// A generator seeded by a name (FNV-1a).
    pub(crate) fn named(name: &str) -> Self {
        let state = name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self { state }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A value near `center`, never further away than `spread`, mostly much nearer.
    pub(crate) fn around(&mut self, center: f64, spread: f64) -> f64 {
        center + (self.unit() - self.unit()) * spread
    }

    /// A whole number from `0` up to, not including, `end`.
    pub(crate) fn below(&mut self, end: i64) -> i64 {
        (self.unit() * end as f64) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_gives_one_sequence_within_bounds() {
        let (mut first, mut again) = (Noise::named("amelia"), Noise::named("amelia"));
        for _ in 0..1_000 {
            let value = first.around(100.0, 5.0);
            assert!((95.0..=105.0).contains(&value));
            assert_eq!(value, again.around(100.0, 5.0));
            assert!((0..7).contains(&first.below(7)));
            again.below(7);
        }
        assert_ne!(Noise::named("marcus").next(), Noise::named("amelia").next());
    }
}
