//! Reads a JSON body: what is no JSON is a 400, what has another shape is a 422 that names the field.

use super::problem::{Code, FieldError, Problem};
use axum::{
    body::Bytes,
    extract::{FromRequest, OptionalFromRequest, Request},
};
use http::{HeaderMap, StatusCode, header};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::error::Category;
use std::{fmt, marker::PhantomData};

/// How much of a message of the parser is passed on: it may quote the caller's own value.
const MESSAGE_CHARS: usize = 200;

/// A body that is JSON of the shape `T`. As `Option`, it may be left out.
#[derive(Clone, Debug)]
pub struct JsonBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::plain(Code::UnsupportedMediaType));
        }
        parse(&read(request, state).await?).map(Self)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> OptionalFromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Problem> {
        let json = is_json(request.headers());
        let bytes = read(request, state).await?;
        match (bytes.is_empty(), json) {
            (true, _) => Ok(None),
            (false, true) => parse(&bytes).map(Self).map(Some),
            (false, false) => Err(Problem::plain(Code::UnsupportedMediaType)),
        }
    }
}

/// A value that is written as an object. What serde derives would also read a list of the fields' values in their order,
/// which no document promises.
#[derive(Clone, Copy, Debug, Default)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(OnlyMaps(PhantomData)).map(Self)
    }
}

struct OnlyMaps<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OnlyMaps<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::plain(Code::TooLarge),
        _ => Problem::plain(Code::RequestTimeout), // it stopped arriving: the caller has gone or fallen silent
    })
}

/// JSON of the shape `T`, or what is wrong with it.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let Object(value) = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        problem(&path, &error.into_inner())
    })?;
    json.end().map_err(|error| problem("", &error))?;
    Ok(value)
}

fn problem(path: &str, error: &serde_json::Error) -> Problem {
    match error.classify() {
        Category::Data => Problem::fields(vec![field_error(path, &error.to_string())]),
        _ => Problem::told(
            Code::MalformedRequest,
            format!(
                "The body is not JSON: it breaks off or goes wrong at line {}, column {}. Nothing was done. Correct \
                 the request and send it again.",
                error.line(),
                error.column()
            ),
        ),
    }
}

/// The parser says at which object a field is missing or unknown; the caller wants to hear the field.
fn field_error(path: &str, message: &str) -> FieldError {
    let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
    let parent = if path == "." { "" } else { path };
    let within = |name: &str| if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") };
    let quoted = |prefix: &str| message.strip_prefix(prefix).and_then(|rest| rest.split('`').next());
    if let Some(name) = quoted("missing field `") {
        FieldError::new(within(name), "this field is required")
    } else if let Some(name) = quoted("unknown field `") {
        let own = parent == name || parent.ends_with(&format!(".{name}"));
        let field = if own { parent.to_owned() } else { within(name) };
        FieldError::new(shortened(&field), "there is no such field here")
    } else if let Some(name) = quoted("duplicate field `") {
        FieldError::new(within(name), "this field is given twice")
    } else {
        FieldError::new(shortened(if parent.is_empty() { "body" } else { parent }), shortened(message))
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(MESSAGE_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only the errors are looked at")]
    struct Outer {
        name: String,
        inner: Vec<Object<Inner>>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only the errors are looked at")]
    struct Inner {
        count: u8,
    }

    #[test]
    fn what_is_not_json_is_malformed() {
        for bad in ["", "{", "{\"name\":NaN}", "{\"name\":\"a\",\"inner\":[]}x", "\u{feff}{}"] {
            assert_eq!(parse::<Outer>(bad.as_bytes()).unwrap_err().code(), Code::MalformedRequest, "{bad:?}");
        }
        assert_eq!(parse::<Outer>(b"{\"name\":\"\xff\"}").unwrap_err().code(), Code::MalformedRequest);
        let deep = format!("{{\"name\":{}", "[".repeat(100_000));
        assert_eq!(parse::<serde_json::Value>(deep.as_bytes()).unwrap_err().code(), Code::MalformedRequest);
    }

    #[test]
    fn a_wrong_shape_names_its_field() {
        let field = |json: &str| {
            let error: Result<Object<Outer>, _> =
                serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(json));
            let error = error.unwrap_err();
            field_error(&error.path().to_string(), &error.inner().to_string()).field
        };
        assert_eq!(field("[1]"), "body");
        assert_eq!(field(r#"["a",[]]"#), "body");
        assert_eq!(field(r#"{"name":"a","inner":[[1]]}"#), "inner[0]");
        assert_eq!(field(r#"{"inner":[]}"#), "name");
        assert_eq!(field(r#"{"name":1,"inner":[]}"#), "name");
        assert_eq!(field(r#"{"name":"a","inner":[{"count":1},{}]}"#), "inner[1].count");
        assert_eq!(field(r#"{"name":"a","inner":[{"count":-1}]}"#), "inner[0].count");
        assert_eq!(field(r#"{"name":"a","inner":[{"count":1,"price":0}]}"#), "inner[0].price");
        assert_eq!(field(r#"{"name":"a","name":"b","inner":[]}"#), "name");
        assert_eq!(field(r#"{"name":"a","inner":[],"role":"administrator"}"#), "role");
    }
}
