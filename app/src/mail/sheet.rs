//! A letter as it leaves: a page that needs nothing from outside, and the same in plain text. Links go to the public origin and
//! nowhere else (T19). Colours are the reader's own, so that it can be read in light and dark.

use engine::mail::Carried;
use leptos::prelude::*;

const BODY: &str = "margin:0;padding:24px 16px;font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;\
                    font-size:16px;line-height:1.5";
const BUTTON: &str = "display:inline-block;padding:12px 20px;border:2px solid;border-radius:8px;font-weight:600;\
                      text-decoration:none";

/// A letter, and where it is sent from.
#[derive(Clone, Copy, Debug)]
pub struct Sheet<'a> {
    /// The letter.
    pub letter: &'a Carried,
    /// The public origin.
    pub origin: &'a str,
}

/// A letter as it leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// As a page.
    pub html: String,
    /// As plain text.
    pub text: String,
    /// Where letters of its kind are switched off, where they can be.
    pub stop: Option<String>,
}

impl Sheet<'_> {
    /// The letter as it leaves.
    #[must_use]
    pub fn write(&self) -> Written {
        let letter = &self.letter.posted.letter;
        let link = letter.link.as_ref().map(|(words, path)| (words.clone(), self.address(path)));
        let stop =
            self.letter.stop.as_ref().map(|token| self.address(&format!("/letters/stop?token={token}")));
        let html = format!(
            "<!DOCTYPE html>{}",
            page(letter.subject.clone(), letter.paragraphs.clone(), link.clone(), self.feet(stop.clone()))
        );
        let feet = self.feet(stop.clone()).into_iter().map(|(words, address)| format!("{words}: {address}"));
        let parts = letter.paragraphs.iter().cloned();
        let parts = parts.chain(link.map(|(words, address)| format!("{words}:\n{address}")));
        let text =
            parts.chain(["-- \nJARAI Console".to_owned()]).chain(feet).collect::<Vec<_>>().join("\n\n");
        Written { html, text: format!("{text}\n"), stop }
    }

    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    fn feet(&self, stop: Option<String>) -> Vec<(String, String)> {
        let Some(stop) = stop else { return vec![("JARAI Console".to_owned(), self.origin.to_owned())] };
        vec![
            ("No more letters of this kind".to_owned(), stop),
            ("Choose which letters you get".to_owned(), self.address("/you#letters")),
        ]
    }
}

fn page(
    subject: String,
    paragraphs: Vec<String>,
    link: Option<(String, String)>,
    feet: Vec<(String, String)>,
) -> String {
    let paragraph = |words: String| view! { <p style="margin:0 0 16px">{words}</p> };
    let link = link.map(|(words, address)| {
        view! {
            <p style="margin:24px 0">
                <a href=address.clone() style=BUTTON>
                    {words}
                </a>
            </p>
            <p style="margin:0 0 16px;font-size:14px;overflow-wrap:anywhere">
                "Or open this address: " <a href=address.clone()>{address.clone()}</a>
            </p>
        }
    });
    let foot = |(words, address): (String, String)| {
        view! {
            <p style="margin:0 0 8px">
                <a href=address>{words}</a>
            </p>
        }
    };
    view! {
        <html lang="en-GB" style="color-scheme:light dark">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <title>{subject.clone()}</title>
            </head>
            <body style=BODY>
                <main style="max-width:36rem;margin:0 auto">
                    <p style="margin:0 0 24px;font-weight:600">"JARAI Console"</p>
                    <h1 style="margin:0 0 16px;font-size:22px;line-height:1.3">{subject}</h1>
                    {paragraphs.into_iter().map(paragraph).collect_view()}
                    {link}
                    <div style="margin:32px 0 0;padding:16px 0 0;border-top:1px solid;font-size:14px">
                        {feet.into_iter().map(foot).collect_view()}
                    </div>
                </main>
            </body>
        </html>
    }
    .to_html()
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::mail::{Letter, MailKind, Posted};

    fn letter(stop: Option<&str>) -> Carried {
        Carried {
            posted: Posted {
                id: "mai_01K8Z0000000000000000000AA".parse().unwrap(),
                letter: Letter {
                    to: "mara@northlight.example".to_owned(),
                    kind: MailKind::AllowanceUsed,
                    subject: "A <b>subject</b>".to_owned(),
                    paragraphs: vec!["One & two.".to_owned(), "Three.".to_owned()],
                    link: Some(("Buy capacity".to_owned(), "/buy".to_owned())),
                },
                link_is_over: false,
                left: false,
                at: "2026-11-22T16:40:00Z".parse().unwrap(),
            },
            stop: stop.map(str::to_owned),
        }
    }

    #[test]
    fn n3_both_parts_say_the_same_and_t19_lead_to_the_public_origin_alone() {
        let origin = "https://console.example.com";
        let written = Sheet { letter: &letter(Some("tok")), origin }.write();
        assert!(written.html.contains("One &amp; two.") && written.text.contains("One & two."));
        assert!(
            written.html.contains("A &lt;b>subject") || written.html.contains("A &lt;b&gt;subject"),
            "{}",
            written.html
        );
        assert!(written.text.contains("Buy capacity:\nhttps://console.example.com/buy"), "{}", written.text);
        assert_eq!(written.stop.as_deref(), Some("https://console.example.com/letters/stop?token=tok"));
        let hrefs: Vec<&str> = written.html.split("href=\"").skip(1).collect();
        assert_eq!(hrefs.len(), 4);
        assert!(hrefs.iter().all(|href| href.starts_with(origin)), "{hrefs:?}");
        for remote in ["<img", "<link", "url(", "<script", "src="] {
            assert!(!written.html.contains(remote), "{remote}");
        }
        let kept = Sheet { letter: &letter(None), origin }.write();
        assert_eq!(kept.stop, None);
        assert!(!kept.text.contains("No more letters"), "{}", kept.text);
    }
}
