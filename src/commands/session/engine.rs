use super::Session;
use crate::lookup::{Cancel, Engine, Notice, Settings};
use crate::ui::console::Console;
use crate::ui::notice::describe;
use std::rc::Rc;

/// Whether the notices of the engine are shown. Alarms always are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::commands) enum Notices {
    Hidden,
    Shown,
}

impl Session {
    /// Builds an engine for this session, which `cancel` ends. No other place builds one.
    pub(in crate::commands) fn engine(
        &self,
        settings: Settings,
        notices: Notices,
        cancel: &Cancel,
        console: &Console,
    ) -> Rc<Engine> {
        let console = console.clone();
        let notify = move |notice: Notice| match notices {
            _ if notice.is_alarm() => console.warn(describe(&notice)),
            Notices::Hidden => {}
            Notices::Shown => console.info(describe(&notice)),
        };
        Engine::new(self.service(), settings, cancel.clone(), Box::new(notify))
    }
}
