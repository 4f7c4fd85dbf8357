//! The checksum of archives (CRC-32, as in RFC 1952, section 8).
//!
//! Four bits at a time, with a table of sixteen numbers: the tables of crates that are made for speed would be a thirtieth of
//! what the page downloads, and nobody waits for the checksum of a chart.

pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32| (sum >> 4) ^ TABLE[(sum & 15) as usize];
    !bytes.iter().fold(!0, |sum, byte| step(step(sum ^ u32::from(*byte))))
}

const TABLE: [u32; 16] = {
    let mut table = [0; 16];
    let mut index = 0;
    while index < 16 {
        let (mut sum, mut bit) = (index, 0);
        while bit < 4 {
            sum = (sum >> 1) ^ (0xEDB8_8320 * (sum & 1));
            bit += 1;
        }
        table[index as usize] = sum;
        index += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_one_of_others() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926); // the check value in every catalogue of checksums
        let text = include_bytes!("checksum.rs");
        let mut other = flate2::Crc::new();
        other.update(text);
        assert_eq!(crc32(text), other.sum());
    }
}
