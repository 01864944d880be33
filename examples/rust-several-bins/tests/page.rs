#[test]
fn fills_in() {
    assert_eq!(shop::page().unwrap(), "<p>page 1</p>\n");
}
