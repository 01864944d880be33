pub fn page() -> std::io::Result<String> {
    let text = std::fs::read_to_string("templates/page.html")?;
    Ok(text.replace("{number}", &fastrand::u8(1..=1).to_string()))
}
