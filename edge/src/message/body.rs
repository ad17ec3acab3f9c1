//! The body of a request: read piece by piece, never more of it than is taken, and given up where
//! nobody wants it. <https://www.rfc-editor.org/rfc/rfc9110#section-8.6>

use super::{Incoming, JSON_TYPES, media_type};
use crate::error::{Error, Reason};
use fhir::outcome::{Issue, IssueType};
use futures_util::future::select;
use js_sys::{ArrayBuffer, Reflect, Uint8Array};
use std::cell::RefCell;
use std::pin::pin;
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStreamByobReader, ReadableStreamGetReaderOptions, ReadableStreamReaderMode};

/// The largest body that is taken, in bytes.
const MAX_BODY: usize = 20 * 1024 * 1024;
/// The largest search that is posted, in bytes: values may be percent-encoded.
const MAX_SEARCH: usize = 512 * 1024;
/// The largest request for signing in, in bytes: the longest tokens have 16 KB.
const MAX_FORM: usize = 64 * 1024;
/// How much of a refused body is read so that its connection can take the next request.
const MAX_DRAINED: u64 = 4 * 1024 * 1024;
/// How long that may take: the refusal waits for it.
const DRAINING: Duration = Duration::from_millis(500);
/// How many bytes the runtime hands over at once.
const PIECE: u32 = 64 * 1024;
/// How much room a body gets before any of it is there: what a header promises costs nothing.
const FIRST_ROOM: usize = 64 * 1024;

impl Incoming {
    /// The body as a JSON value, and its size.
    pub(crate) async fn json(&self) -> Result<serde_json::Value, Error> {
        check_content_type(self.header("content-type"))?;
        let bytes = self.bytes().await?;
        fhir::json::parse(&bytes).map_err(Error::invalid_because)
    }

    /// The body, at most [`MAX_BODY`] bytes.
    pub(crate) async fn bytes(&self) -> Result<Vec<u8>, Error> {
        self.bytes_up_to(MAX_BODY).await
    }

    /// The body of a search, which is never long.
    pub(crate) async fn bytes_of_form(&self) -> Result<Vec<u8>, Error> {
        self.bytes_up_to(MAX_SEARCH).await
    }

    /// The body of a request for signing in, which anybody can send and which is never long.
    pub(crate) async fn few_bytes(&self) -> Result<Vec<u8>, Error> {
        self.bytes_up_to(MAX_FORM).await
    }

    async fn bytes_up_to(&self, limit: usize) -> Result<Vec<u8>, Error> {
        let stated = self.content_length();
        if stated.is_some_and(|length| length > limit as u64) {
            return Err(too_large(limit));
        }
        let Some(body) = Body::of(&self.request, stated) else {
            return Ok(Vec::new());
        };
        let stated = stated.and_then(|length| usize::try_from(length).ok());
        let mut bytes = Vec::new();
        while let Some(piece) = body.next().await? {
            let start = bytes.len();
            let end = start.saturating_add(piece.length() as usize);
            if end > limit {
                body.drain().await;
                return Err(too_large(limit));
            }
            reserve(&mut bytes, end, stated.unwrap_or(FIRST_ROOM), limit);
            bytes.resize(end, 0);
            if let Some(room) = bytes.get_mut(start..) {
                piece.copy_to(room);
            }
        }
        Ok(bytes)
    }

    fn content_length(&self) -> Option<u64> {
        content_length(self.header("content-length"))
    }

    /// Reads a body that nobody read, if it is short: a connection with the rest of a request in it
    /// cannot take the next one, and would be closed under a caller who keeps it. What is longer, or
    /// slow, is given up.
    pub(crate) async fn drain(&self) {
        if self.request.body_used() {
            return;
        }
        let Some(body) = Body::of(&self.request, self.content_length()) else {
            return;
        };
        if self
            .content_length()
            .is_some_and(|length| length > MAX_DRAINED)
        {
            body.cancel();
        } else {
            body.drain().await;
        }
    }
}

/// Checks the type of a body that holds a resource.
fn check_content_type(content_type: Option<&str>) -> Result<(), Error> {
    if content_type.is_some_and(|text| JSON_TYPES.contains(&media_type(text).as_str())) {
        return Ok(());
    }
    let message = "The Content-Type must be application/fhir+json or application/json.";
    Err(Error::rejected(
        Reason::UnsupportedMediaType,
        IssueType::NotSupported,
        message,
    ))
}

/// A body as a stream that is being read.
struct Body {
    reader: ReadableStreamByobReader,
    /// What the runtime fills: it travels there and back with every piece.
    buffer: RefCell<ArrayBuffer>,
}

impl Body {
    /// The body of a request that nobody has begun to read; `None` where there is none.
    fn of(request: &web_sys::Request, stated: Option<u64>) -> Option<Self> {
        let stream = request.body()?;
        let options = ReadableStreamGetReaderOptions::new();
        options.set_mode(ReadableStreamReaderMode::Byob);
        let reader = stream.get_reader_with_options(&options);
        let stated = stated.and_then(|length| u32::try_from(length).ok());
        let piece = stated.map_or(PIECE, |length| length.clamp(1, PIECE));
        Some(Self {
            reader: reader.unchecked_into(),
            buffer: RefCell::new(ArrayBuffer::new(piece)),
        })
    }

