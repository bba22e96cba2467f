//! One stream of newer figures a page, however many islands follow it. The browser reconnects by itself.

use super::UsageView;
use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast, closure::Closure},
};
use std::cell::{OnceCell, RefCell};
use web_sys::{Event, EventSource, MessageEvent, PageTransitionEvent, js_sys::Function};

/// Where the server sends a [`UsageView`] as JSON whenever the customer's books have changed.
const ADDRESS: &str = "/live/usage";

/// What has arrived, shared by the islands of the page.
struct Feed {
    newest: ArcRwSignal<Option<UsageView>>,
    open: ArcRwSignal<bool>,
}

thread_local! {
    static FEED: OnceCell<Feed> = const { OnceCell::new() };
}

/// Calls `show` with each newer state, in the browser only; answers whether the stream is open.
pub fn follow(show: impl Fn(UsageView) + 'static) -> ReadSignal<bool> {
    let (live, set_live) = signal(false);
    Effect::new(move || newest().get().into_iter().for_each(&show));
    Effect::new(move || set_live.set(open().get()));
    live
}

fn newest() -> ArcRwSignal<Option<UsageView>> {
    FEED.with(|feed| feed.get_or_init(Feed::open).newest.clone())
}

fn open() -> ArcRwSignal<bool> {
    FEED.with(|feed| feed.get_or_init(Feed::open).open.clone())
}

impl Feed {
    /// The listeners live as long as the page. It lets go of its connection while nobody sees it, be it behind another tab or in the
    /// browser's back-forward cache: over HTTP/1.1 a browser has six for all pages of a server. A page that comes back from that cache
    /// is rendered anew, since its person may have signed out.
    fn open() -> Self {
        let feed = Self { newest: ArcRwSignal::new(None), open: ArcRwSignal::new(false) };
        let (newest, open) = (feed.newest.clone(), feed.open.clone());
        let message = listener(move |message: MessageEvent| {
            let text = message.data().as_string().unwrap_or_default();
            if let Ok(usage) = serde_json::from_str(&text) {
                newest.set(Some(usage));
                open.set(true);
            }
        });
        let open = feed.open.clone();
        let error = listener(move |_: Event| open.set(false));
        let connect = move || {
            let source = (!document().hidden()).then(|| EventSource::new(ADDRESS).ok()).flatten()?;
            source.set_onmessage(Some(&message));
            source.set_onerror(Some(&error));
            Some(source)
        };
        let source = RefCell::new(connect());
        document().set_onvisibilitychange(Some(&listener(move |_: Event| {
            if let Some(source) = source.take() {
                source.close();
            }
            source.replace(connect());
        })));
        window().set_onpageshow(Some(&listener(|event: PageTransitionEvent| {
            if event.persisted() {
                // A reload that the browser refuses leaves the figures with the instant that they are true of.
                let _ = window().location().reload();
            }
        })));
        feed
    }
}

/// A listener for as long as the page lives.
fn listener<E: JsCast + 'static>(listen: impl Fn(E) + 'static) -> Function {
    let listener = Closure::<dyn Fn(Event)>::new(move |event: Event| listen(event.unchecked_into()));
    listener.into_js_value().unchecked_into()
}
