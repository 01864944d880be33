use lexopt::prelude::*;

fn main() -> Result<(), lexopt::Error> {
    let mut name = "world".to_string();
    let mut parser = lexopt::Parser::from_env();
    while let Some(arg) = parser.next()? {
        match arg {
            Short('n') | Long("name") => name = parser.value()?.string()?,
            _ => return Err(arg.unexpected()),
        }
    }
    println!("{}", greet(&name));
    println!("time zones: {}", std::path::Path::new("/usr/share/zoneinfo/Europe/Berlin").exists());
    println!("certificates: {}", std::path::Path::new("/etc/ssl/certs/ca-certificates.crt").exists());
    Ok(())
}

fn greet(name: &str) -> String {
    format!("HELLO, {}!", name.to_uppercase())
}

#[cfg(test)]
mod tests {
    #[test]
    fn greets() {
        assert_eq!(super::greet("you"), "HELLO, YOU!");
    }
}
