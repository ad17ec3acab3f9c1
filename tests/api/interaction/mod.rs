//! One file per interaction, as in `edge/src/interaction`.

mod batch;
mod create;
mod delete;
mod every_type;
mod history_instance;
mod read;
mod search_type;
mod transaction;
mod update;
mod vread;
