//! The log in words, and what becomes of a form that puts an entry back.

use super::{AuditPageView, AuditQuery, AuditRow, RevertForm};
use crate::{
    AppError, flash,
    format::Format,
    frame::{FrameView, own_address},
    reader::Reader,
    respond,
    sheet::Sheet,
    ui::{Choice, Tone},
};
use billing::{
    audit::{Actor, AuditAct},
    id::AuditId,
    team::{Permission, Role, Scope},
    time::day,
};
use engine::{
    Engine,
    audit::{AuditFilter, AuditLine},
};
use serde::Serialize;

/// Entries of a page, and of its table for programs.
const PAGE: u64 = 50;
const SHEET: u64 = 5_000;
/// Whoever runs the installation, in the address.
const OPERATIONS: &str = "operations";

fn invalid(field: &str, message: &str) -> AppError {
    AppError::Invalid { field: field.to_owned(), message: message.to_owned() }
}

/// What the address asks for.
fn filter(query: &AuditQuery) -> Result<AuditFilter, AppError> {
    let asked = |text: &Option<String>| text.as_deref().map(day).transpose();
    let days = (asked(&query.from), asked(&query.to));
    let (Ok(from), Ok(to)) = days else {
        return Err(invalid("from", "A day is written like 2026-10-22"));
    };
    let by = match query.by.as_deref() {
        None => None,
        Some(OPERATIONS) => Some(Actor::Operations),
        Some(id) => {
            let person = id.parse().map(Actor::Person).ok();
            let actor = person.or_else(|| id.parse().map(Actor::Key).ok());
            Some(actor.ok_or_else(|| invalid("by", "There is nobody of this name in the log"))?)
        }
    };
    let act = match query.act.as_deref() {
        None => None,
        Some(named) => {
            let known = AuditAct::ALL.iter().copied().find(|act| word(act) == named);
            Some(known.ok_or_else(|| invalid("act", "There is no such act"))?)
        }
    };
    let id = |field: &'static str| move |_| invalid(field, "This is no address of the log");
    Ok(AuditFilter {
        customer: query.customer.as_deref().map(str::parse).transpose().map_err(id("customer"))?,
        by,
        act,
        from,
        to,
        before: query.before.as_deref().map(str::parse).transpose().map_err(id("before"))?,
    })
}

/// The word of an act in the address, or of a role in the log.
fn word(of: impl Serialize) -> String {
    serde_json::to_value(of).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The address of the log that is narrowed like this.
fn address(path: &str, query: &AuditQuery, before: Option<AuditId>) -> String {
    let before = before.map(|id| id.to_string());
    let parts = [
        ("customer", &query.customer),
        ("by", &query.by),
        ("act", &query.act),
        ("from", &query.from),
        ("to", &query.to),
        ("before", &before),
    ];
    // What was asked is an id, a word or a day: see `filter`.
    let parts = parts.iter().filter_map(|(name, value)| Some(format!("{name}={}", value.as_ref()?)));
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() { path.to_owned() } else { format!("{path}?{}", parts.join("&")) }
}

impl AuditPageView {
    /// A page of the log as this reader may see it.
    pub async fn load(engine: &Engine, query: &AuditQuery, reader: &Reader) -> Result<Self, AppError> {
        let lines = engine.audit_log(&reader.member, &filter(query)?, PAGE).await?;
        let people = engine.actors(&reader.member).await?;
        let people = people.into_iter().map(|(id, name)| (id.to_string(), name)).collect::<Vec<_>>();
        let frame = FrameView::load(engine, reader).await?;
        Ok(Self::of(&lines, &people, query, frame, reader))
    }

    /// The page of these entries.
    #[must_use]
    pub fn of(
        lines: &[AuditLine],
        people: &[(String, String)],
        query: &AuditQuery,
        frame: FrameView,
        reader: &Reader,
    ) -> Self {
        let everything = reader.member.may(Permission::RunPlatform, Scope::Platform);
        let full = u64::try_from(lines.len()).is_ok_and(|count| count == PAGE);
        let older = lines.last().filter(|_| full).map(|last| address("/audit", query, Some(last.entry.id)));
        let several = everything && query.customer.is_none();
        let here = address("/audit", query, None);
        let whose = if several { "Every customer, and the platform" } else { &reader.member.customer_name };
        Self {
            frame,
            facts: vec![whose.to_owned(), "newest first, times in UTC".to_owned()],
            customers: if everything { customers(query, reader) } else { Vec::new() },
            people: people_choices(lines, people, query),
            acts: acts(query, everything),
            days: (query.from.clone().unwrap_or_default(), query.to.clone().unwrap_or_default()),
            rows: lines.iter().map(|line| row(line, several, &here, reader.format)).collect(),
            older,
            newest: query.before.is_some().then_some(here),
            csv: address("/audit.csv", query, None),
        }
    }
}

fn choice(value: String, words: String, asked: Option<&String>) -> Choice {
    Choice { chosen: asked.map_or("", String::as_str) == value, value, words }
}

fn customers(query: &AuditQuery, reader: &Reader) -> Vec<Choice> {
    let all = choice(String::new(), "Every customer".to_owned(), query.customer.as_ref());
    let of = reader.member.customers.iter();
    let of = of.map(|(id, name)| choice(id.to_string(), name.clone(), query.customer.as_ref()));
    std::iter::once(all).chain(of).collect()
}

fn people_choices(lines: &[AuditLine], people: &[(String, String)], query: &AuditQuery) -> Vec<Choice> {
    let mut all = vec![(String::new(), "Anybody".to_owned())];
    all.extend(people.iter().cloned());
    all.push((OPERATIONS.to_owned(), "Whoever runs the console".to_owned()));
    if let Some(asked) = query.by.as_ref().filter(|asked| all.iter().all(|(id, _)| id != *asked)) {
        let name = lines.iter().find_map(|line| line.by.clone()).unwrap_or_else(|| asked.clone());
        all.push((asked.clone(), name));
    }
    all.into_iter().map(|(id, name)| choice(id, name, query.by.as_ref())).collect()
}

fn acts(query: &AuditQuery, everything: bool) -> Vec<Choice> {
    let all = choice(String::new(), "Any act".to_owned(), query.act.as_ref());
    let shown = AuditAct::ALL.iter().filter(|act| everything || !act.is_internal());
    let of = shown.map(|act| choice(word(*act), sentence(act.title()), query.act.as_ref()));
    std::iter::once(all).chain(of).collect()
}

/// `Changed a monthly limit`.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn who(line: &AuditLine) -> String {
    line.by.clone().unwrap_or("Whoever runs the console".to_owned())
}

