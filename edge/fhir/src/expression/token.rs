//! Splits an expression into tokens.

/// One token of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Name(String),
    Text(String),
    Number(usize),
    Variable(String),
    Mark(char),
    NotEqual,
}

/// The tokens of `text`.
///
/// # Errors
/// Which character does not belong, or which string has no end.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = token(first, rest)?;
        tokens.push(token);
        rest = after.trim_start();
    }
    Ok(tokens)
}

fn token(first: char, rest: &str) -> Result<(Token, &str), String> {
    if let Some(after) = rest.strip_prefix("!=") {
        return Ok((Token::NotEqual, after));
    }
    if let Some(after) = rest.strip_prefix('\'') {
        return string(after).ok_or_else(|| "a string has no closing quote".to_owned());
    }
    if let Some(after) = rest.strip_prefix('%') {
        let (name, after) = run(after, is_name);
        return Ok((Token::Variable(name.to_owned()), after));
    }
    if first.is_ascii_digit() {
        let (digits, after) = run(rest, |c| c.is_ascii_digit());
        let number = digits
            .parse()
            .map_err(|_| format!("{digits} is too large"))?;
        return Ok((Token::Number(number), after));
    }
    if first.is_ascii_alphabetic() || first == '_' {
        let (name, after) = run(rest, is_name);
        return Ok((Token::Name(name.to_owned()), after));
    }
    if ".()[]|=,".contains(first) {
        let after = rest.strip_prefix(first).unwrap_or_default();
        return Ok((Token::Mark(first), after));
    }
    Err(format!("the character `{first}` does not belong here"))
}

fn is_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

fn string(text: &str) -> Option<(Token, &str)> {
    let mut content = String::new();
    let mut characters = text.chars();
    loop {
        match characters.next()? {
            '\'' => return Some((Token::Text(content), characters.as_str())),
            '\\' => content.push(characters.next()?),
            other => content.push(other),
        }
    }
}
