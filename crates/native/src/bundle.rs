//! Documents as people take them away: one stream, one file for each template, an archive of files.

#[cfg(feature = "package")]
use std::io::Write as _;

use crate::Document;
#[cfg(feature = "package")]
use crate::checksum::crc32;

/// All documents in one text, each under a line that says where it comes from.
pub fn stream(documents: &[&Document], chart_name: &str) -> String {
    let mut text = String::with_capacity(documents.iter().map(|document| document.text.len() + 80).sum());
    for document in documents {
        text.extend(["---\n# Source: ", chart_name, "/", &document.template, "\n", &document.text]);
    }
    text
}

/// One file for each template, as Helm lays them out.
pub fn files(documents: &[&Document], chart_name: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, Vec<&Document>)> = Vec::new();
    for document in documents {
        let path = format!("{chart_name}/{}", document.template);
        match files.iter_mut().find(|(known, _)| *known == path) {
            Some((_, same)) => same.push(document),
            None => files.push((path, vec![document])),
        }
    }
    files.into_iter().map(|(path, documents)| (path, stream(&documents, chart_name))).collect()
}

/// Files as a zip archive, deflated; the same files give the same bytes.
///
/// The plain form of the format (PKWARE's APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16): no encryption, no sizes of 64
/// bits, names in UTF-8, every file of the first of January 1980, which is as early as zip can say.
///
/// # Panics
///
/// When a file, or all of them, is larger than 4 GiB, or there are more than 65,535.
///
/// # Example
///
/// ```
/// let files = [("values.yaml", "replicas: 5\n")];
/// let archive = rqchart::bundle::zip(&files);
/// assert!(archive.starts_with(b"PK\x03\x04"));
/// assert_eq!(archive, rqchart::bundle::zip(&files));
/// ```
#[cfg(feature = "package")]
pub fn zip(files: &[(impl AsRef<str>, impl AsRef<[u8]>)]) -> Vec<u8> {
    let mut archive = Vec::new();
    let mut directory = Vec::new();
    for (name, content) in files {
        let (name, content) = (name.as_ref(), content.as_ref());
        let offset = narrow(archive.len());
        let mut deflated = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        deflated.write_all(content).expect("writing to memory does not fail");
        let deflated = deflated.finish().expect("writing to memory does not fail");

        // What the file's own header and the directory's entry for it have in common.
        let mut entry = Vec::new();
        entry.extend(20_u16.to_le_bytes()); // version 2.0 can read it: deflate
        entry.extend((1_u16 << 11).to_le_bytes()); // names are UTF-8
        entry.extend(8_u16.to_le_bytes()); // deflate
        entry.extend(0_u16.to_le_bytes()); // midnight
        entry.extend((1_u16 << 5 | 1).to_le_bytes()); // of 1980-01-01
        entry.extend(crc32(content).to_le_bytes());
        entry.extend(narrow(deflated.len()).to_le_bytes());
        entry.extend(narrow(content.len()).to_le_bytes());
        entry.extend(count(name.len()).to_le_bytes());
        entry.extend(0_u16.to_le_bytes()); // no extra fields

        archive.extend(b"PK\x03\x04");
        archive.extend(&entry);
        archive.extend(name.as_bytes());
        archive.extend(deflated);

        directory.extend(b"PK\x01\x02");
        directory.extend(20_u16.to_le_bytes()); // made by version 2.0, on no system in particular
        directory.extend(entry);
        directory.extend([0; 2 + 2 + 2 + 4]); // no comment, disk 0, no attributes
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (start, size, files) = (narrow(archive.len()), narrow(directory.len()), count(files.len()));
    archive.extend(directory);
    archive.extend(b"PK\x05\x06");
    archive.extend([0; 2 + 2]); // disk 0, which has the directory
    archive.extend(files.to_le_bytes());
    archive.extend(files.to_le_bytes());
    archive.extend(size.to_le_bytes());
    archive.extend(start.to_le_bytes());
    archive.extend(0_u16.to_le_bytes()); // no comment
    archive
}

#[cfg(feature = "package")]
fn narrow(size: usize) -> u32 {
    u32::try_from(size).expect("at most 4 GiB")
}

#[cfg(feature = "package")]
fn count(number: usize) -> u16 {
    u16::try_from(number).expect("at most 65,535")
}
