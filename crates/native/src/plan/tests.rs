//! Objects compared, and states read.
