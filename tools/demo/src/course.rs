//! How a reading moves over the years: a line through a few clinical turning points.

/// Turning points as (months ago, value), oldest first.
#[derive(Clone, Copy)]
pub(crate) struct Course(pub(crate) &'static [(f64, f64)]);

impl Course {
    /// The value so many months ago, interpolated; flat before the first and after the last point.
    pub(crate) fn at(self, months: f64) -> f64 {
        let mut earlier: Option<(f64, f64)> = None;
        for &(point, value) in self.0 {
            if months >= point {
                return match earlier {
                    Some((start, first)) if start > point => {
                        first + (value - first) * (start - months) / (start - point)
                    }
                    _ => value,
                };
            }
            earlier = Some((point, value));
        }
        earlier.map_or(0.0, |(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_course_interpolates_and_stays_flat_outside() {
        let course = Course(&[(72.0, 160.0), (60.0, 140.0), (0.0, 128.0)]);
        for (months, expected) in [
            (90.0, 160.0),
            (72.0, 160.0),
            (66.0, 150.0),
            (30.0, 134.0),
            (0.0, 128.0),
            (-3.0, 128.0),
        ] {
            assert!((course.at(months) - expected).abs() < 1e-9, "{months}");
        }
    }
}
