//! `GET /api/v1/reference`: the interface for people, rendered from the document that programs read.

use super::code::Code;
use serde_json::Value;
use std::fmt::Write;
use utoipa::openapi::OpenApi as Document;

/// The whole page; it changes only with the code, so it is made once.
#[must_use]
pub fn page(document: &Document) -> String {
    let document = serde_json::to_value(document).unwrap_or_default();
    let title = text(&document["info"]["title"]);
    let mut html = format!(
        "<!doctype html><html lang=\"en-GB\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"description\" \
         content=\"{title}: every address, what it takes and what it answers.\"><title>{title} – reference</title>\
         <link rel=\"stylesheet\" href=\"/pkg/console.css\"></head><body class=\"reference\">\
         <a class=\"skip\" href=\"#reference\">Skip to content</a>\
         <header><h1>{title}</h1><p>{}</p><p>The same for programs: <a href=\"/api/v1/openapi.json\">OpenAPI \
         document</a>.</p></header>",
        text(&document["info"]["description"])
    );
    contents(&mut html, &document);
    html.push_str("<main id=\"reference\" tabindex=\"-1\">");
    for (path, method, operation) in operations(&document) {
        one(&mut html, path, method, operation);
    }
    html.push_str("<h2 id=\"schemas\">Bodies</h2>");
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        body(&mut html, name, schema);
    }
    codes(&mut html);
    html.push_str("</main></body></html>\n");
    html
}

/// Every operation, in the order of the document.
fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let all = item.as_object().into_iter().flatten();
        let known = all.filter(|(method, _)| ["get", "put", "post"].contains(&method.as_str()));
        known.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

fn contents(html: &mut String, document: &Value) {
    html.push_str("<nav aria-label=\"Contents\"><ul>");
    for (path, method, operation) in operations(document) {
        let id = text(&operation["operationId"]);
        let _ = write!(
            html,
            "<li><a href=\"#{id}\"><code>{} {}</code></a></li>",
            method.to_uppercase(),
            escaped(path)
        );
    }
    html.push_str(
        "<li><a href=\"#schemas\">Bodies</a></li><li><a href=\"#codes\">Errors</a></li></ul></nav>",
    );
}

fn one(html: &mut String, path: &str, method: &str, operation: &Value) {
    let id = text(&operation["operationId"]);
    let _ = write!(
        html,
        "<section aria-labelledby=\"{id}\"><h2 id=\"{id}\"><code>{} {}</code></h2><p>{}</p>",
        method.to_uppercase(),
        escaped(path),
        text(&operation["summary"])
    );
    if operation["description"].is_string() {
        let _ = write!(html, "<p>{}</p>", text(&operation["description"]));
    }
    let parameters = operation["parameters"].as_array();
    if let Some(parameters) = parameters.filter(|all| !all.is_empty()) {
        html.push_str(&table("Parameters", ["Name", "In", "Form", "Meaning"]));
        for parameter in parameters {
            let cells = [
                code(&text(&parameter["name"])),
                text(&parameter["in"]),
                form(&parameter["schema"]),
                text(&parameter["description"]),
            ];
            row(html, &cells);
        }
        html.push_str("</tbody></table></div>");
    }
    let sent = &operation["requestBody"]["content"]["application/json"]["schema"];
    if sent.is_object() {
        let _ = write!(html, "<p>Body: {}</p>", form(sent));
    }
    html.push_str(&table("Answers", ["Status", "Body", "Meaning", ""]));
    for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
        let content = answer["content"].as_object().and_then(|content| content.values().next());
        let schema = content.map_or(String::new(), |content| form(&content["schema"]));
        row(html, &[code(status), schema, text(&answer["description"]), String::new()]);
    }
    html.push_str("</tbody></table></div></section>");
}

/// One body and its fields.
fn body(html: &mut String, name: &str, schema: &Value) {
    let _ = write!(html, "<section><h3 id=\"schema-{0}\">{0}</h3>", escaped(name));
    if schema["description"].is_string() {
        let _ = write!(html, "<p>{}</p>", text(&schema["description"]));
    }
    let variants =
        schema["oneOf"].as_array().filter(|all| all.iter().all(|one| one["properties"].is_object()));
    for variant in variants.map_or(std::slice::from_ref(schema), Vec::as_slice) {
        fields(html, variant);
    }
    html.push_str("</section>");
}

