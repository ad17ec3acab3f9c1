//! Compiles an expression into a tree.

use super::token::{Token, tokens};

/// A compiled expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// A child element, or the resource itself when it is the first step and names its type.
    Step(Option<Box<Expression>>, String),
    /// `%resource`.
    Resource,
    /// A string literal.
    Text(String),
    /// A boolean literal.
    Boolean(bool),
    /// `left | right`.
    Union(Box<Expression>, Box<Expression>),
    /// `left = right`, or `!=` when negated.
    Equals(Box<Expression>, Box<Expression>, bool),
    /// `left and right`.
    And(Box<Expression>, Box<Expression>),
    /// `x as T`, `x.as(T)`, `x.ofType(T)`: the items of that type.
    OfType(Box<Expression>, String),
    /// `x is T`, `x.is(T)`: whether the one item has that type.
    Is(Box<Expression>, String),
    /// `x[n]`.
    Index(Box<Expression>, usize),
    /// `x.where(criterion)`.
    Where(Box<Expression>, Box<Expression>),
    /// `x.resolve()`: known by the type that a reference names, nothing is fetched.
    Resolve(Option<Box<Expression>>),
    /// `x.extension('url')`.
    Extension(Option<Box<Expression>>, String),
    /// `x.exists()`; `x.empty()` when negated.
    Exists(Option<Box<Expression>>, bool),
    /// `x.not()`.
    Not(Option<Box<Expression>>),
    /// `x.hasValue()`.
    HasValue(Option<Box<Expression>>),
}

/// How deep an expression may nest, so that hostile text cannot exhaust the stack.
const DEPTH: usize = 32;

/// Compiles `text`.
///
/// # Errors
/// What in the text is outside the subset or malformed.
pub fn parse(text: &str) -> Result<Expression, String> {
    let tokens = tokens(text)?;
    let mut parser = Parser {
        tokens: &tokens,
        depth: 0,
    };
    let expression = parser.and()?;
    match parser.tokens {
        [] => Ok(expression),
        [token, ..] => Err(format!("{token:?} does not belong here")),
    }
}

struct Parser<'a> {
    tokens: &'a [Token],
    depth: usize,
}

