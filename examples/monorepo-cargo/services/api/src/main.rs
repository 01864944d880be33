use signal_hook::{consts::SIGTERM, flag};
use tiny_http::{Response, Server};

fn main() -> std::io::Result<()> {
    flag::register_conditional_shutdown(SIGTERM, 0, std::sync::Arc::new(true.into()))?;
    let server = Server::http("0.0.0.0:8000").expect("the port is free");
    for (count, request) in server.incoming_requests().enumerate() {
        let answer = Response::from_string(greeting::greet(count as u32 + 1));
        request.respond(answer)?;
    }
    Ok(())
}
