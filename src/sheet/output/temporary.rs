//! The temporary file beside an output, which takes its place.
//!
//! It holds people's data, so only its owner may read it until it gets the permissions of the file that it replaces. If a
//! run is killed, the next one removes it. A lock shows that its run is alive.

use crate::sheet::origin::InputFile;
use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Seek};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::NamedTempFile;

const PREFIX: &str = ".enrow-phone-";
const SUFFIX: &str = ".tmp";

/// A younger file may belong to a run that has not locked it yet.
const YOUNG: Duration = Duration::from_mins(1);

/// Where the rows went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Placed {
    /// Into this file: the input changed meanwhile, so it was not replaced.
    Beside(PathBuf),
    /// Into the old file, because no other file can take its place.
    InPlace,
    Written,
}

/// A file that takes the place of `path`, or is removed.
pub(crate) struct Temporary {
    file: NamedTempFile,
    path: PathBuf,
    /// The permissions of a new file.
    new_permissions: Permissions,
}

impl Temporary {
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        if path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let folder = folder_of(path);
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX).suffix(SUFFIX);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(Permissions::from_mode(0o666));
        }
        let file = builder.tempfile_in(folder).map_err(|error| in_folder(&error, folder))?;
        // On a file system without locks, the files of killed runs stay.
        drop(file.as_file().try_lock());
        let new_permissions = file.as_file().metadata()?.permissions();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            file.as_file().set_permissions(Permissions::from_mode(0o600))?;
        }
        Ok(Self { file, path: path.to_owned(), new_permissions })
    }

    /// A handle whose errors do not name the file: its name means nothing to the user.
    pub(super) fn writer(&self) -> io::Result<File> {
        self.file.as_file().try_clone()
    }

    pub(super) fn discard(self) -> io::Result<()> {
        self.file.close()
    }

    /// Takes the place of the file, with its owner, permissions and attributes.
    pub(super) fn place(self, input: Option<&InputFile>) -> io::Result<Placed> {
        // The content is on the disk before the name is, so after a power cut the file is the old one or the new one.
        self.file.as_file().sync_all()?;
        if input.is_some_and(|input| input.was_replaced(&self.path)) {
            return self.place_beside();
        }
        let Ok(existing) = fs::metadata(&self.path) else {
            self.file.as_file().set_permissions(self.new_permissions)?;
            self.file.persist(&self.path).map_err(|error| error.error)?;
            return Ok(Placed::Written);
        };
        if take_attributes(self.file.as_file(), &self.path, &existing).is_err() {
            return write_in_place(self.file, &self.path);
        }
        // A mount point cannot be replaced.
        self.file
            .persist(&self.path)
            .map_or_else(|error| write_in_place(error.file, &self.path), |_| Ok(Placed::Written))
    }

    fn place_beside(self) -> io::Result<Placed> {
        let Self { mut file, path, new_permissions } = self;
        let permissions = fs::metadata(&path).map_or(new_permissions, |there| there.permissions());
        file.as_file().set_permissions(permissions)?;
        for number in 1.. {
            let beside = name_beside(&path, number);
            match file.persist_noclobber(&beside) {
                Ok(_) => return Ok(Placed::Beside(beside)),
                Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                    file = error.file;
                }
                Err(error) => return Err(error.error),
            }
        }
        unreachable!("some number is free")
    }
}

/// `leads.enriched.csv` for `leads.csv`, then `leads.enriched-2.csv`.
fn name_beside(path: &Path, number: u32) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(".enriched");
    if number > 1 {
        name.push(format!("-{number}"));
    }
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

/// Overwrites another file with this one.
fn write_in_place(file: NamedTempFile, path: &Path) -> io::Result<Placed> {
    let copy = || {
        let mut from = file.as_file();
        from.rewind()?;
        let mut to = OpenOptions::new().write(true).truncate(true).open(path)?;
        io::copy(&mut from, &mut to)?;
        to.sync_all()
    };
    match copy() {
        Ok(()) => Ok(Placed::InPlace),
        Err(error) => {
            // The old rows may be gone, so the new ones are kept.
            let (_, kept) = file.keep().map_err(|error| error.error)?;
            let what = format!("{error}; all rows are in `{}`", kept.display());
            Err(io::Error::new(error.kind(), what))
        }
    }
}

/// Removes what killed runs left beside an output.
pub(super) fn sweep(path: &Path) {
    let Ok(entries) = fs::read_dir(folder_of(path)) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        if name.starts_with(PREFIX.as_bytes()) && name.ends_with(SUFFIX.as_bytes()) {
            // The next run tries again.
            drop(remove_if_dead(&entry.path()));
        }
    }
}

