//! Which shard holds what. A value is found by its name alone: the id that was used, the id of the
//! authorization or of the access token, the person or session that signed out.
//!
//! Objects and rows depend on this file for good; `docs/decisions` says what changing it takes.

/// How many shards there are: a power of two, so that doubling it splits each shard in two.
const SHARDS: u32 = 16;

/// The shard that holds what has this name, by the 64-bit FNV-1a hash.
/// <http://www.isthe.com/chongo/tech/comp/fnv/>
pub(in crate::store) fn shard_of(name: &str) -> u32 {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    // The low bits alone mix poorly for short names.
    let mixed = (hash ^ (hash >> 32)) & u64::from(SHARDS - 1);
    u32::try_from(mixed).unwrap_or_default()
}

/// The name of a shard's object. It tells the number of shards, so that other numbers make other
/// objects.
pub(super) fn object_name(shard: u32) -> String {
    format!("{shard} of {SHARDS}")
}

/// The numbers of all shards.
pub(super) fn shards() -> std::ops::Range<u32> {
    0..SHARDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_changes_its_shard() {
        for (name, shard) in [("", 1), ("a", 0), ("launch 1", 14), ("ä", 5)] {
            assert_eq!(shard_of(name), shard, "{name:?}");
        }
    }

    #[test]
    fn names_spread_evenly() {
        for prefix in ["", "dpop key ", "https://idp.example/ ", "launch "] {
            let mut counts = [0_u32; SHARDS as usize];
            for n in 0..16_000 {
                counts[shard_of(&format!("{prefix}{n}")) as usize] += 1;
            }
            let (least, most) = (counts.iter().min(), counts.iter().max());
            assert!(
                least > Some(&800) && most < Some(&1200),
                "{prefix}: {counts:?}"
            );
        }
    }

    #[test]
    fn each_shard_has_an_object_of_its_own() {
        let names: std::collections::BTreeSet<_> = shards().map(object_name).collect();
        assert_eq!(names.len(), SHARDS as usize);
        assert!(names.contains("15 of 16"));
    }
}
