//! Writes results: to standard output in one piece, or to files of which all appear or none.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::failure::Failure;

/// Writes text to standard output. A reader that has enough, such as `head`, changes nothing about what the command found.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::stdout(&error)),
        _ => Ok(()),
    }
}

/// Data for programs.
pub(crate) fn json(data: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(data).expect("it is plain data");
    format!("{text}\n")
}

/// Writes files below a folder: all of them, or none, if it is not killed.
///
/// Everything is written to a folder beside the targets first, where a full disk shows; then each file is moved to its
/// place, over the one that stands there. Should a move fail, those before it are taken back. Other files in the folder stay
/// as they are. No system moves several files at once: whoever kills the program between two moves has new files beside
/// former ones, each of them whole.
pub(crate) fn write_files(dir: &Path, files: &[(String, impl AsRef<[u8]>)]) -> Result<(), Failure> {
    if dir.exists() && !dir.is_dir() {
        return Err(Failure::new(format!("cannot write into {}: it is not a folder", dir.display())));
    }
    let mut made = Folders(Vec::new());
    let result = stage_and_move(dir, files, &mut made);
    if result.is_err() {
        made.take_back();
    }
    result
}

fn stage_and_move(dir: &Path, files: &[(String, impl AsRef<[u8]>)], made: &mut Folders) -> Result<(), Failure> {
    made.one(dir).map_err(|error| Failure::io("create", dir, &error))?;
    let _alone = lock(dir);
    let staging = tempfile::Builder::new().prefix(".rqchart-").tempdir_in(dir);
    let staging = staging.map_err(|error| Failure::io("write to", dir, &error))?;
    for (number, (name, bytes)) in files.iter().enumerate() {
        let target = dir.join(name);
        let written = stage(&staging.path().join(number.to_string()), bytes.as_ref(), &target);
        written.map_err(|error| Failure::io("write", &target, &error))?;
    }
    let mut moves = Moves { done: Vec::new(), staging: staging.path().to_owned() };
    for (number, (name, _)) in files.iter().enumerate() {
        if let Err((path, error)) = moves.one(number, &dir.join(name), made) {
            moves.take_back();
            return Err(Failure::io("write", &path, &error));
        }
    }
    Ok(())
}

/// Two runs into one folder wait for each other, so that their files do not mix. A file system that has no locks does
/// without.
#[cfg(unix)]
fn lock(dir: &Path) -> Option<fs::File> {
    let folder = fs::File::open(dir).ok()?;
    rustix::fs::flock(&folder, rustix::fs::FlockOperation::LockExclusive).ok()?;
    Some(folder)
}

#[cfg(not(unix))]
fn lock(_: &Path) -> Option<fs::File> {
    None
}

/// Writes a file that will replace another one, and can be read by nobody who could not read that.
fn stage(staged: &Path, bytes: &[u8], target: &Path) -> io::Result<()> {
    let mut file = fs::File::create(staged)?;
    file.write_all(bytes)?;
    if let Ok(former) = fs::metadata(target)
        && former.is_file()
        && former.permissions() != file.metadata()?.permissions()
    {
        file.set_permissions(former.permissions())?;
    }
    file.sync_all()
}

/// Folders that were made, outermost first.
struct Folders(Vec<PathBuf>);

impl Folders {
    /// Makes a folder, and those around it.
    fn one(&mut self, dir: &Path) -> io::Result<()> {
        match fs::create_dir(dir) {
            Ok(()) => self.0.push(dir.to_owned()),
            Err(_) if dir.is_dir() || dir.as_os_str().is_empty() => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.one(dir.parent().ok_or(error)?)?;
                // Another run may have made it meanwhile.
                match fs::create_dir(dir) {
                    Ok(()) => self.0.push(dir.to_owned()),
                    Err(_) if dir.is_dir() => {}
                    Err(error) => return Err(error),
                }
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn take_back(self) {
        for dir in self.0.iter().rev() {
            let _ = fs::remove_dir(dir); // only if it is still empty: nothing but our own folder may go
        }
    }
}

/// Files that were moved to their places, and what stood there before.
struct Moves {
    done: Vec<(PathBuf, Option<PathBuf>)>,
    staging: PathBuf,
}

impl Moves {
    fn one(&mut self, number: usize, target: &Path, made: &mut Folders) -> Result<(), (PathBuf, io::Error)> {
        let parent = target.parent().unwrap_or(target);
        made.one(parent).map_err(|error| (parent.to_owned(), error))?;
        if target.is_dir() {
            return Err((target.to_owned(), io::Error::from(io::ErrorKind::IsADirectory)));
        }
        let failed = |error| (target.to_owned(), error);
        let kept = target.symlink_metadata().is_ok().then(|| self.staging.join(format!("{number}.before")));
        if let Some(kept) = &kept {
            // The former file stays in its place until the new one is there. Not every file system has links.
            fs::hard_link(target, kept).or_else(|_| fs::copy(target, kept).map(|_| ())).map_err(failed)?;
        }
        fs::rename(self.staging.join(number.to_string()), target).map_err(failed)?;
        self.done.push((target.to_owned(), kept));
        Ok(())
    }

    fn take_back(self) {
        for (target, kept) in self.done.iter().rev() {
            let _ = match kept {
                Some(kept) => fs::rename(kept, target),
                None => fs::remove_file(target),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_replaced_is_never_away() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("mine");
        fs::write(&target, "former").unwrap();
        // Nothing was staged: it is as if the program ended between the two halves of a move.
        let mut moves = Moves { done: Vec::new(), staging: dir.path().to_owned() };
        assert!(moves.one(0, &target, &mut Folders(Vec::new())).is_err());
        assert_eq!(fs::read_to_string(&target).unwrap(), "former");
        moves.take_back();
        assert_eq!(fs::read_to_string(&target).unwrap(), "former");
    }
}
