//! Processes as other runs can recognise them: a number alone is given out again.

/// A process: its number, and when and where it started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) id: i64,
    /// `None` where the system does not say, or says it in a way that this program does not read.
    pub(super) started: Option<String>,
}

/// Whether a process still runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Running,
    Gone,
    /// It ran under another boot, on another machine or in another container, or the system does not show it.
    Unclear,
}

impl Process {
    pub(super) fn own() -> Self {
        let id = std::process::id();
        Self { id: i64::from(id), started: system::started("self") }
    }

    pub(super) fn presence(&self) -> Presence {
        match &self.started {
            Some(started) => system::presence(self.id, started),
            None => Presence::Unclear,
        }
    }
}

#[cfg(target_os = "linux")]
mod system {
    use super::Presence;
    use std::fs;
    use std::io;

    /// The boot, the namespace of process numbers, and the clock tick at which it started.
    pub(super) fn started(process: &str) -> Option<String> {
        let stat = stat(process).ok()?;
        let (_, tick) = state_and_tick(&stat)?;
        Some(format!("{} {tick}", here()?))
    }

    pub(super) fn presence(id: i64, started: &str) -> Presence {
        let Some((place, tick)) = started.rsplit_once(' ') else { return Presence::Unclear };
        if here().is_none_or(|here| here != place) {
            return Presence::Unclear;
        }
        match stat(&id.to_string()) {
            Ok(stat) => match state_and_tick(&stat) {
                // A zombie has ended; its parent has not asked how.
                Some((state, same)) if same == tick && !matches!(state, "Z" | "X" | "x") => {
                    Presence::Running
                }
                Some(_) => Presence::Gone,
                None => Presence::Unclear,
            },
            // Where not even the first process is shown, those of others are hidden.
            Err(error) if error.kind() == io::ErrorKind::NotFound && stat("1").is_ok() => {
                Presence::Gone
            }
            Err(_) => Presence::Unclear,
        }
    }

    fn stat(process: &str) -> io::Result<String> {
        fs::read_to_string(format!("/proc/{process}/stat"))
    }

    fn here() -> Option<String> {
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
        let namespace = fs::read_link("/proc/self/ns/pid").ok()?;
        Some(format!("{} {}", boot.trim(), namespace.to_str()?))
    }

    /// Fields 3 and 22 of `/proc/PID/stat`. The second field is a name in brackets that may hold anything.
    fn state_and_tick(stat: &str) -> Option<(&str, &str)> {
        let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
        let state = fields.next()?;
        Some((state, fields.nth(18)?))
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use super::Presence;

    pub(super) fn started(_process: &str) -> Option<String> {
        None
    }

    pub(super) fn presence(_id: i64, _started: &str) -> Presence {
        Presence::Unclear
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn a_process_is_known_by_its_start_and_not_by_its_number() {
        let own = Process::own();
        assert_eq!(own.presence(), Presence::Running);
        let started = own.started.clone().unwrap();
        let (place, _) = started.rsplit_once(' ').unwrap();
        let recycled = Process { started: Some(format!("{place} 1")), ..own.clone() };
        assert_eq!(recycled.presence(), Presence::Gone);
        let elsewhere = Process { started: Some("another-boot pid:[1] 1".to_owned()), ..own };
        assert_eq!(elsewhere.presence(), Presence::Unclear);
    }

    #[test]
    fn a_process_that_was_killed_is_gone_even_before_its_parent_asks() {
        let mut child = Command::new("sleep").arg("100").stdout(Stdio::null()).spawn().unwrap();
        let id = child.id().to_string();
        let child_process = Process { id: i64::from(child.id()), started: system::started(&id) };
        assert_eq!(child_process.presence(), Presence::Running);
        child.kill().unwrap();
        let began = std::time::Instant::now();
        while child_process.presence() == Presence::Running {
            assert!(began.elapsed().as_secs() < 10, "it is a zombie by now");
            std::thread::yield_now();
        }
        child.wait().unwrap();
        assert_eq!(child_process.presence(), Presence::Gone);
    }
}
