//! An obstacle as the ledger sends it: `[]` for the other release, `[parameter, done, total]` for an
//! index that is being rebuilt.

use crate::store::obstacle::Obstacle;
use js_sys::Array;

pub(super) fn read(packed: &Array) -> Obstacle {
    let number = |at| packed.get(at).as_f64().unwrap_or_default() as i64;
    match packed.get(0).as_string() {
        None => Obstacle::OtherRelease,
        Some(parameter) => Obstacle::Rebuilding {
            parameter,
            done: number(1),
            total: number(2),
        },
    }
}

#[cfg(target_arch = "wasm32")]
pub(in crate::store) fn packed(obstacle: Obstacle) -> Array {
    match obstacle {
        Obstacle::OtherRelease => Array::new(),
        Obstacle::Rebuilding {
            parameter,
            done,
            total,
        } => Array::of3(
            &parameter.into(),
            &(done as f64).into(),
            &(total as f64).into(),
        ),
    }
}
