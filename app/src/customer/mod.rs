//! "Accounts" of the tiers table: opening another one, as far as the plan has room for it. T2, T3.

#[cfg(feature = "ssr")]
mod change_words;
mod contact_fns;
#[cfg(feature = "ssr")]
mod contact_words;
mod contacts;
mod customers;
mod file;
mod server_fns;
mod staff_fns;
#[cfg(feature = "ssr")]
mod staff_words;
mod standing;
#[cfg(feature = "ssr")]
mod standing_words;

pub use contact_fns::{
    ChooseMainContact, ResetRisk, SaveContact, SetAccountLoops, SetUpPlan, SwitchContact,
    choose_main_contact, reset_risk, save_contact, set_account_loops, set_up_plan, switch_contact,
};
#[cfg(feature = "ssr")]
pub use contact_words::form_of as contact_form;
pub use contacts::{ContactFields, ContactForm, ContactRow, SwitchForm};
pub use customers::{
    CustomerRow, CustomersContent, CustomersPage, CustomersView, NewCustomerContent, NewCustomerPage,
    NewCustomerView,
};
pub use file::{CustomerAccount, CustomerContent, CustomerPage, CustomerView};
pub use server_fns::{NewAccountFigures, OpenAccount, new_account_page, open_account};
pub use staff_fns::{
    CustomerFigures, CustomersFigures, NewCustomerFigures, OpenCustomer, SaveNotes, SetAccountStatus,
    SetResidency, customer_page, customers_page, new_customer_page, open_customer, save_notes,
    set_account_status, set_residency,
};
#[cfg(feature = "ssr")]
pub use staff_words::Loops;
pub use standing::{AccountChoices, LoopTick, PlanStanding, RiskStanding};

use crate::{
    frame::{Frame, FrameView, PageHeader, loaded},
    ui::Problem,
};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAccountView {
    /// What stands around it.
    pub frame: FrameView,
    /// How many the plan allows, and how many there are.
    pub facts: Vec<String>,
    /// What was typed.
    pub name: String,
    /// Why it was not opened, and the way up where the plan is what stands in the way.
    pub wrong: Option<(String, bool)>,
}

/// The form.
#[component]
pub fn NewAccountPage() -> impl IntoView {
    loaded(new_account_page, move |view| view! { <NewAccountContent view /> })
}

/// The form with these values.
#[component]
pub fn NewAccountContent(
    /// What to show.
    view: NewAccountView,
) -> impl IntoView {
    let invalid = view.wrong.is_some().then_some("true");
    let problem = view.wrong.map(|(message, way_up)| {
        view! {
            <Problem message>
                {way_up.then(|| view! {
                    <p>
                        <a href="/plan?to=pro#preview">"See Pro, with unlimited accounts"</a>
                    </p>
                })}
            </Problem>
        }
    });
    view! {
        <Title text="Open an account" />
        <Frame frame=view.frame path="/accounts">
            <p class="small">
                <a href="/accounts">"Accounts & budgets"</a>
            </p>
            <PageHeader title="Open an account" facts=view.facts />
            {problem}
            <form class="panel stack details" method="post" action="/act/open-account">
                <div class="field">
                    <label for="name">"Name of the brand or channel"</label>
                    <input id="name" name="name" required maxlength="80" autocomplete="off" value=view.name aria-invalid=invalid />
                </div>
                <button class="button" data-kind="primary" type="submit">
                    "Open account"
                </button>
            </form>
        </Frame>
    }
}

#[cfg(feature = "ssr")]
use on_the_server::open;

#[cfg(feature = "ssr")]
mod on_the_server {
    use super::NewAccountView;
    use crate::{AppError, flash, frame::FrameView, reader::Reader, respond, ui::Tone};
    use billing::team::Permission;
    use engine::Engine;

    /// The name under which a form that has to be corrected waits in the session.
    const WRONG: &str = "wrong_account";

    impl NewAccountView {
        /// The form, empty or as it was sent.
        pub async fn load(engine: &Engine, reader: &Reader) -> Result<Self, AppError> {
            reader.may(Permission::ManageBilling).then_some(()).ok_or(AppError::Forbidden)?;
            let open = engine.accounts(reader.member.customer).await?.len();
            let kept: Option<(String, (String, bool))> = flash::take(WRONG).await?;
            let (name, wrong) = kept.map_or((String::new(), None), |(name, wrong)| (name, Some(wrong)));
            let count = u64::try_from(open).unwrap_or(u64::MAX);
            Ok(Self {
                frame: FrameView::load(engine, reader).await?,
                facts: vec![
                    reader.member.customer_name.clone(),
                    format!("{} so far", reader.format.counted(count, "account", "accounts")),
                ],
                name,
                wrong,
            })
        }
    }

    /// Opens it, or says why not.
    pub async fn open(engine: &Engine, name: &str, reader: &Reader) -> Result<(), AppError> {
        let wrong = match engine.open_account_of(&reader.member, name).await {
            Ok(account) => {
                flash::say(Tone::Ok, format!("{} is open. It can produce at once.", account.name)).await?;
                respond::see_other("/accounts");
                return Ok(());
            }
            Err(engine::Error::TooManyAccounts { most }) => {
                let plan = reader.format.counted(most.into(), "account", "accounts");
                (
                    format!(
                        "Your plan includes {plan}. Nothing was opened. A larger plan has room for more."
                    ),
                    true,
                )
            }
            Err(engine::Error::Invalid { message, .. }) => (message, false),
            Err(error) => return Err(error.into()),
        };
        flash::keep(WRONG, &(name.to_owned(), wrong)).await?;
        respond::see_other("/accounts/new");
        Ok(())
    }
}