    /// The next piece, `None` at the end.
    ///
    /// # Errors
    /// 400 when the caller went away, or sent what is no body: nobody else's fault, and often there
    /// is nobody left to tell.
    async fn next(&self) -> Result<Option<Uint8Array>, Error> {
        let view = Uint8Array::new(&self.buffer.borrow());
        let read = JsFuture::from(self.reader.read_with_array_buffer_view(&view)).await;
        let read = read.map_err(|_| ended_early())?;
        let value = Reflect::get(&read, &JsValue::from_str("value"))?;
        let Ok(piece) = value.dyn_into::<Uint8Array>() else {
            return Ok(None);
        };
        self.buffer.replace(piece.buffer());
        Ok((piece.length() > 0).then_some(piece))
    }

    /// Reads what is left, if that is little and comes soon, and gives up the rest.
    async fn drain(&self) {
        let reading = async {
            let mut left = MAX_DRAINED;
            // Whether it arrives whole makes no difference to the answer.
            while let Ok(Some(piece)) = self.next().await {
                match left.checked_sub(u64::from(piece.length())) {
                    Some(rest) => left = rest,
                    None => return,
                }
            }
        };
        let late = worker::Delay::from(DRAINING);
        select(pin!(reading), pin!(late)).await;
        self.cancel();
    }

    /// Tells the runtime that the rest is not wanted.
    fn cancel(&self) {
        // Nothing waits for it, and a body that has failed cannot be cancelled.
        let cancelled = self.reader.cancel();
        wasm_bindgen_futures::spawn_local(async move {
            let _ = JsFuture::from(cancelled).await;
        });
    }
}

/// The length that a request states. More digits than anybody's body has are the greatest number.
fn content_length(header: Option<&str>) -> Option<u64> {
    let digits = header?.trim();
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(u64::MAX))
}

/// Makes room for `end` bytes: twice what there was, so that little is copied, but never more than
/// is expected or taken.
fn reserve(bytes: &mut Vec<u8>, end: usize, expected: usize, limit: usize) {
    if end <= bytes.capacity() {
        return;
    }
    let doubled = bytes
        .capacity()
        .saturating_mul(2)
        .max(FIRST_ROOM.min(expected));
    let room = if end <= expected {
        doubled.min(expected)
    } else {
        doubled.min(limit)
    };
    bytes.reserve_exact(room.max(end).saturating_sub(bytes.len()));
}

fn too_large(limit: usize) -> Error {
    let limit = match limit / 1024 {
        kilobytes if kilobytes >= 1024 => format!("{} MB", kilobytes / 1024),
        kilobytes => format!("{kilobytes} KB"),
    };
    let message = format!("The body is larger than {limit}, the most that is taken here.");
    Error::rejected(Reason::TooLarge, IssueType::TooLong, message)
}

fn ended_early() -> Error {
    let message = "The body ended before it was complete.";
    Error::invalid_because(Issue::error(IssueType::Structure, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_a_number_of_64_bits() {
        for (header, expected) in [
            (None, None),
            (Some("0"), Some(0)),
            (Some(" 12 "), Some(12)),
            (Some("4294967297"), Some(4_294_967_297)),
            (Some("18446744073709551615"), Some(u64::MAX)),
            (Some("99999999999999999999999"), Some(u64::MAX)),
            (Some(""), None),
            (Some("-1"), None),
            (Some("+1"), None),
            (Some("1e3"), None),
            (Some("1, 1"), None),
            (Some("0x10"), None),
        ] {
            assert_eq!(content_length(header), expected, "{header:?}");
        }
    }

    #[test]
    fn room_grows_with_what_arrives_and_not_with_what_is_promised() {
        let mut bytes = Vec::new();
        reserve(&mut bytes, 10, MAX_BODY, MAX_BODY);
        assert_eq!(bytes.capacity(), FIRST_ROOM);
        for expected in [100, FIRST_ROOM, 1 << 20, MAX_BODY] {
            let (mut bytes, mut copied) = (Vec::new(), 0);
            while bytes.len() < MAX_BODY {
                let end = bytes.len() + 4096;
                let before = bytes.capacity();
                reserve(&mut bytes, end, expected, MAX_BODY);
                copied += usize::from(bytes.capacity() > before) * bytes.len();
                assert!(bytes.capacity() >= end && bytes.capacity() <= MAX_BODY);
                assert!(bytes.capacity() <= (2 * end).max(FIRST_ROOM), "{end}");
                bytes.resize(end, 0_u8);
            }
            assert!(copied <= 2 * MAX_BODY, "{expected}: {copied}");
        }
    }

    #[test]
    fn bodies_must_be_json() {
        for (content_type, expected) in [
            (Some("application/fhir+json; charset=UTF-8"), true),
            (Some("APPLICATION/JSON"), true),
            (Some("text/plain"), false),
            (Some("application/fhir+xml"), false),
            (None, false),
        ] {
            assert_eq!(
                check_content_type(content_type).is_ok(),
                expected,
                "{content_type:?}"
            );
        }
    }
}
