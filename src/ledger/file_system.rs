//! Which kind of file system a file is on.

use std::path::Path;

/// The network file system of a file, or of the nearest folder above that is there. SQLite's journal needs memory that all
/// runs share, and locks that all of them see; between computers it has neither.
#[cfg(target_os = "linux")]
pub(super) fn network(path: &Path) -> Option<&'static str> {
    let whole = std::path::absolute(path).ok()?;
    let there = whole.ancestors().find_map(|path| rustix::fs::statfs(path).ok())?;
    name(u32::try_from(there.f_type & 0xffff_ffff).ok()?)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn network(_: &Path) -> Option<&'static str> {
    None
}

/// The numbers of Linux (statfs(2), magic.h).
#[cfg(target_os = "linux")]
fn name(magic: u32) -> Option<&'static str> {
    Some(match magic {
        0x0102_1997 => "9p",
        0x5346_414f | 0x6b41_4653 => "AFS",
        0x00c3_6400 => "Ceph",
        0xff53_4d42 | 0x0000_517b | 0xfe53_4d42 => "SMB",
        0x7375_7245 => "Coda",
        0x0116_1970 => "GFS2",
        0x4750_4653 => "GPFS",
        0x0bd0_0bd0 => "Lustre",
        0x0000_564c => "NetWare",
        0x0000_6969 => "NFS",
        0x7461_636f => "OCFS2",
        0x786f_4256 => "VirtualBox",
        _ => return None,
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_told_from_a_disk() {
        assert_eq!(name(0x6969), Some("NFS"));
        assert_eq!(name(0xef53), None, "ext4");
        assert_eq!(network(Path::new("/proc/there/is/nothing")), None);
        assert_eq!(network(Path::new("relative/ledger.db")), network(Path::new(".")));
    }
}
