//! What the store promises, as in `edge/src/store`.

mod chunks;
mod concurrency;
mod consistency;
mod definitions;
mod durability;
mod lossless;
mod paging;
