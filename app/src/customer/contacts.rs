//! The contacts of a customer, for JARAI's own staff: who they are, whether they can sign in, and whose main contact they are.
//! H1, H3. The form carries what it was made on. I-44.

use crate::ui::{Badge, Problem, ReasonField, Tone};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The fields of a contact, as a form has them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactFields {
    /// First name.
    #[serde(default)]
    pub first_name: String,
    /// Last name.
    #[serde(default)]
    pub last_name: String,
    /// Email address.
    #[serde(default)]
    pub email: String,
    /// Telephone number; empty without one.
    #[serde(default)]
    pub phone: String,
    /// Role or job title; empty without one.
    #[serde(default)]
    pub job: String,
}

/// One contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactRow {
    /// Its name.
    pub name: String,
    /// Role or job title.
    pub job: String,
    /// Email and telephone.
    pub reach: Vec<String>,
    /// Active or inactive.
    pub state: (Tone, String),
    /// Whether they can sign in, and as what.
    pub sign_in: String,
    /// The accounts whose main contact they are.
    pub main_of: String,
    /// Where it is changed.
    pub edit: String,
    /// What the link that leads there says.
    pub edit_words: String,
}

/// A contact that is written down or changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactForm {
    /// Its heading.
    pub title: String,
    /// The customer's id.
    pub customer: String,
    /// The contact's id; empty for a new one.
    pub contact: String,
    /// What it was made on.
    pub shown: ContactFields,
    /// What stands in it.
    pub fields: ContactFields,
    /// Whether the address stays, since they sign in by it.
    pub address_stays: bool,
    /// What becomes of it when it is made active or inactive: the button, and what follows; none for a new one.
    pub switch: Option<SwitchForm>,
    /// Which field is wrong, and why.
    pub wrong: Option<(String, String)>,
}

/// Making a contact active or inactive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SwitchForm {
    /// What it becomes.
    pub active: bool,
    /// What follows.
    pub says: String,
}

/// The list, and the form that stands open beside it.
#[component]
pub(super) fn Contacts(
    /// The customer's page.
    page: String,
    /// By name, those who are inactive last.
    contacts: Vec<ContactRow>,
    /// What stands open.
    form: Option<ContactForm>,
) -> impl IntoView {
    let row = |row: ContactRow| {
        let (tone, state) = row.state;
        let reach =
            row.reach.into_iter().map(|line| view! { <span class="under">{line}</span> }).collect_view();
        let (of, job) = (row.name.clone(), row.job);
        view! {
            <tr>
                <th scope="row">{row.name} {reach}</th>
                <td data-label="Role or job">{job}</td>
                <td>
                    <Badge tone text=state />
                </td>
                <td data-label="Signs in as">{row.sign_in}</td>
                <td data-label="Main contact of">{row.main_of}</td>
                <td class="number">
                    <a href=row.edit>{row.edit_words} <span class="unseen">" " {of}</span></a>
                </td>
            </tr>
        }
    };
    let list = if contacts.is_empty() {
        view! { <p class="empty">"Nobody yet. Write down whom JARAI talks to."</p> }.into_any()
    } else {
        view! {
            <div class="scroll">
                <table class="list contact-list">
                    <thead>
                        <tr>
                            <th scope="col">"Contact"</th>
                            <th scope="col">"Role or job"</th>
                            <th scope="col">"State"</th>
                            <th scope="col">"Signs in as"</th>
                            <th scope="col">"Main contact of"</th>
                            <th scope="col"><span class="unseen">"Change"</span></th>
                        </tr>
                    </thead>
                    <tbody>{contacts.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    let new = format!("{page}?contact=new#contact");
    view! {
        <section class="panel stack" aria-labelledby="contacts">
            <h2 id="contacts">"Contacts"</h2>
            {list}
            <p>
                <a class="button" href=new>
                    "Write a contact down"
                </a>
            </p>
        </section>
        {form.map(|form| view! { <Editor form page /> })}
    }
}

#[component]
fn Editor(form: ContactForm, page: String) -> impl IntoView {
    let wrong = form.wrong.as_ref().map(|(field, _)| field.clone());
    let is_wrong = move |field: &str| (wrong.as_deref() == Some(field)).then_some("true");
    let (fields, shown) = (form.fields, form.shown);
    let switch = form.switch.map(|switch| {
        view! { <Switch switch customer=form.customer.clone() contact=form.contact.clone() /> }
    });
    let hint = if form.address_stays {
        "They sign in by it, so it stays."
    } else {
        "A member with this address is this contact."
    };
    view! {
        <section class="panel seat-form" id="contact" aria-labelledby="contact-title">
            <h2 id="contact-title">{form.title}</h2>
            {form.wrong.map(|(_, message)| view! { <Problem message /> })}
            <div class="seat-columns">
                <form method="post" action="/act/save-contact">
                    <input type="hidden" name="customer" value=form.customer />
                    <input type="hidden" name="contact" value=form.contact />
                    <input type="hidden" name="shown[first_name]" value=shown.first_name />
                    <input type="hidden" name="shown[last_name]" value=shown.last_name />
                    <input type="hidden" name="shown[email]" value=shown.email />
                    <input type="hidden" name="shown[phone]" value=shown.phone />
                    <input type="hidden" name="shown[job]" value=shown.job />
                    <div class="contact-names">
                        <div class="field">
                            <label for="first_name">"First name"</label>
                            <input id="first_name" name="to[first_name]" required maxlength="80" autocomplete="off" value=fields.first_name aria-invalid=is_wrong("first_name") />
                        </div>
                        <div class="field">
                            <label for="last_name">"Last name"</label>
                            <input id="last_name" name="to[last_name]" maxlength="80" autocomplete="off" value=fields.last_name aria-invalid=is_wrong("last_name") />
                        </div>
                    </div>
                    <div class="field">
                        <label for="contact_email">"Email"</label>
                        <input id="contact_email" name="to[email]" type="email" required maxlength="254" autocomplete="off" readonly=form.address_stays value=fields.email aria-invalid=is_wrong("email") aria-describedby="contact_email_hint" />
                        <p class="hint" id="contact_email_hint">{hint}</p>
                    </div>
                    <div class="contact-names">
                        <div class="field">
                            <label for="phone">"Phone, if there is one"</label>
                            <input id="phone" name="to[phone]" type="tel" maxlength="32" autocomplete="off" value=fields.phone aria-invalid=is_wrong("phone") />
                        </div>
                        <div class="field">
                            <label for="job">"Role or job title"</label>
                            <input id="job" name="to[job]" maxlength="80" autocomplete="off" value=fields.job aria-invalid=is_wrong("job") />
                        </div>
                    </div>
                    <div class="acts">
                        <button class="button" data-kind="primary" type="submit">
                            "Save the contact"
                        </button>
                        <a class="button" data-kind="quiet" href=page>
                            "Close"
                        </a>
                    </div>
                </form>
                <div class="stack">{switch}</div>
            </div>
        </section>
    }
}

#[component]
fn Switch(switch: SwitchForm, customer: String, contact: String) -> impl IntoView {
    let (title, words) = if switch.active {
        ("Make them active", "Make them active again")
    } else {
        ("Make them inactive", "Make them inactive now")
    };
    view! {
        <form method="post" action="/act/switch-contact">
            <h3>{title}</h3>
            <p>{switch.says}</p>
            <input type="hidden" name="customer" value=customer />
            <input type="hidden" name="contact" value=contact />
            <input type="hidden" name="active" value=switch.active.to_string() />
            <ReasonField id="contact_reason" />
            <button class="button" type="submit">
                {words}
            </button>
        </form>
    }
}
