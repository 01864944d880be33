use wasm_bindgen::UnwrapThrowExt;

fn text(count: u32) -> String {
    match count {
        1 => "one apple".to_string(),
        n => format!("{n} apples"),
    }
}

fn main() {
    let document = web_sys::window().and_then(|w| w.document()).unwrap_throw();
    let place = document.get_element_by_id("count").unwrap_throw();
    place.set_text_content(Some(&text(3)));
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn counts() {
        assert_eq!(text(1), "one apple");
        assert_eq!(text(3), "3 apples");
    }
}
