/// What every service greets with; the words lie beside the packages.
pub fn greet(count: u32) -> String {
    let words = include_str!("../../../assets/greeting.txt");
    format!("{} {}", words.trim(), itoa::Buffer::new().format(count))
}

#[cfg(test)]
mod tests {
    #[test]
    fn counts() {
        assert!(super::greet(3).ends_with(" 3"));
    }
}
