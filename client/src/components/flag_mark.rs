//! A result, marked by word and colour when it is abnormal.

use yew::prelude::*;

use crate::display::reference_range::Flag;
use crate::display::row::Cell;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct CellWordsProps {
    pub(crate) cell: Cell,
}

#[component]
pub(crate) fn CellWords(props: &CellWordsProps) -> Html {
    html! {
        <>
            if props.cell.words.is_empty() {
                <span class="absent">{ "–" }</span>
            } else {
                { &props.cell.words }
            }
            if let Some(flag) = props.cell.flag {
                { " " }<FlagMark {flag} />
            }
        </>
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct FlagMarkProps {
    pub(crate) flag: Flag,
}

#[component]
pub(crate) fn FlagMark(props: &FlagMarkProps) -> Html {
    let class = match props.flag {
        Flag::Critical => "flag flag-critical",
        Flag::Low | Flag::High | Flag::Abnormal => "flag",
    };
    html! { <span {class}>{ props.flag.words() }</span> }
}
