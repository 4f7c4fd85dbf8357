//! Writes results: to standard output in one piece, or to files that appear whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::failure::Failure;

/// Writes text to standard output.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(|error| Failure::stdout(&error))
}

/// Data for programs.
pub(crate) fn json(data: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(data).expect("it is plain data");
    format!("{text}\n")
}

/// Writes files below a folder: all of them, or none.
///
/// Everything is written to a folder beside the targets first, where a full disk shows; then each file is moved to its
/// place. Should a move fail, those before it are taken back. Other files in the folder stay as they are.
pub(crate) fn write_files(dir: &Path, files: &[(String, Vec<u8>)]) -> Result<(), Failure> {
    let existed = dir.exists();
    if existed && !dir.is_dir() {
        return Err(Failure::new(format!("cannot write into {}: it is not a folder", dir.display())));
    }
    let result = stage_and_move(dir, files);
    if result.is_err() && !existed {
        let _ = fs::remove_dir(dir); // only if it is still empty: nothing but our own folder may go
    }
    result
}

fn stage_and_move(dir: &Path, files: &[(String, Vec<u8>)]) -> Result<(), Failure> {
    fs::create_dir_all(dir).map_err(|error| Failure::io("create", dir, &error))?;
    let staging = tempfile::Builder::new().prefix(".rqchart-").tempdir_in(dir);
    let staging = staging.map_err(|error| Failure::io("write to", dir, &error))?;
    for (number, (name, bytes)) in files.iter().enumerate() {
        let staged = staging.path().join(number.to_string());
        let written =
            fs::File::create(&staged).and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
        written.map_err(|error| Failure::io("write", &dir.join(name), &error))?;
    }
    let mut moves = Moves { done: Vec::new(), staging: staging.path().to_owned() };
    for (number, (name, _)) in files.iter().enumerate() {
        if let Err((path, error)) = moves.one(number, &dir.join(name)) {
            moves.take_back();
            return Err(Failure::io("write", &path, &error));
        }
    }
    Ok(())
}

/// Files that were moved to their places, and what stood there before.
struct Moves {
    done: Vec<(PathBuf, Option<PathBuf>)>,
    staging: PathBuf,
}

impl Moves {
    fn one(&mut self, number: usize, target: &Path) -> Result<(), (PathBuf, io::Error)> {
        let parent = target.parent().unwrap_or(target);
        fs::create_dir_all(parent).map_err(|error| (parent.to_owned(), error))?;
        if target.is_dir() {
            return Err((target.to_owned(), io::Error::from(io::ErrorKind::IsADirectory)));
        }
        let failed = |error| (target.to_owned(), error);
        let kept = target.exists().then(|| self.staging.join(format!("{number}.before")));
        if let Some(kept) = &kept {
            fs::rename(target, kept).map_err(failed)?;
        }
        self.done.push((target.to_owned(), kept));
        fs::rename(self.staging.join(number.to_string()), target).map_err(failed)
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
