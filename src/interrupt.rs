//! Ctrl-C: told once to whoever waits, so that what was read is still shown.
//!
//! Knows a flag and who waits for it. Must not know signals (`command` listens
//! for them) or what is stopped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// Whether the run was interrupted; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<State>);

#[derive(Debug, Default)]
struct State {
    raised: AtomicBool,
    waiting: Notify,
}

impl Interrupt {
    /// Interrupts: everything that waits goes on.
    pub fn raise(&self) {
        self.0.raised.store(true, Ordering::SeqCst);
        self.0.waiting.notify_waiters();
    }

    #[must_use]
    pub fn is_raised(&self) -> bool {
        self.0.raised.load(Ordering::SeqCst)
    }

    /// Waits until it is raised; at once when it has been.
    pub async fn raised(&self) {
        let waiting = self.0.waiting.notified();
        let mut waiting = std::pin::pin!(waiting);
        // Listens before it looks, so that nothing can be raised in between.
        waiting.as_mut().enable();
        if !self.is_raised() {
            waiting.await;
        }
    }
}
