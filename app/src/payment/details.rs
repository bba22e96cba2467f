//! To whom invoices are made out: the form.

use super::server_fns::billing_details_page;
use crate::{
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::{Choice, Problem},
};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetailsView {
    /// What stands around it.
    pub frame: FrameView,
    /// The name on the invoice.
    pub name: String,
    /// The address, a line each.
    pub address: String,
    /// The countries to choose from.
    pub countries: Vec<Choice>,
    /// Where invoices are sent.
    pub email: String,
    /// The customer's own tax number.
    pub tax_id: String,
    /// Which field is wrong, and why.
    pub wrong: Option<(String, String)>,
}

/// The form.
#[component]
pub fn DetailsPage() -> impl IntoView {
    loaded(billing_details_page, move |view| view! { <DetailsContent view /> })
}

/// The form with these values.
#[component]
pub fn DetailsContent(
    /// What to show.
    view: DetailsView,
) -> impl IntoView {
    let wrong = view.wrong.as_ref().map(|(field, _)| field.clone());
    let is_wrong = move |field: &str| (wrong.as_deref() == Some(field)).then_some("true");
    let country = |choice: Choice| {
        view! {
            <option value=choice.value selected=choice.chosen>
                {choice.words}
            </option>
        }
    };
    view! {
        <Title text="Billing details" />
        <Frame frame=view.frame path="/invoices">
            <PageHeader title="Billing details" facts=vec!["They stand on the next invoice; those that are issued stay as they are".to_owned()] />
            {view.wrong.map(|(_, message)| view! { <Problem message /> })}
            <form class="panel stack details" method="post" action="/act/save-billing-details">
                <div class="field">
                    <label for="name">"Name on the invoice"</label>
                    <input id="name" name="name" required maxlength="200" autocomplete="organization" value=view.name aria-invalid=is_wrong("name") />
                </div>
                <div class="field">
                    <label for="address">"Address"</label>
                    <textarea id="address" name="address" rows="4" autocomplete="street-address" aria-invalid=is_wrong("address")>{view.address}</textarea>
                </div>
                <div class="field">
                    <label for="country">"Country, which decides the tax"</label>
                    <select id="country" name="country" autocomplete="country" aria-invalid=is_wrong("country")>
                        {view.countries.into_iter().map(country).collect_view()}
                    </select>
                </div>
                <div class="field">
                    <label for="email">"Email for invoices"</label>
                    <input id="email" name="email" type="email" required autocomplete="email" value=view.email aria-invalid=is_wrong("email") />
                </div>
                <div class="field">
                    <label for="tax_id">"Your tax number, if you have one"</label>
                    <input id="tax_id" name="tax_id" maxlength="200" autocomplete="off" value=view.tax_id aria-invalid=is_wrong("taxId") />
                </div>
                <button class="button" data-kind="primary" type="submit">
                    "Save billing details"
                </button>
            </form>
        </Frame>
    }
}

#[cfg(feature = "ssr")]
pub(crate) use on_the_server::{COUNTRIES, country_choices};
#[cfg(feature = "ssr")]
pub(super) use on_the_server::{TypedDetails, country_words};

#[cfg(feature = "ssr")]
mod on_the_server {
    use super::DetailsView;
    use crate::{
        AppError, flash,
        frame::FrameView,
        reader::Reader,
        respond,
        ui::{Choice, Tone},
    };
    use billing::{
        payment::{BillingDetails, Country},
        team::Permission,
    };
    use engine::Engine;
    use serde::{Deserialize, Serialize};

    /// The name under which a form that has to be corrected waits in the session.
    const WRONG: &str = "wrong_details";
    /// The countries to choose from: code and name.
    pub const COUNTRIES: [(&str, &str); 34] = [
        ("AU", "Australia"),
        ("AT", "Austria"),
        ("BE", "Belgium"),
        ("BG", "Bulgaria"),
        ("CA", "Canada"),
        ("HR", "Croatia"),
        ("CY", "Cyprus"),
        ("CZ", "Czechia"),
        ("DK", "Denmark"),
        ("EE", "Estonia"),
        ("FI", "Finland"),
        ("FR", "France"),
        ("DE", "Germany"),
        ("GR", "Greece"),
        ("HU", "Hungary"),
        ("IE", "Ireland"),
        ("IT", "Italy"),
        ("JP", "Japan"),
        ("LV", "Latvia"),
        ("LT", "Lithuania"),
        ("LU", "Luxembourg"),
        ("MT", "Malta"),
        ("NL", "Netherlands"),
        ("NZ", "New Zealand"),
        ("NO", "Norway"),
        ("PL", "Poland"),
        ("PT", "Portugal"),
        ("RO", "Romania"),
        ("SK", "Slovakia"),
        ("SI", "Slovenia"),
        ("ES", "Spain"),
        ("SE", "Sweden"),
        ("GB", "United Kingdom"),
        ("US", "United States"),
    ];

