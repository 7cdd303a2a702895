//! Core dumps would hold the API key and people's data.

/// Keeps the system from writing core dumps, and other processes of the user from reading the memory of this one.
#[cfg(unix)]
pub(super) fn forbid() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    if let Err(error) = setrlimit(Resource::Core, none) {
        tracing::debug!(%error, "core dumps cannot be limited");
    }
    // The limit does not apply if the system sends dumps to a program.
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
            tracing::debug!(%error, "core dumps cannot be forbidden");
        }
    }
}

#[cfg(not(unix))]
pub(super) fn forbid() {}