fn remove_if_dead(path: &Path) -> io::Result<()> {
    let metadata = fs::symlink_metadata(path)?;
    let age = metadata.modified()?.elapsed().unwrap_or_default();
    if metadata.is_file() && age >= YOUNG {
        let file = OpenOptions::new().append(true).open(path)?;
        file.try_lock()?;
        fs::remove_file(path)?;
    }
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// An error about the folder, without the name of the temporary file, which means nothing to the user.
fn in_folder(error: &io::Error, folder: &Path) -> io::Error {
    let text = error.to_string();
    let why = text.split_once(" at path ").map_or(&*text, |(why, _)| why);
    let what = match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            format!("no file can be created in its folder `{}`: {why}", folder.display())
        }
        _ => why.to_owned(),
    };
    io::Error::new(error.kind(), what)
}

/// Gives a file the owner, the permissions and the attributes of the one that it replaces.
#[cfg(unix)]
fn take_attributes(file: &File, path: &Path, existing: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    use xattr::FileExt;
    let new = file.metadata()?;
    if (new.uid(), new.gid()) != (existing.uid(), existing.gid()) {
        fchown(file, Some(existing.uid()), Some(existing.gid()))?;
    }
    file.set_permissions(existing.permissions())?;
    let listed = |listed: io::Result<xattr::XAttrs>| match listed {
        Ok(names) => Ok(names.collect::<Vec<_>>()),
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(Vec::new()),
        Err(error) => Err(error),
    };
    // Access control lists are attributes as well. The new file may have one from its folder.
    let wanted = listed(xattr::list(path))?;
    for name in listed(file.list_xattr())? {
        if !wanted.contains(&name) {
            file.remove_xattr(&name)?;
        }
    }
    for name in wanted {
        let value = xattr::get(path, &name)?.unwrap_or_default();
        if file.get_xattr(&name)?.as_ref() != Some(&value) {
            file.set_xattr(&name, &value)?;
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn take_attributes(file: &File, _: &Path, existing: &Metadata) -> io::Result<()> {
    file.set_permissions(existing.permissions())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::SystemTime;

    #[cfg(unix)]
    #[test]
    fn a_file_in_the_making_is_private_and_gets_the_rights_of_the_old_one() {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        let temporary = Temporary::create(&path).unwrap();
        assert_eq!(mode(temporary.file.path()), 0o600);
        assert_eq!(temporary.place(None).unwrap(), Placed::Written);
        assert_eq!(mode(&path), 0o640);
        let new = folder.path().join("new.csv");
        fs::write(folder.path().join("any"), "").unwrap();
        Temporary::create(&new).unwrap().place(None).unwrap();
        assert_eq!(mode(&new), mode(&folder.path().join("any")), "what the umask leaves");
    }

    #[test]
    fn what_a_killed_run_left_is_removed_and_what_is_in_use_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out.csv");
        let aged = |name: &str, age: Duration| {
            let path = folder.path().join(name);
            let file = File::create(&path).unwrap();
            file.set_modified(SystemTime::now() - age).unwrap();
            (path, file)
        };
        let hour = Duration::from_hours(1);
        let (dead, _) = aged(".enrow-phone-dead.tmp", hour);
        let (young, _) = aged(".enrow-phone-young.tmp", Duration::ZERO);
        let (alive, lock) = aged(".enrow-phone-alive.tmp", hour);
        let (other, _) = aged("other.tmp", hour);
        lock.lock().unwrap();
        sweep(&out);
        let there = [dead, young, alive, other].map(|path| path.exists());
        assert_eq!(there, [false, true, true, true]);
    }

    #[test]
    fn a_file_that_cannot_be_replaced_is_written_in_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        fs::write(&path, "longer than what is new").unwrap();
        let temporary = Temporary::create(&path).unwrap();
        io::Write::write_all(&mut temporary.writer().unwrap(), b"new").unwrap();
        assert_eq!(write_in_place(temporary.file, &path).unwrap(), Placed::InPlace);
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_error_of_the_folder_names_the_folder() {
        let denied = io::Error::new(io::ErrorKind::PermissionDenied, "no at path \"/x/.tmp1\"");
        let error = in_folder(&denied, Path::new("/x")).to_string();
        assert_eq!(error, "no file can be created in its folder `/x`: no");
    }

    #[test]
    fn a_name_beside_keeps_the_extension() {
        for (path, first, second) in [
            ("a/leads.csv", "a/leads.enriched.csv", "a/leads.enriched-2.csv"),
            ("leads", "leads.enriched", "leads.enriched-2"),
        ] {
            assert_eq!(name_beside(Path::new(path), 1), Path::new(first));
            assert_eq!(name_beside(Path::new(path), 2), Path::new(second));
        }
    }
}