    /// A country's name; its code where it has none here.
    pub fn country_words(country: Country) -> String {
        let code = country.to_string();
        let known = COUNTRIES.iter().find(|(known, _)| *known == code);
        known.map_or(code, |(_, name)| (*name).to_owned())
    }

    /// The countries to choose from, this one chosen.
    #[must_use]
    pub fn country_choices(chosen: &str) -> Vec<Choice> {
        let choice = |(code, name): (&str, &str)| Choice {
            value: code.to_owned(),
            words: name.to_owned(),
            chosen: chosen == code,
        };
        std::iter::once(choice(("", "Choose"))).chain(COUNTRIES.map(choice)).collect()
    }

    /// What somebody has typed.
    #[derive(Clone, Debug, Default, Serialize, Deserialize)]
    pub struct TypedDetails {
        pub name: String,
        pub address: String,
        pub country: String,
        pub email: String,
        pub tax_id: String,
    }

    impl TypedDetails {
        fn of(details: Option<BillingDetails>) -> Self {
            details.map_or_else(Self::default, |details| Self {
                name: details.name,
                address: details.address.join("\n"),
                country: details.country.to_string(),
                email: details.email,
                tax_id: details.tax_id.unwrap_or_default(),
            })
        }

        fn details(&self) -> Result<BillingDetails, (String, String)> {
            let country: Country = self
                .country
                .parse()
                .map_err(|_| ("country".to_owned(), "Choose a country: it decides the tax.".to_owned()))?;
            let lines = self.address.lines().map(str::trim).filter(|line| !line.is_empty());
            let details = BillingDetails {
                name: self.name.trim().to_owned(),
                address: lines.map(str::to_owned).collect(),
                country,
                email: self.email.trim().to_owned(),
                tax_id: Some(self.tax_id.trim().to_owned()).filter(|text| !text.is_empty()),
            };
            details.checked().map_err(|field| {
                let words = match field.to_string().as_str() {
                    "name" => "Write a name of at most 200 characters.",
                    "address" => "Write at most six lines of at most 200 characters each.",
                    "email" => "Write an email address such as billing@studio.example.",
                    _ => "Write a number of at most 200 characters.",
                };
                (field.to_string(), words.to_owned())
            })
        }

        /// Saves them and goes on; what is wrong goes back with what was typed.
        pub async fn save(self, engine: &Engine, reader: &Reader) -> Result<(), AppError> {
            match self.details() {
                Ok(details) => {
                    engine.set_billing_details_of(&reader.member, details).await?;
                    flash::say(
                        Tone::Ok,
                        "Billing details are saved. They stand on the next invoice.".to_owned(),
                    )
                    .await?;
                    respond::see_other("/invoices");
                }
                Err(wrong) => {
                    flash::keep(WRONG, &(self, wrong)).await?;
                    respond::see_other("/billing-details");
                }
            }
            Ok(())
        }
    }

    impl DetailsView {
        /// What is known, or what was typed and has to be corrected.
        pub async fn load(engine: &Engine, reader: &Reader) -> Result<Self, AppError> {
            reader.may(Permission::ManageBilling).then_some(()).ok_or(AppError::Forbidden)?;
            let kept: Option<(TypedDetails, (String, String))> = flash::take(WRONG).await?;
            let (typed, wrong) = match kept {
                Some((typed, wrong)) => (typed, Some(wrong)),
                None => (TypedDetails::of(engine.billing_details(&reader.member).await?), None),
            };
            Ok(Self {
                frame: FrameView::load(engine, reader).await?,
                countries: country_choices(&typed.country),
                name: typed.name,
                address: typed.address,
                email: typed.email,
                tax_id: typed.tax_id,
                wrong,
            })
        }
    }
}
