//! The network under the sandbox, which can be told to fail: a [`Door`] that can be shut, behind it [`Wire`]s that can
//! break off in the middle of an answer. Each wire is steered through its [`Line`].

mod door;
mod line;
mod wire;

pub(super) use door::{Door, Doorway};
pub(super) use line::{Break, Line};
use wire::Wire;
