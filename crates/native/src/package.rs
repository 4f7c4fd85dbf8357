//! The chart as an archive, reproducible: the same chart gives the same bytes wherever and whenever.
//!
//! Archives that somebody else made are hostile until [`unpack`] has checked them: sizes are bounded before anything is
//! kept, and only files that belong to a chart are taken.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::DeflateEncoder;
use tar::{Archive, Builder, EntryType, Header};

use crate::checksum::crc32;
use crate::{Chart, Error};

/// The most that an archive may unpack to, in bytes.
const MOST_BYTES: u64 = 8 << 20;

/// The archive's name: `rqlite-0.1.0.tgz`.
pub fn file_name(chart: &Chart) -> String {
    format!("{}-{}.tgz", chart.info().name, chart.info().version)
}

/// Packs a chart as a gzipped tar archive, below a folder of its name.
///
/// # Panics
///
/// When a path is longer than tar allows (256 bytes), which no chart's is.
pub fn pack(chart: &Chart) -> Vec<u8> {
    // No time, user or machine in any header: they would make every archive another one.
    let mut archive = Builder::new(Vec::new());
    for (path, text) in chart.files() {
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::Regular);
        header.set_mode(0o644);
        header.set_mtime(0);
        header.set_uid(0);
        header.set_gid(0);
        header.set_size(text.len() as u64);
        let path = format!("{}/{path}", chart.info().name);
        archive
            .append_data(&mut header, path, text.as_bytes())
            .expect("writing to memory fails for overlong paths only");
    }
    gzip(&archive.into_inner().expect("writing to memory does not fail"))
}

/// The plain form of the format (RFC 1952): neither a name nor a time nor a system.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    const DEFLATE: u8 = 8;
    const SMALLEST: u8 = 2;
    const UNKNOWN: u8 = 255;
    let header = vec![0x1f, 0x8b, DEFLATE, 0, 0, 0, 0, 0, SMALLEST, UNKNOWN];
    let mut encoder = DeflateEncoder::new(header, Compression::best());
    encoder.write_all(bytes).expect("writing to memory does not fail");
    let mut gzip = encoder.finish().expect("writing to memory does not fail");
    gzip.extend(crc32(bytes).to_le_bytes());
    // Of the length the last 32 bits.
    gzip.extend(&(bytes.len() as u64).to_le_bytes()[..4]);
    gzip
}

/// Unpacks an archive that [`pack`] made.
///
/// # Errors
///
/// When it is no such archive, is damaged, is larger than a chart can be, or holds no chart.
pub fn unpack(bytes: &[u8]) -> Result<Chart, Error> {
    let mut bounded = MultiGzDecoder::new(bytes).take(MOST_BYTES);
    let files = read_files(&mut bounded);
    if bounded.limit() == 0 {
        return Err(failure(format!("it unpacks to more than {MOST_BYTES} bytes")));
    }
    Chart::from_files(files?)
}

fn failure(reason: String) -> Error {
    Error::Chart { file: "archive".to_owned(), reason }
}

fn read_files(mut reader: impl Read) -> Result<Vec<(String, String)>, Error> {
    let broken = |error| failure(format!("it is not a gzipped tar archive: {error}"));
    let mut files = Vec::new();
    for entry in Archive::new(&mut reader).entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        let whole = entry.path().map_err(broken)?.to_string_lossy().into_owned();
        // Below the folder that the archive begins with, whatever it is called.
        let Some((_, path)) = whole.split_once('/') else { continue };
        let path = path.trim_end_matches('/');
        let kind = entry.header().entry_type();
        if Chart::has_file(path) && kind == EntryType::Regular {
            let mut text = String::new();
            entry.read_to_string(&mut text).map_err(broken)?;
            files.push((path.to_owned(), text));
        } else if Chart::has_file(path) || (Chart::has_folder(path) && kind != EntryType::Directory) {
            // A link or a device: left out, it would be missing without anybody's noticing.
            return Err(failure(format!("its {whole} is not a file, but a link or the like")));
        }
    }
    // The checksum stands at the end.
    let mut rest = Vec::new();
    reader.read_to_end(&mut rest).map_err(broken)?;
    if rest.iter().any(|byte| *byte != 0) {
        return Err(failure("it goes on behind the end of its tar archive".to_owned()));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gzip_is_the_one_of_others() {
        let text = include_bytes!("package.rs");
        let builder = flate2::GzBuilder::new().operating_system(255);
        let mut encoder = builder.write(Vec::new(), Compression::best());
        encoder.write_all(text).unwrap();
        assert_eq!(gzip(text), encoder.finish().unwrap());
    }

    #[test]
    fn an_archive_gives_back_its_chart() {
        let chart = Chart::embedded();
        let bytes = pack(&chart);
        assert_eq!(bytes, pack(&chart));
        let files = |chart: &Chart| chart.files().map(|(path, text)| format!("{path}\n{text}")).collect::<Vec<_>>();
        assert!(files(&unpack(&bytes).unwrap()) == files(&chart));
    }

    #[test]
    fn what_is_no_archive_is_refused() {
        for bytes in [b"".as_slice(), b"not gzip", &pack(&Chart::embedded())[..200]] {
            assert!(matches!(unpack(bytes), Err(Error::Chart { .. })));
        }
    }

    #[test]
    fn an_archive_that_is_damaged_or_goes_on_is_refused() {
        let whole = pack(&Chart::embedded());
        let checksum = whole.len() - 8;
        for at in [checksum, checksum + 4] {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            assert!(unpack(&damaged).is_err(), "{at}");
        }
        assert!(unpack(&whole[..checksum]).is_err());
        assert!(unpack(&[whole.as_slice(), b"garbage"].concat()).is_err());
        assert!(unpack(&[whole.as_slice(), &gzip(b"more")].concat()).is_err());
        // The tools of tapes fill up with zeros.
        assert!(unpack(&[whole.as_slice(), &gzip(&[0; 512])].concat()).is_ok());
    }

    #[test]
    fn a_link_in_the_place_of_a_file_is_named() {
        let mut archive = Builder::new(Vec::new());
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::Symlink);
        header.set_size(0);
        archive.append_link(&mut header, "rqlite/scripts/start.sh", "/etc/passwd").unwrap();
        let refused = unpack(&gzip(&archive.into_inner().unwrap())).unwrap_err().to_string();
        assert_eq!(refused, "the chart's archive: its rqlite/scripts/start.sh is not a file, but a link or the like");
    }

    #[test]
    fn an_archive_that_grows_too_large_is_refused() {
        let huge = "#".repeat(usize::try_from(MOST_BYTES).unwrap());
        let chart = Chart::from_files(
            Chart::embedded()
                .files()
                .map(|(path, text)| (path.to_owned(), text.to_owned()))
                .chain([("values.yaml".to_owned(), huge)]),
        );
        assert!(unpack(&pack(&chart.unwrap())).is_err());
    }
}
