//! Contacts in words, and what becomes of the forms that change them.

use super::{
    ContactFields, ContactForm, ContactRow, SwitchForm,
    change_words::{reason_of, told},
    staff_words::{customer_id, staff_alone},
};
use crate::{AppError, flash, format::Format, reader::Reader, respond, ui::Tone};
use axum::http::StatusCode;
use billing::{
    id::{AccountId, ContactId},
    team::ContactDetails,
};
use engine::{
    Engine,
    customer::CustomerFile,
    team::{Contact, ContactSwitch},
};
use serde::{Deserialize, Serialize};

/// The name under which a form that has to be corrected waits in the session.
const WRONG: &str = "wrong_contact";

/// What somebody has typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TypedContact {
    pub customer: String,
    pub contact: String,
    pub shown: ContactFields,
    pub to: ContactFields,
}

/// The same, and what was wrong with it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct WrongContact {
    typed: TypedContact,
    field: String,
    message: String,
    /// Whether somebody else was first: the page then answers as a conflict does.
    changed: bool,
}

impl ContactFields {
    /// The fields of what is known.
    #[must_use]
    pub fn of(details: &ContactDetails) -> Self {
        Self {
            first_name: details.first_name.clone(),
            last_name: details.last_name.clone(),
            email: details.email.clone(),
            phone: details.phone.clone().unwrap_or_default(),
            job: details.job.clone().unwrap_or_default(),
        }
    }

    fn details(&self) -> ContactDetails {
        let optional = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        ContactDetails {
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            email: self.email.clone(),
            phone: optional(&self.phone),
            job: optional(&self.job),
        }
    }
}

/// How a contact is named in the address: by its own id, or by the person's who has none yet.
fn key(contact: &Contact) -> String {
    match (contact.id, contact.member) {
        (Some(id), _) => id.to_string(),
        (None, Some((person, _))) => person.to_string(),
        (None, None) => String::new(),
    }
}

/// The list.
pub(super) fn rows(file: &CustomerFile, format: &Format) -> Vec<ContactRow> {
    let name_of = |account: &AccountId| {
        file.accounts.iter().find(|line| line.id == *account).map(|line| line.name.clone())
    };
    let row = |contact: &Contact| {
        let state = match contact.inactive_since {
            None => (Tone::Ok, "Active".to_owned()),
            Some(since) => (Tone::Warn, format!("Inactive since {}", format.date(since.day()))),
        };
        let sign_in = match (contact.member, contact.rests_as) {
            (Some((_, role)), _) => role.title().to_owned(),
            (None, Some(role)) => format!("{}, once active again", role.title()),
            (None, None) => "–".to_owned(),
        };
        let mains: Vec<String> = contact.main_of.iter().filter_map(name_of).collect();
        let reach = [Some(contact.details.email.clone()), contact.details.phone.clone()];
        ContactRow {
            name: contact.details.name(),
            job: contact.details.job.clone().unwrap_or_else(|| "–".to_owned()),
            reach: reach.into_iter().flatten().collect(),
            state,
            sign_in,
            main_of: if mains.is_empty() { "–".to_owned() } else { mains.join(", ") },
            edit: format!("/platform/customers/{}?contact={}#contact", file.line.id, key(contact)),
            edit_words: if contact.id.is_some() { "Change" } else { "Write down" }.to_owned(),
        }
    };
    file.contacts.iter().map(row).collect()
}

/// The form that was asked for, as it is or as it was sent.
pub(super) async fn form(file: &CustomerFile, asked: &str) -> Result<Option<ContactForm>, AppError> {
    let wrong: Option<WrongContact> = flash::take(WRONG).await?;
    let wrong = wrong.filter(|wrong| wrong.typed.customer == file.line.id.to_string());
    if wrong.as_ref().is_some_and(|wrong| wrong.changed) {
        respond::status(StatusCode::CONFLICT);
    }
    let Some(mut form) = form_of(file, asked) else { return Ok(None) };
    if let Some(wrong) = wrong {
        form.fields = wrong.typed.to;
        form.wrong = Some((wrong.field, wrong.message));
    }
    Ok(Some(form))
}

