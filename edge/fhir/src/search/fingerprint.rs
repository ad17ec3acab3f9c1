//! What index rows depend on beside the resource: when it changes, stored resources have to be
//! indexed anew.

use super::extract::text_key;
use super::kind::{INDEX_KINDS, IndexKind};
use crate::definitions::{Definitions, SearchType, hash, index_key};
use std::sync::OnceLock;

/// A parameter that has index rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexedParameter {
    /// Its name in a query.
    pub code: &'static str,
    /// Differs when the rows of the same resource differ.
    pub fingerprint: String,
}

/// The parameters of a resource type that have index rows.
pub fn indexed(definitions: &'static Definitions, resource_type: &str) -> Vec<IndexedParameter> {
    let parameters = definitions.search_parameters(resource_type).iter();
    let indexed = parameters.filter_map(|parameter| {
        parameter.expression.as_ref()?;
        let kind = IndexKind::of(parameter.search_type)?;
        // The revision of texts counts for tokens as well, whose `:text` they are.
        let texts = IndexKind::of(SearchType::String).map_or(0, |kind| kind.revision);
        let revision = (parameter.fingerprint, kind.name, kind.revision, texts);
        Some(IndexedParameter {
            code: parameter.code,
            fingerprint: format!("{:016x}", hash([format!("{revision:?}").as_str()])),
        })
    });
    indexed.collect()
}

/// The keys that rows of a parameter have, those of its `:text` included.
pub fn keys(resource_type: &str, code: &str) -> [u32; 2] {
    [
        index_key(resource_type, code),
        text_key(resource_type, code),
    ]
}

/// A hash of all that index rows depend on: two servers with the same one make the same rows.
pub fn definitions_hash(definitions: &'static Definitions) -> &'static str {
    static HASHES: [OnceLock<String>; 2] = [OnceLock::new(), OnceLock::new()];
    let [r4, stu3] = &HASHES;
    let known = match definitions.release() {
        crate::Release::R4 => r4,
        crate::Release::Stu3 => stu3,
    };
    known.get_or_init(|| {
        let kinds = INDEX_KINDS.map(|kind| format!("{} {}", kind.name, kind.revision));
        let texts = kinds.iter().map(String::as_str);
        let texts = texts.chain([definitions.search_table()]);
        format!("{:016x}", hash(texts))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Release;

    #[test]
    fn the_releases_have_different_hashes() {
        let [r4, stu3] = [Release::R4, Release::Stu3].map(Definitions::of);
        assert_ne!(definitions_hash(r4), definitions_hash(stu3));
        assert_eq!(definitions_hash(r4), definitions_hash(r4));
    }

    #[test]
    fn a_parameter_has_the_fingerprint_of_its_definition() {
        let [r4, stu3] = [Release::R4, Release::Stu3].map(Definitions::of);
        let of = |definitions, code: &str| {
            let found = indexed(definitions, "Patient").into_iter();
            found
                .filter(|indexed| indexed.code == code)
                .map(|indexed| indexed.fingerprint)
                .next()
        };
        assert_eq!(of(r4, "family"), of(r4, "family"));
        assert_ne!(of(r4, "family"), of(r4, "given"));
        assert!(of(stu3, "family").is_some());
        assert_eq!(of(r4, "_lastUpdated").is_some(), of(r4, "_id").is_some());
        assert_eq!(of(r4, "nothing"), None);
    }
}
