//! The table of a chart's section; the main column's link opens the row.

use yew::prelude::*;

use crate::api::chart::Kind;
use crate::components::address_link::AddressLink;
use crate::components::flag_mark::CellWords;
use crate::display::row::{Row, Weight, headings};
use crate::route::{Query, Route};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct RowTableProps {
    /// For screen readers.
    pub(crate) caption: AttrValue,
    pub(crate) kind: Kind,
    pub(crate) rows: Vec<Row>,
    /// The page that the rows open on.
    pub(crate) route: Route,
    /// Its query without the row.
    pub(crate) query: Query,
}

/// The query parameter that names the opened row.
pub(crate) const OPEN: &str = "open";

#[component]
pub(crate) fn RowTable(props: &RowTableProps) -> Html {
    let headings = headings(props.kind);
    html! {
        <table class="table">
            <caption class="visually-hidden">{ &props.caption }</caption>
            <thead>
                <tr>
                    for heading in headings {
                        <th scope="col" class={class(heading.weight)}>{ heading.title }</th>
                    }
                </tr>
            </thead>
            <tbody>
                for row in &props.rows {
                    <tr key={format!("{}/{}", row.resource_type, row.id)} class="row-link">
                        for (heading, cell) in headings.iter().zip(&row.cells) {
                            <td class={class(heading.weight)}>
                                if heading.weight == Weight::Main {
                                    <AddressLink
                                        to={props.route.clone()}
                                        query={opening(&props.query, row)}
                                    >
                                        <CellWords cell={cell.clone()} />
                                    </AddressLink>
                                } else {
                                    <CellWords cell={cell.clone()} />
                                }
                            </td>
                        }
                    </tr>
                }
            </tbody>
        </table>
    }
}

fn class(weight: Weight) -> &'static str {
    match weight {
        Weight::Main => "cell-main",
        Weight::Shown => "cell",
        Weight::Wide => "cell wide-only",
    }
}

fn opening(query: &Query, row: &Row) -> Query {
    let mut query = query.clone();
    query.push((OPEN.to_owned(), format!("{}/{}", row.resource_type, row.id)));
    query
}
