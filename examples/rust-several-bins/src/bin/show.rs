fn main() -> std::io::Result<()> {
    print!("{}", shop::page()?);
    Ok(())
}