/// The form of a contact as it is; none where there is no such contact.
#[must_use]
pub fn form_of(file: &CustomerFile, asked: &str) -> Option<ContactForm> {
    let customer = file.line.id.to_string();
    if asked == "new" {
        return Some(ContactForm {
            title: "Write a contact down".to_owned(),
            customer,
            contact: String::new(),
            shown: ContactFields::default(),
            fields: ContactFields::default(),
            address_stays: false,
            switch: None,
            wrong: None,
        });
    }
    let contact = file.contacts.iter().find(|one| !asked.is_empty() && key(one) == asked)?;
    let fields = ContactFields::of(&contact.details);
    let name = contact.details.name();
    let switch = contact.id.map(|_| match (contact.inactive_since, contact.member, contact.rests_as) {
        (None, Some(_), _) => (false, format!("{name} can no longer sign in to this customer, at once. What they made stays; active again, they are what they were.")),
        (None, None, _) => (false, format!("{name} is no longer written to, and no invitation to their address works.")),
        (Some(_), _, Some(role)) => (true, format!("{name} can sign in again, as {}.", role.title())),
        (Some(_), _, None) => (true, format!("{name} is an active contact again. They cannot sign in: invite them for that.")),
    });
    Some(ContactForm {
        title: name,
        customer,
        contact: contact.id.map(|id| id.to_string()).unwrap_or_default(),
        shown: if contact.id.is_some() { fields.clone() } else { ContactFields::default() },
        fields,
        address_stays: contact.member.is_some(),
        switch: switch.map(|(active, says)| SwitchForm { active, says }),
        wrong: None,
    })
}

fn contact_id(text: &str) -> Result<ContactId, AppError> {
    text.parse().map_err(|_| AppError::NotFound { what: "contact".to_owned() })
}

impl TypedContact {
    /// Keeps it and goes on; what is wrong, or was changed meanwhile, goes back with what was typed.
    pub async fn save(self, engine: &Engine, reader: &Reader) -> Result<(), AppError> {
        staff_alone(reader)?;
        let customer = customer_id(&self.customer)?;
        let contact = (!self.contact.is_empty()).then(|| contact_id(&self.contact)).transpose()?;
        let page = format!("/platform/customers/{customer}");
        let to = self.to.details();
        let saved = engine.save_contact(&reader.member, customer, contact, self.shown.details(), &to).await;
        let (field, message, changed) = match saved {
            Ok(_) => {
                respond::see_other(&page);
                return flash::say(Tone::Ok, format!("{} is written down.", to.name())).await;
            }
            Err(engine::Error::Invalid { field, message }) => (field, message, false),
            Err(engine::Error::Changed { now }) => {
                let message = format!(
                    "Somebody else has changed it meanwhile: it is now {now}. Nothing was changed; what you typed is kept below. Check it and save again."
                );
                ("first_name".to_owned(), message, true)
            }
            Err(error) => return Err(error.into()),
        };
        let open = if self.contact.is_empty() { "new" } else { &self.contact };
        respond::see_other(&format!("{page}?contact={open}#contact"));
        flash::keep(WRONG, &WrongContact { typed: self, field, message, changed }).await
    }
}

/// Makes a contact active or inactive.
pub(super) async fn switch_contact(
    engine: &Engine,
    (customer, contact): (&str, &str),
    active: bool,
    reason: &str,
    reader: &Reader,
) -> Result<(), AppError> {
    staff_alone(reader)?;
    let (customer, contact) = (customer_id(customer)?, contact_id(contact)?);
    let done = match reason_of(reason) {
        Ok(reason) => {
            let switch = ContactSwitch { customer, contact, active };
            engine.switch_contact(&reader.member, switch, reason).await
        }
        Err(error) => Err(error),
    };
    let said = if active {
        "They are active again."
    } else {
        "They are inactive: whatever they signed in to of this customer is closed to them."
    };
    told(customer, done, said.to_owned()).await
}

/// Singles a contact out for an account.
pub(super) async fn choose_main_contact(
    engine: &Engine,
    (customer, account): (&str, &str),
    (shown, contact): (&str, &str),
    reader: &Reader,
) -> Result<(), AppError> {
    staff_alone(reader)?;
    let customer = customer_id(customer)?;
    let account = account.parse().map_err(|_| AppError::NotFound { what: "account".to_owned() })?;
    let id = |text: &str| (!text.is_empty()).then(|| contact_id(text)).transpose();
    let done = engine.choose_main_contact(&reader.member, customer, account, id(shown)?, id(contact)?).await;
    told(customer, done, "The main contact is saved.".to_owned()).await
}
