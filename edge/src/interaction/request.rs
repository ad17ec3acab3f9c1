//! What can be asked for by itself and in a batch. HTTP requests and bundle entries are parsed into
//! these; whatever else comes to the server will be, too.

use super::context::Context;
use super::create::{Create, create};
use super::delete::{Delete, delete};
use super::history_instance::{HistoryInstance, history_instance};
use super::outcome::Outcome;
use super::read::{Read, read};
use super::search_type::{SearchType, search_type};
use super::update::{Update, update};
use super::vread::{Vread, vread};
use crate::error::Error;

/// A request for one interaction.
pub(crate) enum Request {
    Read(Read),
    Vread(Vread),
    HistoryInstance(HistoryInstance),
    SearchType(SearchType),
    Create(Create),
    Update(Update),
    Delete(Delete),
}

/// Does what is asked for, if the caller may.
pub(crate) async fn perform(context: Context<'_>, request: Request) -> Result<Outcome, Error> {
    match request {
        Request::Read(request) => read(context, request).await,
        Request::Vread(request) => vread(context, request).await,
        Request::HistoryInstance(request) => history_instance(context, request).await,
        Request::SearchType(request) => search_type(context, request).await,
        Request::Create(request) => create(context, request).await,
        Request::Update(request) => update(context, request).await,
        Request::Delete(request) => delete(context, request).await,
    }
}
