//! The journals of somebody's copy: what they have agreed to, asked, been written and done.

use super::archive::{ArchiveTable, written};
use crate::{
    Error,
    db::{
        entity::{audit_entry, consent_entry, mail, privacy_request, top_up_agreement},
        from_json, to_word,
    },
};
use billing::audit::AuditAct;
use sea_orm::{ColumnTrait, Condition, DatabaseConnection as Database, EntityTrait, QueryFilter, QueryOrder};

type Table = Result<ArchiveTable, Error>;

pub(super) async fn consents(read: &Database, person: &str) -> Table {
    let rows = consent_entry::Entity::find()
        .filter(consent_entry::Column::PersonId.eq(person))
        .order_by_asc(consent_entry::Column::Id)
        .all(read)
        .await?;
    let row = |row: consent_entry::Model| {
        let word = if row.given == 1 { "given" } else { "withdrawn" };
        vec![Some(row.kind), Some(word.to_owned()), row.version, written(row.at)]
    };
    Ok(ArchiveTable {
        name: "consents",
        holds: "what you have agreed to, and when you took it back; the newest line of a kind holds.",
        columns: vec!["kind", "word", "version", "at"],
        rows: rows.into_iter().map(row).collect(),
    })
}

pub(super) async fn automatic_purchases(read: &Database, person: &str) -> Table {
    let rows = top_up_agreement::Entity::find()
        .filter(top_up_agreement::Column::AgreedBy.eq(person))
        .order_by_asc(top_up_agreement::Column::Id)
        .all(read)
        .await?;
    let row = |row: top_up_agreement::Model| {
        vec![
            Some(row.customer_id),
            written(row.agreed_at),
            Some(row.below_tokens.to_string()),
            Some(row.buys_tokens.to_string()),
            Some(row.cap_minor.to_string()),
            Some(row.currency),
            Some(row.card),
        ]
    };
    Ok(ArchiveTable {
        name: "auto_top_up_agreements",
        holds: "the automatic purchases that you have agreed to for a customer; amounts are in the currency’s smallest unit.",
        columns: vec!["customer", "at", "below_tokens", "buys_tokens", "cap_a_month", "currency", "card"],
        rows: rows.into_iter().map(row).collect(),
    })
}

pub(super) async fn requests(read: &Database, person: &str) -> Table {
    let rows = privacy_request::Entity::find()
        .filter(privacy_request::Column::PersonId.eq(person))
        .order_by_asc(privacy_request::Column::Id)
        .all(read)
        .await?;
    let row = |row: privacy_request::Model| {
        vec![
            Some(row.kind),
            row.words,
            written(row.asked_at),
            row.acknowledged_at.and_then(written),
            written(row.resolve_by),
            row.extension,
            row.ended_at.and_then(written),
            row.outcome,
            row.answer,
        ]
    };
    Ok(ArchiveTable {
        name: "data_requests",
        holds: "what you have asked about your data, this copy among it, and how it was answered.",
        columns: vec![
            "kind",
            "words",
            "asked_at",
            "acknowledged_at",
            "resolve_by",
            "extension",
            "ended_at",
            "outcome",
            "answer",
        ],
        rows: rows.into_iter().map(row).collect(),
    })
}

pub(super) async fn letters(read: &Database, email: &str) -> Table {
    let rows = mail::Entity::find()
        .filter(mail::Column::Recipient.eq(email))
        .order_by_asc(mail::Column::Id)
        .all(read)
        .await?;
    let row = |row: mail::Model| {
        let paragraphs: Vec<String> = from_json("mail", &row.id, &row.paragraphs)?;
        Ok(vec![
            Some(row.kind),
            Some(row.subject),
            Some(paragraphs.join("\n\n")),
            row.link_path,
            written(row.created_at),
        ])
    };
    Ok(ArchiveTable {
        name: "letters",
        holds: "letters that were written to you. Links that let somebody in are without what makes them work.",
        columns: vec!["kind", "subject", "text", "link", "written_at"],
        rows: rows.into_iter().map(row).collect::<Result<_, Error>>()?,
    })
}

pub(super) async fn log(read: &Database, person: &str) -> Table {
    let internal = AuditAct::ALL.iter().filter(|act| act.is_internal()).map(to_word);
    let rows = audit_entry::Entity::find()
        .filter(
            Condition::any()
                .add(audit_entry::Column::ActorId.eq(person))
                .add(audit_entry::Column::Subject.eq(person)),
        )
        .filter(audit_entry::Column::Act.is_not_in(internal.collect::<Result<Vec<_>, _>>()?))
        .order_by_asc(audit_entry::Column::Id)
        .all(read)
        .await?;
    let row = |row: audit_entry::Model| {
        let mine = row.actor_id.as_deref() == Some(person);
        vec![
            written(row.at),
            Some(if mine { "you" } else { "somebody else" }.to_owned()),
            Some(row.act),
            row.customer_id,
            Some(row.subject),
            Some(row.before_facts),
            Some(row.after_facts),
            row.reason,
        ]
    };
    Ok(ArchiveTable {
        name: "log",
        holds: "what you have done, and what others have done to your membership.",
        columns: vec!["at", "who", "act", "customer", "subject", "before", "after", "reason"],
        rows: rows.into_iter().map(row).collect(),
    })
}