impl Parser<'_> {
    fn next(&mut self) -> Option<Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first.clone())
    }

    fn eat(&mut self, mark: char) -> bool {
        let eaten = matches!(self.tokens, [Token::Mark(next), ..] if *next == mark);
        if eaten {
            self.next();
        }
        eaten
    }

    fn eat_name(&mut self, name: &str) -> bool {
        let eaten = matches!(self.tokens, [Token::Name(next), ..] if next == name);
        if eaten {
            self.next();
        }
        eaten
    }

    fn expect(&mut self, mark: char) -> Result<(), String> {
        self.eat(mark)
            .then_some(())
            .ok_or_else(|| format!("`{mark}` is missing"))
    }

    fn and(&mut self) -> Result<Expression, String> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(format!("the expression nests deeper than {DEPTH} levels"));
        }
        let mut left = self.equality()?;
        while self.eat_name("and") {
            left = Expression::And(left.into(), self.equality()?.into());
        }
        self.depth -= 1;
        Ok(left)
    }

    fn equality(&mut self) -> Result<Expression, String> {
        let left = self.type_test()?;
        let negated = matches!(self.tokens, [Token::NotEqual, ..]);
        if negated {
            self.next();
        } else if !self.eat('=') {
            return Ok(left);
        }
        Ok(Expression::Equals(
            left.into(),
            self.type_test()?.into(),
            negated,
        ))
    }

    fn type_test(&mut self) -> Result<Expression, String> {
        let mut left = self.union()?;
        loop {
            if self.eat_name("is") {
                left = Expression::Is(left.into(), self.type_name()?);
            } else if self.eat_name("as") {
                left = Expression::OfType(left.into(), self.type_name()?);
            } else {
                return Ok(left);
            }
        }
    }

    fn union(&mut self) -> Result<Expression, String> {
        let mut left = self.path()?;
        while self.eat('|') {
            left = Expression::Union(left.into(), self.path()?.into());
        }
        Ok(left)
    }

    fn path(&mut self) -> Result<Expression, String> {
        let mut left = self.term()?;
        loop {
            if self.eat('.') {
                let name = self.name()?;
                left = self.step(Some(left), name)?;
            } else if self.eat('[') {
                let Some(Token::Number(index)) = self.next() else {
                    return Err("an index must be a number".into());
                };
                self.expect(']')?;
                left = Expression::Index(left.into(), index);
            } else {
                return Ok(left);
            }
        }
    }

    fn term(&mut self) -> Result<Expression, String> {
        match self.next() {
            Some(Token::Mark('(')) => {
                let inner = self.and()?;
                self.expect(')')?;
                Ok(inner)
            }
            Some(Token::Text(text)) => Ok(Expression::Text(text)),
            Some(Token::Variable(name)) if name == "resource" => Ok(Expression::Resource),
            Some(Token::Name(name)) => match name.as_str() {
                "true" => Ok(Expression::Boolean(true)),
                "false" => Ok(Expression::Boolean(false)),
                _ => self.step(None, name),
            },
            Some(token) => Err(format!("{token:?} does not belong here")),
            None => Err("the expression ends too early".into()),
        }
    }

    fn step(&mut self, input: Option<Expression>, name: String) -> Result<Expression, String> {
        let input = input.map(Box::new);
        if !self.eat('(') {
            return Ok(Expression::Step(input, name));
        }
        let whole = || {
            input
                .clone()
                .ok_or_else(|| format!("{name}() needs something before it"))
        };
        let expression = match name.as_str() {
            "as" | "ofType" => Expression::OfType(whole()?, self.type_name()?),
            "is" => Expression::Is(whole()?, self.type_name()?),
            "where" => Expression::Where(whole()?, self.and()?.into()),
            "first" => Expression::Index(whole()?, 0),
            "resolve" => Expression::Resolve(input),
            "exists" => Expression::Exists(input, false),
            "empty" => Expression::Exists(input, true),
            "not" => Expression::Not(input),
            "hasValue" => Expression::HasValue(input),
            "extension" => match self.next() {
                Some(Token::Text(url)) => Expression::Extension(input, url),
                _ => return Err("extension() needs a URL in quotes".into()),
            },
            _ => return Err(format!("the function {name}() is not supported")),
        };
        self.expect(')')?;
        Ok(expression)
    }

    fn name(&mut self) -> Result<String, String> {
        match self.next() {
            Some(Token::Name(name)) => Ok(name),
            _ => Err("a name must follow the dot".into()),
        }
    }

    fn type_name(&mut self) -> Result<String, String> {
        let mut name = self.name()?;
        while self.eat('.') {
            name = self.name()?;
        }
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_outside_the_subset_is_named() {
        let cases = [
            ("", "ends too early"),
            ("Patient.", "a name must follow"),
            ("Patient.name.trace('x')", "trace() is not supported"),
            ("(Patient.name", "`)` is missing"),
            ("Patient.name)", "does not belong here"),
            ("Patient.name + 1", "`+` does not belong here"),
            ("Patient.name['a']", "an index must be a number"),
            ("'open", "no closing quote"),
        ];
        for (text, expected) in cases {
            let message = parse(text).expect_err(text);
            assert!(message.contains(expected), "{text}: {message}");
        }
    }

    #[test]
    fn deep_nesting_is_refused() {
        let text = format!("{}a{}", "(".repeat(10_000), ")".repeat(10_000));
        assert!(parse(&text).unwrap_err().contains("nests deeper"));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[a-z.()\\[\\]|='%0-9 ]{0,60}") {
            let _ = parse(&text);
        }
    }
}