fn row(line: &AuditLine, several: bool, here: &str, format: &Format) -> AuditRow {
    let entry = &line.entry;
    let written = |field: &str, value: &Option<String>| {
        let text = value.as_ref()?;
        let role = Role::ALL.iter().find(|role| field == "role" && word(role) == *text);
        let instant = || text.parse().ok().map(|at| format.instant(at));
        Some(role.map(|role| role.title().to_owned()).or_else(instant).unwrap_or_else(|| text.clone()))
    };
    let customer = line.customer.clone().filter(|_| several);
    let subject = line.subject.clone().unwrap_or_else(|| entry.subject.clone());
    let of = [Some(subject), customer.filter(|name| line.subject.as_ref() != Some(name))];
    let notice = match (entry.reverts, line.reverted_by) {
        (_, Some(_)) => Some((Tone::Calm, "Put back".to_owned())),
        (Some(_), None) => Some((Tone::Calm, "Puts an entry back".to_owned())),
        (None, None) => None,
    };
    let changes: Vec<_> = line
        .changes
        .iter()
        .map(|(field, before, after)| (field.clone(), written(field, before), written(field, after)))
        .collect();
    let says = || {
        let part = |(field, before, _): &(String, Option<String>, Option<String>)| {
            format!("{field} {}", before.as_deref().unwrap_or("nothing"))
        };
        changes.iter().map(part).collect::<Vec<_>>().join(", ")
    };
    AuditRow {
        id: entry.id.to_string(),
        when: format.instant(entry.at),
        at: entry.at.to_string(),
        who: (who(line), line.by_staff),
        what: entry.act.title().to_owned(),
        of: of.into_iter().flatten().collect(),
        reason: entry.reason.clone(),
        notice,
        revert: line.may_revert.then(|| RevertForm {
            entry: entry.id.to_string(),
            says: says(),
            next: here.to_owned(),
        }),
        changes,
    }
}

/// The log for a program: what the page is narrowed to, a row for each field that differs.
pub async fn audit_sheet(engine: &Engine, query: AuditQuery, reader: &Reader) -> Result<Sheet, AppError> {
    let lines = engine.audit_log(&reader.member, &filter(&query.given())?, SHEET).await?;
    let mut rows = Vec::new();
    for line in &lines {
        let entry = &line.entry;
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let nothing = [(String::new(), None, None)];
        let changes = if line.changes.is_empty() { &nothing[..] } else { &line.changes[..] };
        for (field, before, after) in changes {
            rows.push(vec![
                entry.id.to_string(),
                entry.at.to_string(),
                text(&line.customer),
                who(line),
                word(entry.act),
                line.subject.clone().unwrap_or_else(|| entry.subject.clone()),
                field.clone(),
                text(before),
                text(after),
                text(&entry.reason),
                entry.reverts.map(|id| id.to_string()).unwrap_or_default(),
            ]);
        }
    }
    let columns = vec![
        "entry", "at", "customer", "who", "act", "subject", "field", "before", "after", "reason", "reverts",
    ];
    Ok(Sheet { name: "audit-log".to_owned(), columns, rows })
}

/// Puts an entry back and says so, or says why it is not.
pub(super) async fn revert(
    engine: &Engine,
    entry: &str,
    reason: &str,
    next: &str,
    reader: &Reader,
) -> Result<(), AppError> {
    let missing = |_| AppError::NotFound { what: "entry".to_owned() };
    let id: AuditId = entry.parse().map_err(missing)?;
    let (tone, said) = match engine.revert(&reader.member, id, reason).await {
        Ok(()) => (Tone::Ok, "It is put back. The log says who has, and why.".to_owned()),
        Err(engine::Error::Stale(what)) => (Tone::Bad, format!("{what} Nothing was changed.")),
        Err(engine::Error::Invalid { message, .. }) => (Tone::Bad, format!("{message} Nothing was changed.")),
        Err(error) => return Err(error.into()),
    };
    flash::say(tone, said).await?;
    respond::see_other(own_address(next).unwrap_or("/audit"));
    Ok(())
}
