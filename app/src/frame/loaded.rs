//! A page that is shown once its figures are there: on the server, before the first byte is sent.

use crate::{AppError, error::ErrorPage};
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

/// Loads what a page shows, and shows it; or says what went wrong.
pub fn loaded<T, F, V>(
    load: impl Fn() -> F + Send + Sync + 'static,
    show: impl Fn(T) -> V + Clone + Send + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
    F: Future<Output = Result<T, AppError>> + Send + 'static,
    V: IntoView + 'static,
{
    let figures = Resource::new_blocking(|| (), move |()| load());
    view! {
        <Suspense>
            {move || {
                let show = show.clone();
                Suspend::new(async move {
                    match figures.await {
                        Ok(figures) => show(figures).into_any(),
                        Err(error) => view! { <ErrorPage error /> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
}
