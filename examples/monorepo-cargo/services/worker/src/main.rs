fn main() {
    for count in 1..=3 {
        println!("{}", greeting::greet(count));
    }
}
