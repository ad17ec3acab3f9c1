//! The stories: one patient a file, each with something for a screen to show.

mod amelia;
mod grace;
mod hannah;
mod kai;
mod leo;
mod marcus;
mod nadia;
mod priya;
mod ruth;
mod tomas;
mod walter;
mod zoe;

use crate::chart::Chart;

/// A patient and how to tell the story.
pub(crate) struct Story {
    /// The part of all ids that names the patient.
    pub(crate) slug: &'static str,
    /// The name as references show it.
    pub(crate) name: &'static str,
    /// Writes the chart.
    pub(crate) tell: fn(&mut Chart),
}

/// All stories; the first patient is the one that the development account `patient` signs in as.
pub(crate) const STORIES: &[Story] = &[
    Story {
        slug: "amelia",
        name: "Amelia Rose Hartley",
        tell: amelia::tell,
    },
    Story {
        slug: "marcus",
        name: "Marcus Okafor",
        tell: marcus::tell,
    },
    Story {
        slug: "priya",
        name: "Priya Raman",
        tell: priya::tell,
    },
    Story {
        slug: "leo",
        name: "Leo Fischer-Braun",
        tell: leo::tell,
    },
    Story {
        slug: "nadia",
        name: "Nadia Haddad",
        tell: nadia::tell,
    },
    Story {
        slug: "walter",
        name: "Walter Lindqvist",
        tell: walter::tell,
    },
    Story {
        slug: "grace",
        name: "Grace Oyelaran",
        tell: grace::tell,
    },
    Story {
        slug: "tomas",
        name: "Tomás Ferreira da Silva",
        tell: tomas::tell,
    },
    Story {
        slug: "hannah",
        name: "Hannah Whitcombe",
        tell: hannah::tell,
    },
    Story {
        slug: "ruth",
        name: "Ruth Abramowitz",
        tell: ruth::tell,
    },
    Story {
        slug: "zoe",
        name: "Zoë Müller-Sørensen",
        tell: zoe::tell,
    },
    Story {
        slug: "kai",
        name: "Kai Nakamura",
        tell: kai::tell,
    },
];
