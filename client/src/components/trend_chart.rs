//! A vital sign over time as plain SVG, with its numbers in a table beside it.

use yew::prelude::*;

use crate::display::axis::Axis;
use crate::display::trend::{Line, Trend};

const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 150.0;
const LEFT: f64 = 40.0;
const RIGHT: f64 = 10.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 22.0;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct TrendChartProps {
    /// Unique on the page.
    pub(crate) id: AttrValue,
    pub(crate) trend: Trend,
}

#[component]
pub(crate) fn TrendChart(props: &TrendChartProps) -> Html {
    let trend = &props.trend;
    let heading_id = format!("{}-heading", props.id);
    let points = || trend.lines.iter().flat_map(|line| &line.points);
    let values = Axis::around(points().map(|point| point.value));
    let first = points()
        .min_by(|one, other| one.day.total_cmp(&other.day))
        .cloned();
    let last = points()
        .max_by(|one, other| one.day.total_cmp(&other.day))
        .cloned();
    let days = (
        first.as_ref().map_or(0.0, |point| point.day),
        last.as_ref().map_or(0.0, |point| point.day),
    );
    let x = move |day: f64| {
        let span = days.1 - days.0;
        let share = if span > 0.0 {
            (day - days.0) / span
        } else {
            0.5
        };
        LEFT + share * (WIDTH - LEFT - RIGHT)
    };
    let y = |value: f64| TOP + (1.0 - values.position(value)) * (HEIGHT - TOP - BOTTOM);
    let place = |number: f64| format!("{number:.1}");
    html! {
        <figure class="trend" aria-labelledby={heading_id.clone()}>
            <figcaption>
                <h3 id={heading_id.clone()}>{ &trend.title }</h3>
                <p class="trend-latest">
                    <strong>{ &trend.latest }</strong>
                    <span class="hint">{ &trend.latest_date }</span>
                </p>
            </figcaption>
            if points().count() > trend.lines.len() {
                <svg
                    viewBox={format!("0 0 {WIDTH} {HEIGHT}")}
                    role="img"
                    aria-label={format!("{} over time, see the table below", trend.title)}
                >
                    for tick in &values.ticks {
                        <g class="trend-grid">
                            <line
                                x1={place(LEFT)}
                                x2={place(WIDTH - RIGHT)}
                                y1={place(y(*tick))}
                                y2={place(y(*tick))}
                            />
                            <text x={place(LEFT - 6.0)} y={place(y(*tick) + 3.5)} text-anchor="end">
                                { values.label(*tick) }
                            </text>
                        </g>
                    }
                    for (index, line) in trend.lines.iter().enumerate() {
                        <g class={format!("trend-line trend-line-{}", index % 3)}>
                            <polyline points={polyline(line, &x, &y)} />
                            for point in &line.points {
                                <circle cx={place(x(point.day))} cy={place(y(point.value))} r="2.5">
                                    <title>{ format!("{}: {}", point.date, point.words) }</title>
                                </circle>
                            }
                        </g>
                    }
                    if let (Some(first), Some(last)) = (&first, &last) {
                        <g class="trend-grid">
                            <text x={place(LEFT)} y={place(HEIGHT - 4.0)}>
                                { day_only(&first.date) }
                            </text>
                            <text
                                x={place(WIDTH - RIGHT)}
                                y={place(HEIGHT - 4.0)}
                                text-anchor="end"
                            >
                                { day_only(&last.date) }
                            </text>
                        </g>
                    }
                </svg>
            }
            if trend.lines.len() > 1 {
                <ul class="trend-key">
                    for (index, line) in trend.lines.iter().enumerate() {
                        <li class={format!("trend-line-{}", index % 3)}>
                            <span>{ &line.label }</span>
                        </li>
                    }
                </ul>
            }
            <details>
                <summary>{ "Numbers" }</summary>
                <div class="scroll" tabindex="0" role="region" aria-label={format!("{}, numbers", trend.title)}>
                    <table class="table table-compact">
                        <caption class="visually-hidden">{ &trend.title }</caption>
                        <thead>
                            <tr>
                                <th scope="col">{ "Date" }</th>
                                if trend.lines.len() > 1 {
                                    <th scope="col">{ "What" }</th>
                                }
                                <th scope="col">{ "Result" }</th>
                            </tr>
                        </thead>
                        <tbody>
                            for line in &trend.lines {
                                for point in line.points.iter().rev() {
                                    <tr>
                                        <td>{ &point.date }</td>
                                        if trend.lines.len() > 1 {
                                            <td>{ &line.label }</td>
                                        }
                                        <td>{ &point.words }</td>
                                    </tr>
                                }
                            }
                        </tbody>
                    </table>
                </div>
            </details>
        </figure>
    }
}

fn polyline(line: &Line, x: &impl Fn(f64) -> f64, y: &impl Fn(f64) -> f64) -> String {
    let points = line
        .points
        .iter()
        .map(|point| format!("{:.1},{:.1}", x(point.day), y(point.value)));
    points.collect::<Vec<_>>().join(" ")
}

/// `3 May 2019` of `3 May 2019, 14:22 UTC`.
fn day_only(date: &str) -> String {
    date.split(',').next().unwrap_or_default().to_owned()
}
