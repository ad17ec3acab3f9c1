//! The least HTTP/1.1 client that keeps a connection open: what it costs must not show.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// One open connection.
pub(crate) struct Connection {
    reader: BufReader<TcpStream>,
    writer: TcpStream,
    authorization: String,
}

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    /// What the server says that the request cost its store: `x-ms-request-charge`.
    pub(crate) charge: f64,
    pub(crate) body: Vec<u8>,
}

impl Connection {
    pub(crate) fn open(port: u16, authorization: Option<&str>) -> io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        let authorization = authorization.map(|value| format!("Authorization: {value}\r\n"));
        Ok(Self {
            reader: BufReader::new(stream.try_clone()?),
            writer: stream,
            authorization: authorization.unwrap_or_default(),
        })
    }

    pub(crate) fn request(
        &mut self,
        method: &str,
        path: &str,
        content_type: &str,
        body: &[u8],
    ) -> io::Result<Reply> {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\n{}Content-Type: {content_type}\r\nPrefer: return=minimal\r\nContent-Length: {}\r\n\r\n",
            self.authorization,
            body.len()
        );
        self.writer.write_all(&[head.as_bytes(), body].concat())?;
        self.reply()
    }

    fn reply(&mut self) -> io::Result<Reply> {
        let status = self.line()?;
        let status = status
            .split(' ')
            .nth(1)
            .and_then(|code| code.parse().ok())
            .unwrap_or(0);
        let (mut length, mut location, mut chunked) = (0, None, false);
        let mut charge = 0.0;
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().unwrap_or(0),
                "location" => location = Some(value.trim().to_owned()),
                "transfer-encoding" => chunked = true,
                "x-ms-request-charge" => charge = value.trim().parse().unwrap_or(0.0),
                _ => {}
            }
        }
        let mut body = Vec::new();
        if chunked {
            loop {
                let size = usize::from_str_radix(self.line()?.trim(), 16).unwrap_or(0);
                self.exactly(size, &mut body)?;
                self.line()?;
                if size == 0 {
                    break;
                }
            }
        } else {
            self.exactly(length, &mut body)?;
        }
        Ok(Reply {
            status,
            location,
            charge,
            body,
        })
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.reader.read_line(&mut line)? == 0 {
            return Err(io::Error::other("the server closed the connection"));
        }
        line.truncate(line.trim_end().len());
        Ok(line)
    }

    fn exactly(&mut self, length: usize, body: &mut Vec<u8>) -> io::Result<()> {
        let start = body.len();
        body.resize(start + length, 0);
        self.reader
            .read_exact(body.get_mut(start..).unwrap_or_default())
    }
}
