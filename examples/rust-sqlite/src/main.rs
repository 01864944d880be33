use rusqlite::Connection;
use signal_hook::{consts::SIGTERM, flag};
use tiny_http::{Response, Server};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    flag::register_conditional_shutdown(SIGTERM, 0, std::sync::Arc::new(true.into()))?;
    let notes = Connection::open("notes.db")?;
    prepare(&notes)?;
    let address = std::env::var("BIND_ADDR").unwrap_or("127.0.0.1:8080".into());
    let server = Server::http(address)?;
    for request in server.incoming_requests() {
        let text = list(&notes)?.join("\n");
        request.respond(Response::from_string(text))?;
    }
    Ok(())
}

fn prepare(notes: &Connection) -> rusqlite::Result<()> {
    notes.execute_batch("CREATE TABLE IF NOT EXISTS note (text TEXT); INSERT INTO note VALUES ('remember the milk')")
}

fn list(notes: &Connection) -> rusqlite::Result<Vec<String>> {
    notes.prepare("SELECT text FROM note")?.query_map([], |row| row.get(0))?.collect()
}

#[test]
fn remembers() {
    let notes = Connection::open_in_memory().unwrap();
    prepare(&notes).unwrap();
    assert_eq!(list(&notes).unwrap(), ["remember the milk"]);
}
