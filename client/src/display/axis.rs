//! Round numbers for the axes of a chart.

/// A span of values and the round numbers to mark within it.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Where the axis begins.
    pub low: f64,
    /// Where it ends; above `low`.
    pub high: f64,
    /// Marked values, ascending.
    pub ticks: Vec<f64>,
    /// Digits after the point that the ticks need.
    pub decimals: usize,
}

const TICKS: f64 = 4.0;
/// Ends the loop whatever the numbers are.
const MAX_TICKS: usize = 12;

impl Axis {
    /// An axis that holds every value.
    pub fn around(values: impl IntoIterator<Item = f64>) -> Self {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.into_iter().filter(|value| value.is_finite()) {
            low = low.min(value);
            high = high.max(value);
        }
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        if high - low < f64::EPSILON * high.abs().max(1.0) {
            // One value: give it air, or it sits on the edge.
            let air = if high == 0.0 { 1.0 } else { high.abs() * 0.1 };
            (low, high) = (low - air, high + air);
        }
        let step = round_step((high - low) / TICKS);
        let first = (low / step).floor();
        let last = (high / step).ceil();
        let count = ((last - first) as usize + 1).min(MAX_TICKS);
        Self {
            low: first * step,
            high: last * step,
            ticks: (0..count)
                .map(|index| (first + index as f64) * step)
                .collect(),
            decimals: (-step.log10().floor()).max(0.0) as usize,
        }
    }

    /// The position of a value, from 0 at `low` to 1 at `high`.
    pub fn position(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }

    /// A tick's label.
    pub fn label(&self, tick: f64) -> String {
        format!("{tick:.*}", self.decimals)
    }
}

/// The next of 1, 2, 5, 10, … at or above a step.
fn round_step(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    let factor = step / power;
    let round = [1.0, 2.0, 5.0]
        .into_iter()
        .find(|round| factor <= round * 1.000_001)
        .unwrap_or(10.0);
    round * power
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(values: &[f64]) -> Vec<String> {
        let axis = Axis::around(values.iter().copied());
        axis.ticks.iter().map(|tick| axis.label(*tick)).collect()
    }

    #[test]
    fn ticks_are_round_and_hold_the_values() {
        assert_eq!(labels(&[62.0, 98.0]), ["60", "70", "80", "90", "100"]);
        assert_eq!(labels(&[36.4, 38.9]), ["36", "37", "38", "39"]);
        assert_eq!(labels(&[0.2, 0.9]), ["0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(labels(&[-5.0, 5.0]), ["-5", "0", "5"]);
    }

    #[test]
    fn a_single_value_and_none_have_an_axis_too() {
        assert_eq!(labels(&[70.0]), ["60", "65", "70", "75", "80"]);
        assert_eq!(labels(&[0.0]), ["-1.0", "-0.5", "0.0", "0.5", "1.0"]);
        assert_eq!(labels(&[]), ["0.0", "0.5", "1.0"]);
        assert_eq!(labels(&[f64::NAN, f64::INFINITY]), labels(&[]));
    }

    #[test]
    fn positions_run_from_end_to_end() {
        let axis = Axis::around([60.0, 100.0]);
        assert_eq!(axis.position(60.0), 0.0);
        assert_eq!(axis.position(100.0), 1.0);
        assert_eq!(axis.position(80.0), 0.5);
    }

    #[test]
    fn extreme_spans_stay_bounded() {
        for values in [[0.0, 1e300], [1e-300, 2e-300], [-1e9, 1e9]] {
            let axis = Axis::around(values);
            assert!(axis.ticks.len() <= MAX_TICKS);
            assert!(axis.high > axis.low);
        }
    }
}
