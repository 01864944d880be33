fn main() {
    println!("the word is {}", secret_word::WORD);
}

#[cfg(test)]
mod tests {
    #[test]
    fn has_a_word() {
        assert!(!secret_word::WORD.is_empty());
    }
}
