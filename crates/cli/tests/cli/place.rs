//! A folder in which `rqchart` is run, and what came of it.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

/// No command line here may take longer, however bad its input and busy the machine.
const LONGEST: Duration = Duration::from_secs(300);

/// A folder of one's own.
pub(crate) struct Place {
    dir: TempDir,
}

/// What became of a command line.
pub(crate) struct Run {
    line: String,
    pub(crate) code: i32,
    pub(crate) stdout: Vec<u8>,
    stderr: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().expect("there is room for a folder") }
    }

    /// With one values file, `values.yaml`.
    pub(crate) fn with_values(text: impl AsRef<[u8]>) -> Self {
        let place = Self::new();
        place.write("values.yaml", text);
        place
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("it is below the folder")).expect("the folder is ours");
        fs::write(path, text).expect("the folder is ours");
    }

    pub(crate) fn read(&self, path: &str) -> String {
        String::from_utf8(self.bytes(path)).expect("text was written")
    }

    pub(crate) fn bytes(&self, path: &str) -> Vec<u8> {
        fs::read(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub(crate) fn path(&self, path: &str) -> std::path::PathBuf {
        self.dir.path().join(path)
    }

    /// Every file below a folder, with its bytes: also what a program should have tidied away.
    pub(crate) fn files(&self, dir: &str) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        collect(&self.path(dir), "", &mut files);
        files
    }

    /// The names of [`Place::files`], a line each.
    pub(crate) fn listing(&self, dir: &str) -> String {
        self.files(dir).into_keys().map(|path| path + "\n").collect()
    }

    /// Runs a command line of the shell in which `rqchart` is the program under test.
    pub(crate) fn run(&self, line: &str) -> Run {
        let program = Path::new(env!("CARGO_BIN_EXE_rqchart")).parent().expect("the program lies in a folder");
        let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
        let mut shell = Command::new("sh");
        shell.args(["-c", line]).current_dir(self.dir.path()).stdin(Stdio::null());
        shell.env("PATH", path).env("LC_ALL", "C").env_remove("NO_COLOR");
        let (send, receive) = mpsc::channel();
        thread::spawn(move || send.send(shell.output()));
        let output = receive.recv_timeout(LONGEST).unwrap_or_else(|_| panic!("takes too long: {line}"));
        let Output { status, stdout, stderr } = output.expect("there is a shell");
        let stderr = String::from_utf8(stderr).expect("messages are UTF-8");
        assert!(!stderr.contains("panicked"), "{line}\n{stderr}");
        let code = status.code().unwrap_or_else(|| panic!("{line}: {status}"));
        Run { line: line.to_owned(), code, stdout, stderr }
    }

    /// Runs several command lines, and writes down what a terminal would show.
    pub(crate) fn session(&self, lines: &[&str]) -> String {
        lines.iter().map(|line| self.run(line).to_string()).collect()
    }
}

impl Run {
    /// Standard output of a run that went well and had nothing to say.
    #[track_caller]
    pub(crate) fn fine(&self) -> &str {
        assert_eq!((self.code, self.stderr.as_str()), (0, ""), "{}", self.line);
        self.stdout()
    }

    pub(crate) fn stdout(&self) -> &str {
        std::str::from_utf8(&self.stdout).expect("output is UTF-8")
    }

    /// Standard error, of a run that printed nothing else and ended with this code.
    #[track_caller]
    pub(crate) fn refused(&self, code: i32) -> &str {
        assert!(self.code == code && self.stdout.is_empty(), "not {code} without output: {self}");
        &self.stderr
    }
}

impl fmt::Display for Run {
    /// The line, its output, its messages behind `! `, and its exit code unless that is 0.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "$ {}", self.line)?;
        f.write_str(self.stdout())?;
        for line in self.stderr.lines() {
            writeln!(f, "! {}", line.trim_end())?;
        }
        if self.code == 0 { Ok(()) } else { writeln!(f, "exit {}", self.code) }
    }
}

fn collect(dir: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries {
        let entry = entry.expect("the folder is ours");
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            files.insert(format!("{path}/"), Vec::new());
            collect(&entry.path(), &format!("{path}/"), files);
        } else {
            files.insert(path, fs::read(entry.path()).expect("the folder is ours"));
        }
    }
}
