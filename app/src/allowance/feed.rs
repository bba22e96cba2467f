//! One stream of newer figures a page, however many islands follow it. The browser reconnects by itself.

use super::UsageView;
use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast, closure::Closure},
};
use std::cell::OnceCell;
use web_sys::{Event, EventSource, MessageEvent};

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
    fn open() -> Self {
        let feed = Self { newest: ArcRwSignal::new(None), open: ArcRwSignal::new(false) };
        if let Ok(source) = EventSource::new(ADDRESS) {
            feed.listen(source);
        }
        feed
    }

    /// The listeners live as long as the page. It lets go of its connection when it is left, also into the browser's
    /// back-forward cache; a page that comes back from there is rendered anew, since its person may have signed out.
    fn listen(&self, source: EventSource) {
        let (newest, open) = (self.newest.clone(), self.open.clone());
        on::<MessageEvent>(&source, "message", move |message| {
            let text = message.data().as_string().unwrap_or_default();
            if let Ok(usage) = serde_json::from_str(&text) {
                newest.set(Some(usage));
                open.set(true);
            }
        });
        let open = self.open.clone();
        on::<Event>(&source, "error", move |_| open.set(false));
        on::<Event>(&window(), "pagehide", move |_| source.close());
        on::<web_sys::PageTransitionEvent>(&window(), "pageshow", |event| {
            if event.persisted() {
                // A reload that the browser refuses leaves the figures with the instant that they are true of.
                let _ = window().location().reload();
            }
        });
    }
}

/// Listens for as long as the page lives.
fn on<E: JsCast + 'static>(target: &web_sys::EventTarget, event: &str, listen: impl Fn(E) + 'static) {
    let listener = Closure::<dyn Fn(Event)>::new(move |event: Event| listen(event.unchecked_into()));
    // Only a target that is gone refuses a listener.
    let _ = target.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
    listener.forget();
}