/// The fields of a body, or of one of the forms that it can have.
fn fields(html: &mut String, schema: &Value) {
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    match schema["properties"].as_object() {
        Some(fields) => {
            let title =
                schema["title"].as_str().map_or("Fields".to_owned(), |title| format!("Fields of {title}"));
            html.push_str(&table(&escaped(&title), ["Field", "Form", "", "Meaning"]));
            for (field, of) in fields {
                let needed = if required.contains(&field.as_str()) { "required" } else { "" };
                row(html, &[code(&escaped(field)), form(of), needed.to_owned(), text(&of["description"])]);
            }
            html.push_str("</tbody></table></div>");
        }
        None => {
            let _ = write!(html, "<p>{}</p>", form(schema));
        }
    }
}

fn codes(html: &mut String) {
    html.push_str("<section><h2 id=\"codes\">Errors</h2>");
    html.push_str(&table("Every way in which a request can fail", ["Code", "Status", "Title", "What to do"]));
    for of in Code::ALL {
        let cells = [
            format!("<a href=\"/problems/{0}\"><code>{0}</code></a>", of.word()),
            of.status().as_u16().to_string(),
            escaped(of.title()),
            marked(&escaped(of.advice())),
        ];
        row(html, &cells);
    }
    html.push_str("</tbody></table></div></section>");
}

/// The head of a table that can be scrolled on a narrow screen.
fn table(caption: &str, heads: [&str; 4]) -> String {
    let heads = heads.map(|head| format!("<th scope=\"col\">{head}</th>")).concat();
    format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\"><table><caption>{caption}</caption>\
         <thead><tr>{heads}</tr></thead><tbody>"
    )
}

fn row(html: &mut String, cells: &[String; 4]) {
    let cells = cells.each_ref().map(|cell| format!("<td>{cell}</td>")).concat();
    let _ = write!(html, "<tr>{cells}</tr>");
}

/// A schema in a few words.
fn form(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return format!("<a href=\"#schema-{0}\">{0}</a>", escaped(name));
    }
    for any in ["oneOf", "anyOf", "allOf"] {
        if let Some(all) = schema[any].as_array() {
            return all.iter().map(form).collect::<Vec<_>>().join(" or ");
        }
    }
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().map(|word| code(&text(word))).collect::<Vec<_>>().join(", ");
    }
    if let Some(parts) = schema["properties"].as_object() {
        let parts: Vec<String> =
            parts.iter().map(|(name, of)| format!("{} {}", code(&escaped(name)), form(of))).collect();
        return parts.join("; ");
    }
    let kind = match &schema["type"] {
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => "any".to_owned(),
    };
    let mut words = escaped(&kind);
    if kind.contains("array") {
        let _ = write!(words, " of {}", form(&schema["items"]));
    }
    for (bound, sign) in [("minimum", "from"), ("maximum", "to"), ("minItems", "from"), ("maxItems", "to")] {
        if schema[bound].is_number() {
            let _ = write!(words, " {sign} {}", schema[bound]);
        }
    }
    if schema["pattern"].is_string() {
        let _ = write!(words, " like {}", code(&text(&schema["pattern"])));
    }
    words
}

fn code(text: &str) -> String {
    format!("<code>{text}</code>")
}

/// A text of the document, what stands between backticks as code.
fn text(value: &Value) -> String {
    marked(&escaped(value.as_str().unwrap_or_default()))
}

fn marked(text: &str) -> String {
    let part = |(at, part): (usize, &str)| if at % 2 == 1 { code(part) } else { part.to_owned() };
    text.split('`').enumerate().map(part).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_operation_body_and_error_stands_on_the_page_and_every_link_leads_somewhere() {
        let document = crate::api::document();
        let page = super::page(&document);
        for id in [
            "admitProduction",
            "quotePlan",
            "reportAttempt",
            "doBatch",
            "listEntries",
            "codes",
            "schema-Refusal",
        ] {
            assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
        }
        for link in page.split("href=\"#").skip(1) {
            let id = link.split('"').next().unwrap();
            assert!(page.contains(&format!("id=\"{id}\"")), "#{id} leads nowhere");
        }
        assert!(!page.contains("<script") && !page.contains("style="), "the page's policy allows neither");
    }
}
