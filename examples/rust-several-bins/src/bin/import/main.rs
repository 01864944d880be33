fn main() -> std::io::Result<()> {
    println!("imported {} bytes", shop::page()?.len());
    Ok(())
}
