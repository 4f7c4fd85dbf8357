use crate::Test;
pub fn tests() -> Vec<Test> {
    vec![]
}
