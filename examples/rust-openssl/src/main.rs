fn main() {
    println!("{}", hex(openssl::sha::sha256(b"hello").as_slice()));
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[test]
fn digests() {
    assert_eq!(hex(&[0, 255]), "00ff");
}
